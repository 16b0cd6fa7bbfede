"""Real processes for tests: forked from this one, each with a connection and a name of its own."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections

from songloom.config.worker import Runs


def fork(work: Callable[[], object]) -> int:
    """Run `work` in a child and return its process id; the child exits 0, or 1 if it raised.

    No connection crosses the fork: this process closes its own first, and opens another when it
    next needs one.
    """
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        _become_a_process_of_its_own()
        work()
        connections.close_all()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _become_a_process_of_its_own() -> None:
    from songloom.jobs import performing, worker
    from songloom.jobs.place import worker_here

    name = worker_here()
    performing.WORKER = worker.WORKER = name  # type: ignore[attr-defined]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def exit_code(pid: int, timeout_s: float = 60) -> int:
    """How the child ended; a negative number is the signal that ended it."""
    until(lambda: bool(os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)), timeout_s)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def until(condition: Callable[[], bool], timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


@contextmanager
def forked(work: Callable[[], object]) -> Iterator[int]:
    """A child for the time of the block; whatever happens, it is gone afterwards."""
    pid = fork(work)
    try:
        yield pid
    finally:
        end(pid)


def end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        return  # it has ended, and somebody has waited for it


def serve(lease_s: float | None = None, queue: str = "interactive") -> None:
    """What a worker process does, with signal handlers as the real one has them."""
    from datetime import timedelta

    from songloom.jobs import performing, worker

    if lease_s is not None:
        performing.LEASE = worker.LEASE = timedelta(seconds=lease_s)  # type: ignore[attr-defined]
        worker.BEAT_EVERY_S = lease_s / 4
    worker.LOOK_EVERY_S = 0.02
    serving = _worker_of(queue)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: serving.stop())
    serving.run(drain_s=2.0)


def _worker_of(queue: str) -> Runs:
    """The one that the settings of the test ask for; names are its own, as after a fork."""
    from django.conf import settings

    from songloom.jobs import worker

    if not settings.BROKER_URL:
        return worker.EmbeddedWorker()
    from songloom.jobs import consuming

    consuming.WORKER = worker.WORKER  # type: ignore[attr-defined]
    consuming.BEAT_EVERY_S = worker.BEAT_EVERY_S  # type: ignore[attr-defined]
    return consuming.BrokerWorker(queue)
