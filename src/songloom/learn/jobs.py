"""Jobs of the learn room."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from songloom.jobs import job
from songloom.jobs.running import current
from songloom.learn import services
from songloom.learn.models import TagModel
from songloom.library.models import User

logger = logging.getLogger(__name__)


@job("learn.train", queue="generation", timeout_s=3_600)
def train(owner_id: str | None = None) -> dict[str, Any]:
    """Learn every tag as its owner sees the library. Safe to run twice."""
    running = current()
    known = owner_id or (running.owner_id if running else None)
    return services.train(User.objects.filter(pk=known).first() if known else None)


@job("learn.suggest", queue="analysis", timeout_s=600)
def suggest(track_id: str) -> dict[str, Any] | None:
    """Suggest tags for one track, to everybody who has trained. Most libraries have not."""
    owners = User.objects.filter(pk__in=TagModel.objects.values("owner")).order_by("pk")
    found = sum(services.suggest_for(user, [UUID(track_id)]) for user in owners)
    logger.debug("learn.suggest: %d tags for track %s", found, track_id)
    return {"track_ids": [track_id], "n_suggestions": found}
