"""Runs one attempt at one job: claim, run, write down how it ended. Every step is fenced."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone

from songloom.errors import Cancelled, Conflict, SongloomError, TryLater
from songloom.jobs import running
from songloom.jobs.away import missed, patiently, watch
from songloom.jobs.models import Job
from songloom.jobs.place import worker_here
from songloom.jobs.registry import Kind, kinds
from songloom.jobs.running import Postponed, Running
from songloom.jobs.sending import WAITING_ONLY, send

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)
WORKER = worker_here()
live: dict[int, Running] = {}  # the attempts of this process, whose leases a beat keeps alive


def perform(job_id: str) -> bool:
    """Run the job once, if it is free to run, and say whether it was.

    Whatever happens inside ends in its row.
    """
    attempt = _claim(job_id)
    if attempt is None:
        logger.info("job %s is not free to run", job_id)
        return False
    job = patiently(lambda: Job.objects.get(pk=job_id))
    live[id(attempt)] = attempt
    token = running._current.set(attempt)
    try:
        _run(job, kinds[job.kind], attempt)
    except (KeyboardInterrupt, SystemExit):
        requeue(job, attempt, counts=False)
        raise
    finally:
        running._current.reset(token)
        live.pop(id(attempt), None)
    return True


def _claim(job_id: str) -> Running | None:
    if not patiently(lambda: _mark_claimed(job_id)):
        return None
    job = patiently(lambda: Job.objects.get(pk=job_id))
    if job.kind not in kinds:
        _end(job, job.fence, Job.State.DEAD, error=("unknown_kind", f"no job is called {job.kind}"))
        return None
    deadline = time.monotonic() + kinds[job.kind].timeout_s
    return Running(job.id, job.root_id, job.owner_id, job.fence, deadline)


def _mark_claimed(job_id: str) -> int:
    now = timezone.now()
    return Job.objects.filter(_free(job_id, now), pk=job_id).update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        fence=F("fence") + 1,
        worker=WORKER,
        lease_until=now + LEASE,
        started_at=now,
        active_key=Case(When(_serves_others(), then=F("active_key")), default=None),
    )


def _serves_others() -> Q:
    """Whether the key of a running job still says that no other like it is needed."""
    return ~Q(active_key__startswith=WAITING_ONLY)


def _free(job_id: str, now: datetime) -> Q:
    """Queued and due, or left by a stalled worker unless that was the last attempt: see `reap`."""
    kind = Job.objects.filter(pk=job_id).values_list("kind", flat=True).first()
    retries = kinds[kind].retries if kind in kinds else 0
    late = now - LEASE if watch.was_away_within(LEASE.total_seconds()) else now
    stalled = Q(state=Job.State.RUNNING, lease_until__lt=late, attempts__lte=retries)
    due = Q(due_at=None) | Q(due_at__lte=now)
    return Q(due, state=Job.State.QUEUED) | stalled


def _run(job: Job, kind: Kind, attempt: Running) -> None:
    try:
        running.check_cancelled()
        result = kind.function(**job.arguments)
    except Cancelled:
        _end(job, attempt.fence, Job.State.CANCELLED, error=("cancelled", "cancelled"))
    except Postponed as exc:
        requeue(job, attempt, counts=False, wait_s=exc.wait_s, stage=str(exc))
    except Conflict as exc:
        _fail_unless_lost(job, attempt, exc)
    except TryLater as exc:
        _again(job, kind, attempt, (exc.code, str(exc)), Job.State.FAILED)
    except SongloomError as exc:
        _end(job, attempt.fence, Job.State.FAILED, error=(exc.code, str(exc)))
    except Exception as exc:
        _break_off(job, kind, attempt, exc)
    else:
        _end(job, attempt.fence, Job.State.DONE, result=result)


def _break_off(job: Job, kind: Kind, attempt: Running, error: Exception) -> None:
    """A failure that nobody foresaw; or the database went away, which is not the job's fault."""
    if missed(error):
        requeue(job, attempt, counts=False)
        return
    logger.error("%s: job %s failed", job.kind, job.pk, exc_info=error)
    said = ("internal", "something failed; the log has this id")
    _again(job, kind, attempt, said, Job.State.DEAD)


def _fail_unless_lost(job: Job, attempt: Running, exc: Conflict) -> None:
    """A conflict of its own is a failure; a lost lease is the business of whoever has it."""
    if not attempt.is_lost:
        _end(job, attempt.fence, Job.State.FAILED, error=(exc.code, str(exc)))


def _again(
    job: Job, kind: Kind, attempt: Running, error: tuple[str, str], finally_: Job.State
) -> None:
    if job.attempts > kind.retries:
        _end(job, attempt.fence, finally_, error=error)
    else:
        requeue(job, attempt, counts=True)


def keep_leases() -> None:
    """Move on the leases of what this process runs; an attempt learns that it lost its own."""
    until = timezone.now() + LEASE
    for attempt in list(live.values()):
        mine = Job.objects.filter(pk=attempt.job_id, fence=attempt.fence, state=Job.State.RUNNING)
        attempt.is_lost = mine.update(lease_until=until) == 0


def let_go() -> None:
    """Back into the queue: what this process claimed but, interrupted in that moment, never began.

    Only for a thread that runs jobs alone in its process: another's may be in that moment too.
    """
    begun = [attempt.job_id for attempt in live.values()]
    mine = Job.objects.filter(state=Job.State.RUNNING, worker=WORKER).exclude(pk__in=begun)
    mine.update(
        state=Job.State.QUEUED,
        attempts=F("attempts") - 1,
        fence=F("fence") + 1,  # a claim that was only half interrupted holds nothing
        lease_until=None,
    )


def requeue(
    job: Job, attempt: Running, *, counts: bool, wait_s: float = 0.0, stage: str = ""
) -> None:
    """Back into the queue, where nobody takes it for `wait_s` seconds."""
    patiently(lambda: _requeue(job, attempt, counts=counts, wait_s=wait_s, stage=stage))


def _requeue(job: Job, attempt: Running, *, counts: bool, wait_s: float, stage: str) -> None:
    with transaction.atomic():
        mine = Job.objects.filter(pk=job.pk, fence=attempt.fence, state=Job.State.RUNNING)
        given_back = F("attempts") if counts else F("attempts") - 1
        back = {"state": Job.State.QUEUED, "attempts": given_back, "lease_until": None}
        if mine.update(**back, stage=stage[:200]):
            send(job, wait_s=wait_s)


def _end(
    job: Job,
    fence: int,
    state: Job.State,
    *,
    result: dict[str, Any] | None = None,
    error: tuple[str, str] | None = None,
) -> None:
    """Write the end of an attempt, unless another attempt has taken the job over meanwhile."""
    mine = Job.objects.filter(pk=job.pk, fence=fence, state=Job.State.RUNNING)
    changed: dict[str, Any] = {
        "state": state,
        "active_key": None,
        "lease_until": None,
        "finished_at": timezone.now(),
        "result": result,
        "error": None if error is None else {"code": error[0], "message": error[1]},
    }
    if state == Job.State.DONE:
        changed["progress"] = 1.0
    if not patiently(lambda: mine.update(**changed)):
        logger.warning("%s: job %s was taken over; its late result is refused", job.kind, job.pk)
