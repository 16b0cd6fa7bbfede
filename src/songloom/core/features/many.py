"""Many files, each measured in a limited child; a bad one is a row that says why."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from songloom.core import sandbox
from songloom.core.features.ledger import MISSING, Asked, Ledger
from songloom.core.sandbox import Limits, Pool, SandboxFault
from songloom.errors import BeyondLimits, Cancelled, NoSuchFile, SongloomError, TooLong

TARGET = "songloom.core.features.many:in_child"
LONGEST_S = 43_200.0
SLOWEST_SPEED = 4.0  # × real time: 20 times slower than measured, for the oldest of machines
CPU_S = LONGEST_S / SLOWEST_SPEED
LIMITS = Limits(cpu_s=CPU_S, wall_s=10 * CPU_S, file_mb=1)
SILENT_S = 120.0  # without a word a child hangs …
SILENT_SHARE = 1 / 40  # … but after a long file it thinks longer
PASSING = ("beyond_limits", "no_such_file", "internal", "disk_full")  # a later run tries again
LOOK_UP_S = 0.2

Row = dict[str, Any]
Told = Callable[[Asked, Row], None]


def in_child(path: str, progress: Callable[..., None] | None = None) -> Row:
    """What the child answers: every feature, and the tags of the file."""
    from songloom.core.audio import probe
    from songloom.core.features.analysis import document

    found = document(path, progress)
    return {**found, "tags": probe.read_own_tags(path)}


def measure_all(ledger: Ledger, n_jobs: int, told: Told, begins: Callable[[str], None]) -> None:
    """Measure what the ledger has left, so many files at a time, and keep each row in it.

    told    called for each file as soon as it is kept
    begins  called with each file's name before
    Stops at once, children included, when this thread is interrupted; what is kept stays kept.
    """
    shared = sandbox.shared()
    pool = shared if n_jobs <= shared.size else Pool(n_jobs)
    try:
        _Crew(ledger, pool, told, begins).work(n_jobs)
    finally:
        if pool is not shared:
            pool.close()


class _Crew:
    """Threads that wait for one child each; they stop together."""

    def __init__(
        self, ledger: Ledger, pool: Pool, told: Told, begins: Callable[[str], None]
    ) -> None:
        self._ledger, self._pool, self._told, self._begins = ledger, pool, told, begins
        self._stop = threading.Event()
        self._failures: list[BaseException] = []

    def work(self, n_jobs: int) -> None:
        threads = [threading.Thread(target=self._run, name="analyse") for _ in range(n_jobs)]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():  # not one long wait: Ctrl-C is to be heard
                    thread.join(LOOK_UP_S)
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()
        if self._failures:
            raise self._failures[0]

    def _run(self) -> None:
        try:
            while not self._stop.is_set() and (asked := self._ledger.take()) is not None:
                self._begins(asked.shown)
                self._measure(asked)
        except Cancelled:
            return
        except BaseException as exc:
            self._failures.append(exc)
            self._stop.set()

    def _measure(self, asked: Asked) -> None:
        row = _row(self._pool, asked, self._stop)
        error = row["error"]
        self._ledger.keep(asked, row, is_final=not error or error["code"] not in PASSING)
        self._told(asked, row)


def _row(pool: Pool, asked: Asked, stop: threading.Event) -> Row:
    """Features or an error. Raises Cancelled when everything stops."""
    try:
        if asked.size_bytes == MISSING:
            raise NoSuchFile("cannot be opened: no such file")
        watch = _Watch(stop)
        found = pool.call(
            TARGET,
            {"path": asked.path},
            limits=LIMITS,
            progress=watch.hears,
            cancelled=watch.is_over,
        )
    except Cancelled:
        raise
    except SongloomError as exc:
        return _refused(exc.code, str(exc))
    except SandboxFault as exc:
        return _refused("internal", str(exc))
    return {**found, "error": None}


def _refused(code: str, message: str) -> Row:
    return {
        "features": {},
        "reasons": {},
        "tags": {},
        "error": {"code": code, "message": message},
    }


class _Watch:
    """Ends a call whose file has no end, or whose decoder says nothing any more."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._heard_s = 0.0
        self._told_s = time.monotonic()

    def hears(self, heard_s: float) -> None:
        self._heard_s, self._told_s = heard_s, time.monotonic()
        if heard_s > LONGEST_S:
            raise TooLong(f"lasts more than {LONGEST_S:.0f} s, the longest that is measured")

    def is_over(self) -> bool:
        silent_s = SILENT_S + self._heard_s * SILENT_SHARE
        if time.monotonic() - self._told_s > silent_s:
            raise BeyondLimits(f"the decoder said nothing for {silent_s:.0f} s")
        return self._stop.is_set()
