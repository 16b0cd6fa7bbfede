"""Paths lie on a disk of one machine; a worker elsewhere that does not find one gives it back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from songloom.jobs import Postponed
from songloom.jobs.models import Job
from songloom.jobs.place import HOST
from songloom.jobs.running import current

WAIT_S = 1.0
GIVEN_BACK_FOR = timedelta(minutes=10)
WHY = "Waiting for a worker that reaches this path."


def reached(path: Path, place: str) -> Path:
    """The path, for whoever reads it, and who says what is wrong with it.

    place  the machine that named it; elsewhere the same path may mean nothing
    Raises Postponed for ten minutes where it means nothing, so that another worker takes the job.
    """
    if place not in ("", HOST) and not path.exists() and _is_young():
        raise Postponed(WAIT_S, WHY)
    return path


def _is_young() -> bool:
    running = current()
    if running is None:
        return False
    since = timezone.now() - GIVEN_BACK_FOR
    return Job.objects.filter(pk=running.job_id, created_at__gte=since).exists()
