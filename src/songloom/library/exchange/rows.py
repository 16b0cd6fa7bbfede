"""Tracks as rows: one dictionary a track, by names of columns; so many queries a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from songloom.core.features import SCALARS
from songloom.library.exchange import ancestry
from songloom.library.exchange.columns import BY_NAME
from songloom.library.models import Credit, Features, Track, TrackTag, User
from songloom.library.models.catalogue import TrackQuerySet

Value = str | int | float | bool | list[str] | list[dict[str, Any]] | None
Row = dict[str, Value]
BATCH = 500
ROLES = {
    "artists": Credit.Role.ARTIST.value,
    **{role.value: role.value for role in Credit.Role if role != Credit.Role.ARTIST},
}
FEATURES = ("dominant_hz", *(n for n in SCALARS if n not in ("dominant_hz", "duration_s")))


TRACK = ("pk", "duration_s", "album__title", "date", "title", "track_number", "disc_number",
         "is_generated", "prompt", "features__values")  # fmt: skip


def rows_of(tracks: TrackQuerySet | QuerySet[Track], viewer: User) -> Iterator[Row]:
    """A row for each track, in the order of ids; memory holds one batch."""
    last: UUID | None = None
    keys = tracks.order_by("pk").values_list("pk", flat=True)
    while True:
        page = list((keys if last is None else keys.filter(pk__gt=last))[:BATCH])
        yield from rows(page, viewer)
        if len(page) < BATCH:
            return
        last = page[-1]


def batches(tracks: TrackQuerySet | QuerySet[Track], size: int = BATCH) -> Iterator[list[Track]]:
    """The tracks in the order of ids, read page by page."""
    last: UUID | None = None
    pages = whole(tracks).order_by("pk")
    while True:
        page = list((pages if last is None else pages.filter(pk__gt=last))[:size])
        if page:
            yield page
        if len(page) < size:
            return
        last = page[-1].pk


def whole(tracks: QuerySet[Track]) -> QuerySet[Track]:
    """With all that a document says beside its row."""
    measured = Features.objects.defer("peaks", "peaks_fine", "reasons")
    return tracks.prefetch_related(Prefetch("features", measured))


def rows(ids: Sequence[UUID], viewer: User) -> list[Row]:
    """The rows of these tracks, in this order; without those that are gone."""
    said = rows_by_id(ids)
    told = ancestry.of(list(said), viewer)
    for pk, row in said.items():
        row["lineage"] = told.get(pk, [])
    return [said[pk] for pk in ids if pk in said]


def rows_by_id(ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The same by id, without lineage: five queries, values instead of model instances."""
    if not ids:
        return {}
    credits = Credit.objects.filter(track__in=ids).order_by("position", "pk")
    people = _by_track(credits, "role", "artist__name")
    genres = _by_track(Track.genres.through.objects.filter(track__in=ids), "genre__name")
    tags = _by_track(TrackTag.objects.filter(track__in=ids), "field", "value")
    return {
        row[0]: _row(row, people[row[0]], genres[row[0]], tags[row[0]])
        for row in Track.objects.filter(pk__in=ids).order_by().values_list(*TRACK)
    }


def _by_track(found: Any, *names: str) -> dict[UUID, list[Any]]:
    """The values of these fields by track."""
    by_track: dict[UUID, list[Any]] = defaultdict(list)
    for pk, *values in found.values_list("track_id", *names):
        by_track[pk].append(values if len(values) > 1 else values[0])
    return by_track


def _row(
    track: tuple[Any, ...], people: list[list[str]], genres: list[str], tags: list[list[str]]
) -> Row:
    pk, duration_s, album, date, title, number, disc, is_generated, prompt, values = track
    made: Row = {
        "duration_s": duration_s,
        "album": album,
        "date": date or None,
        "title": title,
        "id": str(pk),
        "genres": sorted(genres),
        "tags": sorted(_tag(field, value) for field, value in tags),
        "tracknumber": number,
        "discnumber": disc,
        "is_generated": is_generated,
        "prompt": prompt or None,
        "lineage": [],
    }
    for column, role in ROLES.items():
        made[column] = [name for each, name in people if each == role]
    for name in FEATURES:
        made[name] = _number(name, values.get(name)) if values else None
    return made


def _tag(field: str, value: str) -> str:
    return value if field == "tag" else f"{field}={value}"


def _number(name: str, value: Value) -> Value:
    """A measure is a fraction, even where it happens to be whole."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if is_whole and BY_NAME[name].kind != "count" else value  # type: ignore[arg-type]
