"""Lists of songs: how they are sorted, cut into pieces, and what a row needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from songloom.library.models import Star, Track, User

PIECE = 60  # rows that come at once
FROM_HOW_MANY = 60  # songs; below that one sees the whole list anyway
HEAVY = (
    "features__peaks",
    "features__peaks_fine",
    "features__values",
    "features__reasons",
    "lyrics",
    "prompt",
)

SORTS = {
    "title": "sort_title",
    "artist": "artist_text",
    "album": "album__sort_title",
    "added": "created_at",
    "tempo": "features__tempo_bpm",
    "key": "features__key",
    "loudness": "features__loudness_lufs",
    "duration": "duration_s",
    "year": "year",
}
NEWEST_FIRST = ("added", "year")


@dataclass
class Songs:
    """What the template of a list asks for."""

    rows: list[Track]
    total: int
    start: int = 0
    starred: set[UUID] = field(default_factory=set)
    sort: str = ""
    is_down: bool = False
    why: dict[UUID, str] = field(default_factory=dict)

    @property
    def has_letters(self) -> bool:
        """Whether letters stand between the rows: in a long list by title."""
        return self.sort == "title" and not self.is_down and self.total >= FROM_HOW_MANY

    @property
    def after(self) -> int | None:
        """Where the next piece begins; None at the end."""
        end = self.start + len(self.rows)
        return end if end < self.total and self.rows else None

    @property
    def before(self) -> int | None:
        return max(0, self.start - PIECE) if self.start else None


def with_row(tracks: QuerySet[Track]) -> QuerySet[Track]:
    """With all that a row shows, in a constant number of queries."""
    return (
        tracks.select_related("album", "features").prefetch_related("credits__artist").defer(*HEAVY)
    )


def starred_among(user: User | AnonymousUser, tracks: Iterable[Track]) -> set[UUID]:
    if not isinstance(user, User):
        return set()
    ids = [track.pk for track in tracks]
    found = Star.objects.filter(user=user, track_id__in=ids).values_list("track_id", flat=True)
    return {pk for pk in found if pk is not None}


def sorting(request: HttpRequest, default: str) -> tuple[str, bool]:
    """The column and whether it goes down, from an allow-list."""
    asked = request.GET.get("sort", default)
    name = asked.removeprefix("-")
    if name not in SORTS:
        name, asked = default, default
    return name, asked.startswith("-") != (name in NEWEST_FIRST)


def start_of(request: HttpRequest) -> int:
    asked = request.GET.get("from", "0")
    return min(int(asked), 10_000_000) if asked.isascii() and asked.isdigit() else 0


def songs(request: HttpRequest, tracks: QuerySet[Track], *, default: str = "title") -> Songs:
    """One piece of a list of tracks, sorted as asked."""
    sort, is_down = sorting(request, default)
    column = F(SORTS[sort])
    order = column.desc(nulls_last=True) if is_down else column.asc(nulls_last=True)
    start = start_of(request)
    rows = list(with_row(tracks.order_by(order, "id"))[start : start + PIECE])
    total = tracks.order_by().count()
    user: Any = request.user
    return Songs(rows, total, start, starred_among(user, rows), sort, is_down)


def few(user: User | AnonymousUser, tracks: QuerySet[Track], most: int = 500) -> Songs:
    """A list that is shown whole: an album, a playlist."""
    rows = list(with_row(tracks)[:most])
    return Songs(rows, len(rows), starred=starred_among(user, rows))


@dataclass(frozen=True)
class Column:
    """A heading: where a click on it leads, and how the list is sorted now."""

    name: str
    label: str
    css: str
    query: str
    state: str  # ascending, descending, none


def columns(request: HttpRequest, shown: Songs) -> list[Column]:
    """The headings of the list of all songs."""
    labels = [
        ("title", _("Song"), ""),
        ("album", _("Album"), "c-album"),
        ("tempo", _("Tempo"), "num c-tempo"),
        ("key", _("Key"), "c-key"),
        ("loudness", _("Loudness"), "num c-loud"),
        ("duration", _("Duration"), "num"),
    ]
    made = []
    for name, label, css in labels:
        is_this = shown.sort == name
        query = request.GET.copy()
        query.pop("from", None)
        query["sort"] = f"-{name}" if is_this and not shown.is_down else name
        state = ("descending" if shown.is_down else "ascending") if is_this else "none"
        made.append(Column(name, label, css, query.urlencode(), state))
    return made
