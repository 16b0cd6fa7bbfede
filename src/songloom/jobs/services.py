"""What interfaces ask of jobs: wait for them, cancel them, describe them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from songloom.jobs.away import missed
from songloom.jobs.models import Job
from songloom.jobs.performing import keep_leases, let_go, perform
from songloom.jobs.place import HOST
from songloom.jobs.reaping import living_workers, reap
from songloom.jobs.registry import QUEUES, kinds
from songloom.jobs.worker import BEAT_EVERY_S, run_carried, take

logger = logging.getLogger(__name__)
OnProgress = Callable[[list[Job]], None]


def cancel(job: Job) -> Job:
    """Ask a job and what followed from it to stop.

    A waiting one ends at once, a running one within a second.
    """
    now = timezone.now()
    family = Job.objects.filter(root_id=job.pk) | Job.objects.filter(pk=job.pk)
    error = {"code": "cancelled", "message": "cancelled"}
    waiting = family.filter(state=Job.State.QUEUED)
    carried = [pk for pk in waiting.values_list("task_id", flat=True) if pk is not None]
    waiting.update(state=Job.State.CANCELLED, active_key=None, finished_at=now, error=error)
    DBTaskResult.objects.filter(pk__in=carried, status=TaskResultStatus.READY).delete()
    family.filter(state=Job.State.RUNNING).update(is_cancel_asked=True)
    job.refresh_from_db()
    return job


def finish(jobs: Iterable[Job], on_progress: OnProgress | None = None) -> list[Job]:
    """Wait until these jobs, and all that followed, are final; run them here if no worker lives.

    Ctrl-C cancels what is left and raises KeyboardInterrupt.
    """
    roots = {job.root_id for job in jobs} | {job.pk for job in jobs}
    try:
        with _beating():
            while waiting := list(Job.objects.unfinished().filter(root_id__in=roots)):
                if on_progress is not None:
                    on_progress(list(Job.objects.filter(root_id__in=roots)))
                if not _step(waiting):
                    time.sleep(0.1)
    except KeyboardInterrupt:
        let_go()
        for job in Job.objects.unfinished().filter(root_id__in=roots):
            cancel(job)
        raise
    ended = list(Job.objects.filter(root_id__in=roots).order_by("created_at"))
    if on_progress is not None:
        on_progress(ended)
    return ended


def _step(waiting: list[Job]) -> bool:
    """Do one of the waiting jobs here, unless a worker will. True if something was done."""
    served = {queue: {worker.host for worker in living_workers(queue)} for queue in QUEUES}
    left = [job for job in waiting if not _is_served(job, served[job.queue])]
    if not left:
        return False
    queued = [job for job in left if job.state == Job.State.QUEUED]
    return (_perform_one(queued) if settings.BROKER_URL else _take_one(queued)) or reap() > 0


def _is_served(job: Job, hosts: set[str]) -> bool:
    """Whether a worker of these machines will do it; what lies on this disk only one from here."""
    on_disk = job.kind in kinds and kinds[job.kind].on_disk
    return HOST in hosts if on_disk else bool(hosts)


def _take_one(queued: list[Job]) -> bool:
    task = take(among=[job.task_id for job in queued if job.task_id])
    if task is None:
        return False
    run_carried(task)
    return True


def _perform_one(queued: list[Job]) -> bool:
    """The message on the broker stays: whoever gets it finds that the job is not free to run."""
    return any(perform(str(job.pk)) for job in reversed(queued))  # the oldest first


@contextmanager
def _beating() -> Iterator[None]:
    """Keep the leases of jobs that run in this command alive."""
    over = threading.Event()

    def keep() -> None:
        try:
            while not over.wait(BEAT_EVERY_S):
                close_old_connections()
                try:
                    keep_leases()
                except Exception as exc:  # a locked or restarted database; the job goes on
                    if not missed(exc):
                        logger.exception("a beat failed; trying again in %s s", BEAT_EVERY_S)
        finally:
            connection.close()

    thread = threading.Thread(target=keep, name="beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(BEAT_EVERY_S)


def document(job: Job) -> dict[str, Any]:
    """The JOB object of the contract."""
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "state": str(job.state),
        "progress": round(job.progress, 4),
        "stage": job.stage,
        "result": job.result,
        "error": job.error,
        "created_at": stamp(job.created_at),
        "finished_at": stamp(job.finished_at),
    }


def stamp(moment: Any) -> str | None:
    """RFC 3339 in UTC, to the second."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def followers(job_id: UUID) -> list[Job]:
    """The jobs that followed from a job, oldest first."""
    return list(Job.objects.filter(root_id=job_id).exclude(pk=job_id).order_by("created_at"))
