"""Takes up what dead workers left: a lease that ran out, a worker whose process is gone."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from songloom.jobs import performing
from songloom.jobs.away import watch
from songloom.jobs.models import Job, Worker
from songloom.jobs.place import lives
from songloom.jobs.registry import kinds
from songloom.jobs.sending import send
from songloom.jobs.sweeping import sweep

SEEN_WITHIN = timedelta(seconds=30)


def living_workers(queue: str | None = None) -> list[Worker]:
    """Workers that were seen lately and, on this host, whose process exists.

    queue  only those that take jobs from it
    """
    seen = Worker.objects.filter(seen_at__gte=timezone.now() - SEEN_WITHIN)
    return [w for w in seen if (queue is None or w.serves(queue)) and lives(w.host, w.pid)]


def reap() -> int:
    """Give the jobs of dead workers back to the queue, or up after the last attempt: how many."""
    expired = Q(lease_until__lt=timezone.now())
    found = 0
    is_late = watch.was_away_within(performing.LEASE.total_seconds())  # no lease could be moved on
    for job in Job.objects.filter(state=Job.State.RUNNING):
        host, _, pid = job.worker.rpartition(":")
        gone = pid.isdigit() and not lives(host, int(pid))
        if gone:
            found += _take_back(job, Q())
        elif job.lease_until is not None and job.lease_until < timezone.now() and not is_late:
            found += _take_back(job, expired)
    return found + (sweep() if settings.BROKER_URL else _resend_unsent())


def reap_namesake() -> int:
    """Give back what an earlier process of this host and id left: how many jobs.

    Where processes are few, as in a container that was started again, the next worker has the id
    of the dead one; by its id alone that one would seem alive until its lease is over.
    """
    mine = {attempt.job_id for attempt in performing.live.values()}
    left = Job.objects.filter(state=Job.State.RUNNING, worker=performing.WORKER)
    return sum(_take_back(job, Q()) for job in left.exclude(pk__in=mine))


def _take_back(job: Job, condition: Q) -> int:
    with transaction.atomic():
        mine = Job.objects.filter(condition, pk=job.pk, fence=job.fence, state=Job.State.RUNNING)
        retries = kinds[job.kind].retries if job.kind in kinds else 0
        if job.attempts > retries:
            error = {
                "code": "worker_lost",
                "message": f"the worker died in {job.attempts} attempts",
            }
            return mine.update(
                state=Job.State.DEAD,
                active_key=None,
                lease_until=None,
                error=error,
                finished_at=timezone.now(),
            )
        if not mine.update(state=Job.State.QUEUED, lease_until=None):
            return 0
        if job.task_id is not None:
            DBTaskResult.objects.filter(pk=job.task_id).delete()
        send(job)
        return 1


def _resend_unsent() -> int:
    """Queued jobs whose carrier row is gone or ended: a worker died between claiming the two."""
    waiting = Job.objects.filter(state=Job.State.QUEUED)
    carried = DBTaskResult.objects.filter(status=TaskResultStatus.READY).values("id")
    old = timezone.now() - SEEN_WITHIN
    lost = waiting.exclude(task_id__in=carried).filter(Q(created_at__lt=old) | Q(attempts__gt=0))
    jobs = list(lost)
    for job in jobs:
        send(job)
    return len(jobs)
