"""The library → MongoDB: bulk upserts of what differs, tombstones for what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from songloom.jobs import check_cancelled, report
from songloom.library.exchange.mongo.connecting import driver
from songloom.library.exchange.mongo.documents import Document, documents, source, stamp, tombstone
from songloom.library.exchange.mongo.outcomes import Exchanged, Told, nobody
from songloom.library.exchange.mongo.sound import put
from songloom.library.exchange.rows import batches
from songloom.library.models import Track, User

BATCH = 500
INDEXES = ("changed_at", "title", "artists", "tags", "source")


def push(
    base: Any,
    owner: User,
    *,
    collection: str = "tracks",
    since: datetime | None = None,
    with_sound: bool = False,
    yields: bool = False,
    told: Told = nobody,
) -> Exchanged:
    """Write every track that this user may see; a second time, or the rest of a first, only what
    is not there.

    since   only what changed from then on
    yields  whether a document that changed later than the track stays (see `sync`)
    """
    came, shelf, ours = Exchanged(), base[collection], source()
    for name in INDEXES:
        shelf.create_index(name)
    n_done, n_all = 0, changed(owner, since).count()
    told(n_done, n_all)
    for tracks in batches(changed(owner, since), BATCH):
        check_cancelled()
        wanted = documents(tracks, owner, ours)
        fresh = list(_differing(shelf, wanted, came, yields=yields))
        _write(shelf, fresh, came)
        if with_sound:
            came.n_sounds += sum(put(base, track) for track in tracks if track.has_audio)
        report(stage=str(came.n_pushed))
        n_done += len(tracks)
        told(n_done, n_all)
    _bury(shelf, ours, owner, came)
    return came


def changed(owner: User, since: datetime | None) -> QuerySet[Track]:
    tracks = Track.objects.shown_to(owner)
    if since is None:
        return tracks
    return tracks.filter(Q(updated_at__gte=since) | Q(features__measured_at__gte=since)).distinct()


def _differing(
    shelf: Any, wanted: list[Document], came: Exchanged, *, yields: bool
) -> Iterator[Document]:
    ids = [document["_id"] for document in wanted]
    fields = {"digest": 1, "changed_at": 1}
    there = {found["_id"]: found for found in shelf.find({"_id": {"$in": ids}}, fields)}
    for document in wanted:
        other = there.get(document["_id"])
        if other is None:
            if not document["is_deleted"]:
                yield document
        elif other.get("digest") != document["digest"]:
            if yields and str(other.get("changed_at", "")) > document["changed_at"]:
                came.n_conflicts += 1
            else:
                yield document


def _write(shelf: Any, fresh: list[Document], came: Exchanged) -> None:
    if not fresh:
        return
    replace = driver().ReplaceOne
    shelf.bulk_write([replace({"_id": d["_id"]}, d, upsert=True) for d in fresh], ordered=False)
    n_deleted = sum(d["is_deleted"] for d in fresh)
    came.n_deleted += n_deleted
    came.n_pushed += len(fresh) - n_deleted


def _bury(shelf: Any, ours: str, owner: User, came: Exchanged) -> None:
    """Documents of this library whose tracks were deleted for good become tombstones.

    Only an administrator sees every track, so only then is what is not seen really gone.
    """
    if not owner.is_superuser:
        return
    from django.utils import timezone

    gone: list[Document] = []
    part: list[str] = []
    for found in shelf.find({"source": ours, "is_deleted": False}, {"_id": 1}):
        part.append(found["_id"])
        if len(part) == BATCH:
            gone += _gone(part, ours, stamp(timezone.now()))
            part = []
    gone += _gone(part, ours, stamp(timezone.now()))
    _write(shelf, gone, came)


def _gone(ids: list[str], ours: str, at: str) -> list[Document]:
    there = {str(pk) for pk in Track.objects.filter(pk__in=ids).values_list("pk", flat=True)}
    return [tombstone(pk, ours, at) for pk in ids if pk not in there]
