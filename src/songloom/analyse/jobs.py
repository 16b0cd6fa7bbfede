"""Jobs of the analyse room."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from songloom.analyse import services
from songloom.core.features import FEATURES_VERSION
from songloom.jobs import emit, job
from songloom.library.models import Features, Track

logger = logging.getLogger(__name__)


@job(services.KIND, queue="analysis", timeout_s=6 * 3_600, retries=2)
def extract(track_id: str) -> dict[str, Any] | None:
    """Measure one track; where many wait, coarsely first. Safe to run twice."""
    track = _with_sound(track_id)
    if track is None:
        return None
    if services.is_crowded():
        return _told(services.measure_coarsely_within_budget(track))
    return _told(services.measure_within_budget(track))


@job(services.COMPLETE, queue="analysis", timeout_s=6 * 3_600, retries=2, priority=-10)
def complete(track_id: str) -> dict[str, Any] | None:
    """Measure as a whole what was measured coarsely, or by an older version. Safe to run twice."""
    track = _with_sound(track_id)
    return None if track is None else _told(services.measure_within_budget(track))


def _with_sound(track_id: str) -> Track | None:
    """The track; one deleted meanwhile is no error."""
    track = Track.objects.filter(pk=track_id, has_audio=True).first()
    if track is None:
        logger.info("analyse: track %s is gone or has no sound", track_id)
    return track


def _told(features: Features) -> dict[str, Any]:
    """Say what became true: the whole follows a coarse pass, suggestions follow the whole."""
    track_id = str(features.track_id)
    is_whole = not features.is_coarse and features.version == FEATURES_VERSION
    with transaction.atomic():
        if is_whole:
            emit("features.stored", track_id=track_id)
        else:
            emit("features.sketched", track_id=track_id)
    return {
        "track_ids": [track_id],
        "features_version": features.version,
        "features_pass": features.heard_by,
    }


@job("analyse.catch_up", queue="analysis", timeout_s=6 * 3_600)
def catch_up() -> dict[str, Any]:
    """Queue all tracks that this features version has not measured."""
    return {"n_queued": services.catch_up()}
