"""What a job's own code sees while it runs: report progress, learn that somebody cancelled."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from songloom.errors import BeyondLimits, Cancelled, Conflict

WRITE_EVERY_S = 0.5  # progress is for eyes; more often would only burden the database


class Postponed(Exception):
    """Raised by a job whose time has not come: it goes back to the queue, the attempt uncounted.

    wait_s  how long nobody should take it
    why     what its stage says meanwhile
    """

    def __init__(self, wait_s: float, why: str) -> None:
        super().__init__(why)
        self.wait_s = wait_s


@dataclass
class Running:
    """One attempt at one job, in this process."""

    job_id: UUID
    root_id: UUID
    owner_id: UUID | None
    fence: int
    deadline: float  # time.monotonic() after which it has taken too long
    is_cancelled: bool = False
    is_lost: bool = False
    written_at: float = field(default=0.0)
    missed_at: float = field(default=0.0)  # when the database last did not answer


_current: ContextVar[Running | None] = ContextVar("current", default=None)


def current() -> Running | None:
    """The job that this code runs in, if any."""
    return _current.get()


def check_cancelled() -> None:
    """Raise Cancelled when somebody asked this job to stop, Conflict when its lease was lost,
    BeyondLimits when it has taken longer than its kind may.

    Outside a job it does nothing, so that services need not know who calls them.
    """
    running = _current.get()
    if running is None:
        return
    if time.monotonic() - running.written_at > WRITE_EVERY_S:
        _look(running)
    if running.is_lost:
        raise Conflict("another worker took this job over")
    if running.is_cancelled:
        raise Cancelled("cancelled")
    if time.monotonic() > running.deadline:
        raise BeyondLimits("took longer than this kind of job may take")


def report(*, progress: float | None = None, stage: str | None = None) -> None:
    """Say how far the job is (0 … 1) and what it does now. Raises as `check_cancelled` does."""
    running = _current.get()
    if running is None:
        return
    from songloom.jobs.models import Job

    if stage is not None or time.monotonic() - running.written_at > WRITE_EVERY_S:
        changed: dict[str, object] = {}
        if progress is not None:
            changed["progress"] = min(1.0, max(0.0, progress))
        if stage is not None:
            changed["stage"] = stage[:200]
        mine = Job.objects.filter(pk=running.job_id, fence=running.fence, state=Job.State.RUNNING)
        if changed:
            _unless_away(running, lambda: _write(running, mine.update(**changed)))
        _look(running)
    check_cancelled()


def _write(running: Running, n_written: int) -> None:
    running.is_lost = n_written == 0


def _look(running: Running) -> None:
    running.written_at = time.monotonic()
    _unless_away(running, lambda: _read(running))


def _unless_away(running: Running, ask: Callable[[], None]) -> None:
    """A long piece of work does not end because nobody can be told of it: it asks later."""
    from django.db import InterfaceError, OperationalError, connection

    from songloom.jobs.away import missed, watch

    is_whole = not connection.in_atomic_block
    if is_whole and watch.is_missing and time.monotonic() - running.missed_at < watch.pause_s():
        return
    try:
        ask()
        watch.met()
    except (OperationalError, InterfaceError) as exc:
        if not (is_whole and missed(exc)):
            raise
        running.missed_at = time.monotonic()


def _read(running: Running) -> None:
    from songloom.jobs.models import Job

    row = Job.objects.filter(pk=running.job_id).values("fence", "is_cancel_asked").first()
    running.is_lost = row is None or row["fence"] != running.fence
    running.is_cancelled = row is not None and row["is_cancel_asked"]
