"""The bin: tracks go in, come back, and at last are forgotten with their bytes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from songloom.errors import StorageAway
from songloom.jobs import emit
from songloom.library import storage
from songloom.library.models import File, LineageNode, Rendition, Track
from songloom.library.turns import in_turn

logger = logging.getLogger(__name__)


@transaction.atomic
def bin_track(track: Track) -> Track:
    """Put a track into the bin. Nothing is deleted; stars, playlists and files stay."""
    if track.binned_at is None:
        track.binned_at = timezone.now()
        track.save(update_fields=["binned_at", "updated_at"])
        emit("track.binned", track_id=str(track.pk))
    return track


@transaction.atomic
def restore_track(track: Track) -> Track:
    """Take a track out of the bin."""
    if track.binned_at is not None:
        track.binned_at = None
        track.save(update_fields=["binned_at", "updated_at"])
        emit("track.restored", track_id=str(track.pk))
    return track


def forget_track(track: Track) -> None:
    """Delete a track for good: its rows, then those managed bytes of which no row speaks any more.

    Files in linked folders are never touched. In the lineage its name stays, unless it was private:
    nobody could say any more whose secret it was.
    """
    with transaction.atomic():
        managed = set(track.files.filter(folder=None).values_list("sha256", flat=True))
        rendered = set(track.renditions.values_list("sha256", flat=True))
        if track.is_private:
            LineageNode.objects.filter(track=track).update(label="", detail={})
        track.delete()
    drop_unused(managed, File.objects.filter(folder=None), "audio")
    drop_unused(rendered, Rendition.objects.all(), "renditions")


def drop_renditions(track: Track) -> None:
    """Within a transaction: delete what recipes made of a sound that the track no longer has."""
    rendered = set(track.renditions.values_list("sha256", flat=True))
    track.renditions.all().delete()
    transaction.on_commit(lambda: drop_unused(rendered, Rendition.objects.all(), "renditions"))


def drop_unused(hashes: set[str], rows: QuerySet[Any], shelf: storage.Shelf) -> None:
    """Forget those bytes of which no row speaks. Whoever brings them now looks after this."""
    named = rows.filter(sha256__in=hashes).values_list("sha256", flat=True)
    drop_unspoken(hashes, shelf, lambda: set(named))


def drop_unspoken(
    hashes: set[str], shelf: storage.Shelf, spoken_of: Callable[[], set[str]]
) -> None:
    """The same where something else than one table of rows says which are needed."""
    with in_turn(*(f"bytes {sha256}" for sha256 in hashes)):
        for sha256 in hashes - spoken_of():
            try:
                storage.drop(sha256, shelf)
            except StorageAway:
                logger.warning(
                    "forgotten bytes stay while the storage is away; verify removes them"
                )
