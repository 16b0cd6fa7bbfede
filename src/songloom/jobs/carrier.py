"""The carrier of django-tasks that hands ids to a broker, once what they belong to is committed."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResult, TaskResultStatus
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task

from songloom.jobs.broker import BrokerAway, broker
from songloom.jobs.models import Job

logger = logging.getLogger(__name__)


class BrokerBackend(BaseTaskBackend):
    """Keeps nothing itself: a message that gets lost is made anew from the job's row (`sweep`)."""

    supports_defer = True  # what shall wait is not sent before its time: again the sweep

    def enqueue(
        self, task: Task[Any, Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> TaskResult[Any]:
        self.validate_task(task)
        if task.run_after is None:
            transaction.on_commit(partial(hand_over, task.queue_name, str(args[0])))
        return TaskResult(
            task=task,
            id=str(uuid4()),
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


def hand_over(queue: str, job_id: str) -> bool:
    """Send one id. A broker that is away fails nobody: the job waits in its row for the sweep."""
    try:
        broker().send(queue, job_id)
    except BrokerAway:
        Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(sent_at=None)
        return False
    return True
