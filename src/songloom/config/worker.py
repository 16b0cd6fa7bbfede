"""One worker process: `python -m songloom.config.worker [QUEUE…] READY_FD`, as `up` starts it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Protocol

from songloom.config.home import start_django
from songloom.config.lifeline import follow_parent
from songloom.errors import SongloomError

DRAIN_S = 20.0  # a running job gets this long to end, then it goes back to the queue


class Runs(Protocol):
    """A worker, whatever brings it its jobs."""

    def run(self, *, drain_s: float) -> None: ...

    def stop(self) -> None: ...


def main() -> None:
    """What keeps it from starting is said in one sentence; whoever started it tries again."""
    try:
        _main()
    except SongloomError as exc:
        sys.exit(f"songloom: {exc}")
    except Exception as exc:
        if not _is_away(exc):
            raise
        sys.exit(1)


def _is_away(error: Exception) -> bool:
    from songloom.jobs import away

    return away.missed(error)


def _main() -> None:
    *queues, ready_fd = sys.argv[1:]
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    follow_parent()
    start_django()
    from django.conf import settings
    from django.db import connections

    from songloom.config.databases import stay_connected_by_thread

    connections.close_all()
    stay_connected_by_thread(settings.DATABASES["default"])
    worker = worker_of(queues)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: worker.stop())
    if asked.is_set():
        return
    from songloom.acquire.services import sweep_tables
    from songloom.analyse.services import start_catching_up
    from songloom.learn.kept import bring_in
    from songloom.library.keep.statistics import keep_statistics
    from songloom.library.keep.sweeping import sweep
    from songloom.search.services import start_indexing

    sweep()
    sweep_tables()
    keep_statistics()
    bring_in()
    start_catching_up()
    start_indexing()
    os.write(int(ready_fd), b"ready\n")
    worker.run(drain_s=DRAIN_S)


def worker_of(queues: list[str]) -> Runs:
    """The database carries jobs to all of these queues, a broker to the one.

    Without any named it takes all, and measures as many tracks at once as the budget allows.
    """
    from django.conf import settings

    if settings.BROKER_URL:
        for name in ("CELERY_BROKER_URL", "CELERY_BROKER_READ_URL"):
            os.environ.pop(name, None)  # they would win over the setting
        from songloom.jobs.consuming import BrokerWorker

        return BrokerWorker(queues[0])
    from songloom.jobs.worker import LANES, EmbeddedWorker

    if queues:
        return EmbeddedWorker({queue: LANES[queue] for queue in queues})
    from songloom.analyse import services as analyse

    return EmbeddedWorker(widths={"analysis": analyse.lanes})


if __name__ == "__main__":
    main()
