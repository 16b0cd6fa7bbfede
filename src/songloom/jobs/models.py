"""Jobs and workers. The state of a job stays in this database whatever carries it to a worker."""

from __future__ import annotations

import secrets
from uuid import UUID

import uuid_utils.compat
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_id() -> UUID:
    return UUID(int=uuid_utils.compat.uuid7().int)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: object) -> JobQuerySet:
        """One's own; an administrator sees all."""
        if isinstance(user, AnonymousUser) or not getattr(user, "is_authenticated", False):
            return self.none()
        if getattr(user, "is_superuser", False):
            return self
        return self.filter(owner_id=getattr(user, "pk", None))

    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=Job.UNFINISHED)


class Job(models.Model):
    """One piece of work: what, for whom, how far, with what result.

    A running job is leased: `lease_until` moves on while its worker lives, `fence` tells this
    attempt from earlier ones, so that a worker thought dead cannot overwrite its successor.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        DEAD = "dead", _("given up")

    UNFINISHED = (State.QUEUED, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    active_key = models.CharField(max_length=64, unique=True, null=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="jobs"
    )
    root_id = models.UUIDField(
        db_index=True, editable=False
    )  # the job from which all this followed
    queue = models.CharField(max_length=20)
    task_id = models.UUIDField(null=True, editable=False)  # the carrier's row
    due_at = models.DateTimeField(null=True, editable=False)  # nobody takes it before
    sent_at = models.DateTimeField(null=True, editable=False)  # when a broker last got its id
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.QUEUED, db_index=True
    )
    progress = models.FloatField(default=0.0)
    stage = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True)
    error = models.JSONField(null=True)  # {"code", "message"}
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    is_cancel_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"

    @property
    def is_final(self) -> bool:
        return self.state not in self.UNFINISHED


class QueuePrefix(models.Model):
    """What this library's queues begin with on a broker, so that two that share one never mix."""

    prefix = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("name of the queues")
        verbose_name_plural = _("names of the queues")

    def __str__(self) -> str:
        return self.prefix

    @classmethod
    def of_this_library(cls) -> str:
        """Made once; whoever reaches this database finds the same queues."""
        made = {"prefix": f"songloom-{secrets.token_hex(4)}"}
        return cls.objects.get_or_create(pk=1, defaults=made)[0].prefix


class Worker(models.Model):
    """A process that runs jobs, as long as it says that it lives."""

    name = models.CharField(max_length=120, primary_key=True)  # host:pid
    host = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    queues = models.CharField(max_length=100)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def serves(self, queue: str) -> bool:
        """Whether it takes jobs from this queue; one that names none takes all."""
        return not self.queues or queue in self.queues.split(",")
