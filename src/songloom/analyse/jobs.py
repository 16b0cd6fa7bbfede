"""Jobs of the analyse room."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from songloom.analyse import services
from songloom.jobs import emit, job
from songloom.library.models import Track

logger = logging.getLogger(__name__)


@job(services.KIND, queue="analysis", timeout_s=6 * 3_600, retries=2)
def extract(track_id: str) -> dict[str, Any] | None:
    """Measure one track. Safe to run twice; a track deleted meanwhile is no error."""
    track = Track.objects.filter(pk=track_id).first()
    if track is None or not track.has_audio:
        logger.info("analyse.extract: track %s is gone or has no sound", track_id)
        return None
    features = services.measure_within_budget(track)
    with transaction.atomic():
        emit("features.stored", track_id=track_id)
    return {"track_ids": [track_id], "features_version": features.version}


@job("analyse.catch_up", queue="analysis", timeout_s=600)
def catch_up() -> dict[str, Any]:
    """Queue all tracks that this features version has not measured."""
    return {"n_queued": services.catch_up()}
