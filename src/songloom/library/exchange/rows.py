"""Tracks as rows: one dictionary a track, by names of columns; so many queries a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from songloom.core.features import SCALARS
from songloom.library.exchange import ancestry
from songloom.library.exchange.columns import BY_NAME
from songloom.library.models import Credit, Features, Track, User
from songloom.library.models.catalogue import TrackQuerySet

Value = str | int | float | bool | list[str] | list[dict[str, Any]] | None
Row = dict[str, Value]
BATCH = 500
ROLES = {
    "artists": Credit.Role.ARTIST,
    **{role.value: role for role in Credit.Role if role != Credit.Role.ARTIST},
}
FEATURES = ("dominant_hz", *(n for n in SCALARS if n not in ("dominant_hz", "duration_s")))


def rows_of(tracks: TrackQuerySet | QuerySet[Track], viewer: User) -> Iterator[Row]:
    """A row for each track, in the order of ids; memory holds one batch."""
    for batch in batches(tracks):
        yield from rows(batch, viewer)


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
    """With all that a row shows."""
    measured = Features.objects.defer("peaks", "reasons")
    return tracks.select_related("album").prefetch_related(
        "credits__artist", "genres", "free_tags", Prefetch("features", measured)
    )


def rows(tracks: Sequence[Track], viewer: User) -> list[Row]:
    """Rows of tracks that came by `whole`."""
    told = ancestry.of(tracks, viewer)
    return [_row(track, told.get(track.pk, [])) for track in tracks]


def _row(track: Track, lineage: list[dict[str, Any]]) -> Row:
    made: Row = {
        "duration_s": track.duration_s,
        "album": track.album.title if track.album else None,
        "date": track.date or None,
        "title": track.title,
        "id": str(track.pk),
        "genres": sorted(genre.name for genre in track.genres.all()),
        "tags": sorted(_tag(tag.field, tag.value) for tag in track.free_tags.all()),
        "tracknumber": track.track_number,
        "discnumber": track.disc_number,
        "is_generated": track.is_generated,
        "prompt": track.prompt or None,
        "lineage": lineage,
    }
    made |= {column: _people(track.credits.all(), role) for column, role in ROLES.items()}
    return made | _measured(track)


def _people(credits: Iterable[Credit], role: Credit.Role) -> Value:
    mine = sorted((c for c in credits if c.role == role), key=lambda c: (c.position, c.pk))
    return [credit.artist.name for credit in mine]


def _tag(field: str, value: str) -> str:
    return value if field == "tag" else f"{field}={value}"


def _measured(track: Track) -> Row:
    found: Features | None = getattr(track, "features", None)
    values = found.values if found else {}
    return {name: _number(name, values.get(name)) for name in FEATURES}


def _number(name: str, value: Value) -> Value:
    """A measure is a fraction, even where it happens to be whole."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if is_whole and BY_NAME[name].kind != "count" else value  # type: ignore[arg-type]
