"""Sends what a broker does not have: jobs whose time has come, or whose message got lost."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from songloom.jobs.broker import BrokerAway, broker
from songloom.jobs.carrier import hand_over
from songloom.jobs.models import Job, JobQuerySet
from songloom.jobs.registry import QUEUES

ARRIVES_WITHIN = timedelta(seconds=10)  # between a commit and its message, or message and claim
MOST = 500  # of one queue in one sweep; the next one is a beat away


def sweep() -> int:
    """Send what waits unsent: how many. A broker that is away is asked again by the next sweep."""
    try:
        return sum(_send(job) for queue in QUEUES for job in _missing(queue))
    except BrokerAway:
        return 0


def _missing(queue: str) -> list[Job]:
    """Jobs that wait here but not on the broker.

    A queue is first in, first out: the n messages that wait there are those of the n jobs that
    were sent last. Whatever waits here and was sent before them has lost its message.
    """
    now = timezone.now()  # before the broker is asked: what is sent meanwhile is not missing
    waiting = _waiting(queue)
    missing = list(waiting.filter(sent_at=None)[:MOST])
    if waiting.filter(sent_at__lt=now - ARRIVES_WITHIN).exists():
        n_there = broker().n_waiting(queue)
        sent = waiting.filter(sent_at__lt=now).order_by("-sent_at", "-id")
        older = sent[n_there : n_there + MOST]
        missing += [job for job in older if job.sent_at and job.sent_at < now - ARRIVES_WITHIN]
    return missing


def _waiting(queue: str) -> JobQuerySet:
    due = Q(due_at=None) | Q(due_at__lte=timezone.now())
    return Job.objects.filter(due, state=Job.State.QUEUED, queue=queue).order_by("created_at", "id")


def _send(job: Job) -> int:
    """Claimed by its row first, so that of many workers that sweep only one sends it."""
    mine = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED, sent_at=job.sent_at)
    if not mine.update(sent_at=timezone.now(), task_id=None):
        return 0
    if job.task_id is not None:  # carried by the database before there was a broker
        DBTaskResult.objects.filter(pk=job.task_id).delete()
    if not hand_over(job.queue, str(job.pk)):
        raise BrokerAway
    return 1
