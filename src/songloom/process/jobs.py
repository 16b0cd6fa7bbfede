"""Jobs of the editor.

What a job needs is imported when it runs: every command knows all jobs, and most run none.
"""

from __future__ import annotations

import logging
from typing import Any

from songloom.jobs import job
from songloom.library.models import Track, User

logger = logging.getLogger(__name__)


@job("process.render", queue="interactive", timeout_s=7_200, retries=2)
def render(
    track_id: str,
    recipe: dict[str, Any],
    format: str,
    owner_id: str,
    bit_rate_kbps: int | None = None,
    save_as_track: bool = False,
) -> dict[str, Any] | None:
    """Make a rendition. Safe to run twice; a track deleted meanwhile is no error."""
    from songloom.process import services
    from songloom.process.saving import save_as_track as save

    there = _still_there(track_id, owner_id)
    if there is None:
        return None
    track, owner = there
    how: dict[str, Any] = {"format": format, "bit_rate_kbps": bit_rate_kbps}
    rendition = services.render(track, recipe, owner=owner, **how)
    saved = [str(save(rendition, owner=owner).pk)] if save_as_track else []
    return {"track_ids": saved, "rendition_id": str(rendition.pk)}


@job("process.batch", queue="analysis", timeout_s=604_800, retries=2)
def render_many(
    track_ids: list[str],
    recipe: dict[str, Any],
    format: str,
    owner_id: str,
    bit_rate_kbps: int | None = None,
    save_as_track: bool = False,
) -> dict[str, Any] | None:
    """A recipe over many tracks. Taken up again, what was made before is only looked up."""
    from songloom.process import batch, services

    owner = User.objects.filter(pk=owner_id).first()
    if owner is None:
        logger.info("process.batch: its owner is gone")
        return None
    order = services.Order.of(recipe, format, bit_rate_kbps)
    return batch.run(track_ids, order, owner=owner, saves=save_as_track)


@job("process.split", queue="interactive", timeout_s=14_400, retries=2)
def split(
    track_id: str,
    parts_: list[dict[str, Any]],
    recipe: dict[str, Any],
    format: str,
    owner_id: str,
    bit_rate_kbps: int | None = None,
    save_as_track: bool = True,
) -> dict[str, Any] | None:
    """Each part of a track on its own. Safe to run twice; a track deleted meanwhile is no error."""
    from songloom.process import parts, services

    there = _still_there(track_id, owner_id)
    if there is None:
        return None
    track, owner = there
    order = services.Order.of(recipe, format, bit_rate_kbps)
    return parts.run(track, parts_, order, owner=owner, saves=save_as_track)


def _still_there(track_id: str, owner_id: str) -> tuple[Track, User] | None:
    track = Track.objects.alive().filter(pk=track_id).first()
    owner = User.objects.filter(pk=owner_id).first()
    if track is None or owner is None:
        logger.info("track %s or its editor is gone", track_id)
        return None
    return track, owner
