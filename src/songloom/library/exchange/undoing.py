"""Takes back what a table did: tracks it made go again, those it changed are as they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from songloom.jobs import emit
from songloom.library.ids import name_key
from songloom.library.inserting import insert
from songloom.library.models import (
    Album,
    Artist,
    Credit,
    Features,
    Genre,
    LineageEdge,
    LineageNode,
    Track,
    TrackTag,
)
from songloom.library.services.bin import forget_track
from songloom.library.services.tracing import track_key

Before = dict[str, Any]  # one track, as JSON can hold it
COLUMNS = ("title", "sort_title", "artist_text", "album_id", "track_number", "disc_number", "date",
           "year", "duration_s", "lyrics", "binned_at")  # fmt: skip
NOT_TOLD = ("measured_at", "peaks_fine")  # what is restored has no sound, hence no outline
HEARD = tuple(f.attname for f in Features._meta.concrete_fields if f.attname not in NOT_TOLD)
CREDIT = ("artist_id", "role", "position")
TAG = ("field", "value", "value_key")


def snapshot(ids: Sequence[UUID]) -> dict[UUID, Before]:
    """What a table may change of these tracks: six queries, however many."""
    credits = _by_track(Credit.objects.filter(track__in=ids).order_by("pk"), *CREDIT)
    genres = _by_track(Track.genres.through.objects.filter(track__in=ids), "genre_id")
    tags = _by_track(TrackTag.objects.filter(track__in=ids).order_by("pk"), *TAG)
    heard = {row["track_id"]: row for row in Features.objects.filter(track__in=ids).values(*HEARD)}
    rows = Track.objects.filter(pk__in=ids).order_by().values("pk", "has_audio", *COLUMNS)
    albums = {row["album_id"] for row in rows if row["album_id"]}
    by = dict(Album.objects.filter(pk__in=albums).values_list("pk", "artist_id"))
    return {
        (pk := row.pop("pk")): {
            "track": _told(row),
            "album": [str(value) for value in (row["album_id"], by.get(row["album_id"])) if value],
            "credits": credits[pk],
            "genres": [genre for (genre,) in genres[pk]],
            "tags": tags[pk],
            "features": _told(heard[pk]) if pk in heard else None,
        }
        for row in rows
    }


def _by_track(found: Any, *names: str) -> dict[UUID, list[list[Any]]]:
    by_track: dict[UUID, list[list[Any]]] = defaultdict(list)
    for pk, *values in found.values_list("track_id", *names):
        by_track[pk].append([_plain(value) for value in values])
    return by_track


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def restore(befores: Mapping[UUID, Before], since: datetime) -> None:
    """Make tracks as they were. One that got sound keeps it, one that is gone stays gone.

    since  before anything was changed: names that are younger and serve no track go
    """
    now = snapshot(list(befores))
    with transaction.atomic():
        names = Names(list(befores))
        for pk, before in befores.items():
            if pk in now and now[pk] != before:
                _restore(pk, before)
        names.drop_unused(since)


def _restore(pk: UUID, before: Before) -> None:
    track = dict(before["track"])
    had_audio = track.pop("has_audio")
    track["binned_at"] = track["binned_at"] and datetime.fromisoformat(track["binned_at"])
    if not Album.objects.filter(pk=track["album_id"]).exists():
        track["album_id"] = None
    with transaction.atomic():
        Track.objects.filter(pk=pk).update(**track)
        _restore_album(*before["album"])
        _replace(pk, before)
        if not had_audio and not Track.objects.filter(pk=pk, has_audio=True).exists():
            Features.objects.filter(track=pk).delete()
            if before["features"]:
                Features.objects.create(**before["features"])
        emit("tags.changed", track_id=str(pk))


def _restore_album(album: str = "", by: str = "") -> None:
    """An album whose artist its last track took along is by whom it was."""
    found = Album.objects.filter(pk=album).exclude(artist=UUID(by)).first() if by else None
    artist = Artist.objects.filter(pk=by).first() if by else None
    if found is None or artist is None:
        return
    key = name_key(found.title, artist.name)
    if not Album.objects.filter(album_key=key).exists():
        found.album_key, found.artist = key, artist
        found.save(update_fields=["album_key", "artist"])


def _replace(pk: UUID, before: Before) -> None:
    """Credits, genres and free tags, of names that are still there."""
    Credit.objects.filter(track=pk).delete()
    Track.genres.through.objects.filter(track=pk).delete()
    TrackTag.objects.filter(track=pk).delete()
    wanted = {UUID(artist) for artist, *_ in before["credits"]}
    people = set(Artist.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    credits = [(UUID(artist), *row) for artist, *row in before["credits"]]
    insert(Credit, ("track_id", *CREDIT), ((pk, *row) for row in credits if row[0] in people))
    genres = Genre.objects.filter(pk__in=before["genres"]).values_list("pk", flat=True)
    insert(Track.genres.through, ("track_id", "genre_id"), ((pk, genre) for genre in genres))
    insert(TrackTag, ("track_id", *TAG), ((pk, *row) for row in before["tags"]))


def forget(ids: Iterable[UUID], since: datetime) -> None:
    """Delete tracks that a table made, and the names that came with them and serve no other.

    since  before anything was made: artists that are older stay
    """
    listed = list(ids)
    for track in Track.objects.filter(pk__in=listed, has_audio=True):
        forget_track(track)
    with transaction.atomic():
        names = Names(listed)
        Track.objects.filter(pk__in=listed).delete()
        nodes = LineageNode.objects.filter(node_key__in=[track_key(pk) for pk in listed])
        _drop_nodes(nodes, since)
        names.drop_unused(since)


class Names:
    """The albums, artists and genres of some tracks, before these change."""

    def __init__(self, ids: Sequence[UUID]) -> None:
        credits = Credit.objects.filter(track__in=ids)
        genres = Track.genres.through.objects.filter(track__in=ids)
        albums = Album.objects.filter(tracks__in=ids).values_list("pk", "artist")
        self._albums = {pk for pk, _ in albums}
        self._genres = set(genres.values_list("genre", flat=True))
        self._people = {pk for _, pk in albums if pk}
        self._people |= set(credits.values_list("artist", flat=True))

    def drop_unused(self, since: datetime) -> None:
        young = Album.objects.filter(pk__in=self._albums, created_at__gte=since)
        young.filter(tracks=None).delete()
        people = Artist.objects.filter(pk__in=self._people, pk__gte=_first_id(since))
        people.filter(credits=None, albums=None).delete()
        Genre.objects.filter(pk__in=self._genres, tracks=None).delete()


def _drop_nodes(nodes: QuerySet[LineageNode], since: datetime) -> None:
    """These, and what stood above them alone."""
    ids = list(nodes.values_list("pk", flat=True))
    while ids:
        edges = LineageEdge.objects.filter(child__in=ids)
        above = set(edges.values_list("parent", flat=True))
        LineageNode.objects.filter(pk__in=ids).delete()
        left = LineageNode.objects.filter(pk__in=above, created_at__gte=since, track=None)
        ids = list(left.filter(edges_down=None).values_list("pk", flat=True))


def _first_id(moment: datetime) -> UUID:
    """No id made from then on is smaller: ids begin with their time."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
