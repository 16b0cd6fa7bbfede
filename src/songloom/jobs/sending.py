"""Puts work into the queue: a job row and its carrier's row, in the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from songloom.jobs.registry import following, kinds
from songloom.jobs.running import current

if TYPE_CHECKING:  # this module is imported before Django's models may be
    from django.contrib.auth.models import AbstractBaseUser

    from songloom.jobs.models import Job

WAITING_ONLY = "~"  # such a key is given up when its job starts (see performing)
AT_ONCE = 400  # keys in one query: SQLite of old takes no more than a thousand
_collected: ContextVar[list[Job] | None] = ContextVar("collected", default=None)


@contextmanager
def collecting() -> Iterator[list[Job]]:
    """Every job enqueued within the block, so that the caller can wait for them."""
    jobs: list[Job] = []
    token = _collected.set(jobs)
    try:
        yield jobs
    finally:
        _collected.reset(token)


def enqueue(
    kind: str,
    arguments: Mapping[str, Any],
    *,
    owner: AbstractBaseUser | None = None,
    key: str | None = None,
) -> Job:
    """Queue one job. With a `key`, an unfinished job of the same kind and key is returned instead.

    The job is queued if, and only if, the surrounding transaction commits.
    """
    return _enqueue(kind, arguments, owner, None if key is None else _digest(kind, key))


def _digest(kind: str, key: str) -> str:
    return hashlib.sha256(f"{kind}\0{key}".encode()).hexdigest()


def _enqueue(
    kind: str, arguments: Mapping[str, Any], owner: AbstractBaseUser | None, active_key: str | None
) -> Job:
    job = _unfinished(active_key) or _create(kind, arguments, owner, active_key)
    collected = _collected.get()
    if collected is not None:
        collected.append(job)
    return job


def _unfinished(active_key: str | None) -> Job | None:
    from songloom.jobs.models import Job

    if active_key is None:
        return None
    jobs = Job.objects.filter(active_key=active_key)
    if connection.in_atomic_block:  # nobody starts it before what it shall see is committed
        jobs = jobs.select_for_update()
    if active_key.startswith(WAITING_ONLY):
        jobs = jobs.filter(state=Job.State.QUEUED)
    return jobs.first()


def _create(
    kind: str, arguments: Mapping[str, Any], owner: AbstractBaseUser | None, active_key: str | None
) -> Job:
    from songloom.jobs.models import Job, new_id

    running = current()
    pk = new_id()
    job = Job(
        id=pk,
        kind=kind,
        arguments=dict(arguments),
        owner_id=running.owner_id if owner is None and running else getattr(owner, "pk", None),
        root_id=running.root_id if running else pk,
        queue=kinds[kind].queue,
        active_key=active_key,
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            send(job)
    except IntegrityError:  # somebody else queued the same key between our look and our insert
        winner = _unfinished(active_key)
        if winner is None:
            raise
        return winner
    return job


def send(job: Job, *, wait_s: float = 0.0) -> None:
    """Hand a queued job to the carrier, who holds it back for `wait_s` seconds.

    A broker gets it when this transaction commits; `sent_at` says so before, since a message that
    never comes about counts as lost, and is found and sent again.
    """
    from songloom.jobs.models import Job
    from songloom.jobs.tasks import run

    now = timezone.now()
    job.due_at = now + timedelta(seconds=wait_s) if wait_s > 0 else None
    job.sent_at = now if settings.BROKER_URL and job.due_at is None else None
    task = run.using(queue_name=job.queue, run_after=job.due_at, priority=_priority(job))
    job.task_id = task.enqueue(str(job.id)).id
    Job.objects.filter(pk=job.pk).update(
        task_id=job.task_id, due_at=job.due_at, sent_at=job.sent_at
    )


def _priority(job: Job) -> int:
    return 0 if settings.BROKER_URL else kinds[job.kind].priority


def emit(event: str, *, owner: AbstractBaseUser | None = None, **arguments: Any) -> list[Job]:
    """Say what became true; the jobs that follow are queued in this transaction.

    Two events that lead to the same waiting job with the same arguments make one job. A job that
    runs already may have looked before this became true: then another one waits behind it.
    """
    return [follow_up(kind, arguments, owner=owner) for kind in following(event)]


def follow_up(
    kind: str, arguments: Mapping[str, Any], *, owner: AbstractBaseUser | None = None
) -> Job:
    """Queue a job as `emit` does: one that waits with the same arguments serves for both."""
    return _enqueue(kind, arguments, owner, _waiting_key(kind, arguments))


def follow_up_each(kind: str, wanted: Iterable[Mapping[str, Any]]) -> None:
    """`follow_up` for many, where most may wait already: these cost one query for hundreds."""
    from songloom.jobs.models import Job

    left = iter(wanted)
    while some := {_waiting_key(kind, each): each for each in islice(left, AT_ONCE)}:
        queued = Job.objects.filter(active_key__in=list(some), state=Job.State.QUEUED).order_by()
        for key in some.keys() - set(queued.values_list("active_key", flat=True)):
            _enqueue(kind, some[key], None, key)


def _waiting_key(kind: str, arguments: Mapping[str, Any]) -> str:
    return WAITING_ONLY + _digest(kind, repr(sorted(arguments.items())))[1:]
