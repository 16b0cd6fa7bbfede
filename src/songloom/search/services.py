"""Search: a query in words and filters → tracks, artists, albums that this user may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Case, F, IntegerField, Model, OrderBy, Q, QuerySet, Value, When

from songloom.core.query.filters import Query, parse
from songloom.core.query.text import Quality, Wanted, wanted
from songloom.errors import BadValue
from songloom.library.models import Album, Artist, Track
from songloom.library.services.browse import albums_of, artists_of
from songloom.search import engine
from songloom.search.filtering import Viewer, condition

MOST_RESULTS = 500
SORTS = {
    "title": "sort_title",
    "artist": "artist_text",
    "album": "album__sort_title",
    "added": "created_at",
    "duration": "duration_s",
    "year": "year",
    "date": "date",
    "format": "format",
    "size": "size_bytes",
    "tempo": "features__tempo_bpm",
    "key": "features__key",
    "loudness": "features__loudness_lufs",
}
AnyModel = TypeVar("AnyModel", bound=Model)


@dataclass(frozen=True)
class Found:
    """One page of an answer, how many there are in all, and how the query was understood."""

    total: int
    tracks: list[Track]
    parsed: dict[str, object]


def search(
    text: str,
    user: Viewer,
    *,
    limit: int = 50,
    offset: int = 0,
    sort: str = "",
    among: QuerySet[Track] | None = None,
) -> Found:
    """The tracks that a query finds among those which this user may hear. No query is an error.

    limit   at most MOST_RESULTS
    sort    a name of SORTS, with `-` in front the other way round; "" or "relevance": the best
            match first, without words by title. Raises BadValue for any other.
    among   search only these instead of all that are visible (the caller has checked them)
    """
    query = parse(text)
    asked = _asked(query)
    tracks = Track.objects.visible_to(user) if among is None else among
    tracks = tracks.filter(_conditions(query, user), engine.excluding(asked))
    tracks = _ordered(_matching(tracks, asked), asked, sort)
    limit, offset = max(0, min(limit, MOST_RESULTS)), max(0, min(offset, 1 << 31))
    page = list(tracks.with_names()[offset : offset + limit])  # type: ignore[attr-defined]
    is_all = offset == 0 and len(page) < limit
    total = len(page) if is_all else tracks.order_by().count()
    return Found(total, page, query.document())


def search_artists(text: str, user: Viewer, *, limit: int = 20, offset: int = 0) -> list[Artist]:
    """The performing artists that a query names; filters are left out. An empty query finds all."""
    return _page(artists_of(user).distinct(), text, "sort_name", limit, offset)


def search_albums(text: str, user: Viewer, *, limit: int = 20, offset: int = 0) -> list[Album]:
    """The albums that a query names, by title or artist. An empty query finds all."""
    return _page(albums_of(user).distinct(), text, "sort_title", limit, offset)


def _page(
    things: QuerySet[AnyModel], text: str, order: str, limit: int, offset: int
) -> list[AnyModel]:
    asked = _asked(parse(text))
    things = _matching(things.filter(engine.excluding(asked)), asked)
    ordered = things.order_by(*_by_relevance(asked), order, "pk")
    limit, offset = max(0, min(limit, MOST_RESULTS)), max(0, min(offset, 1 << 31))
    return list(ordered[offset : offset + limit])


def _asked(query: Query) -> Wanted:
    return wanted(query.words, phrases=query.phrases, excluded=query.excluded)


def _conditions(query: Query, user: Viewer) -> Q:
    made = Q()
    for each in query.filters:
        made &= condition(each, user)
    return made


def _matching(things: QuerySet[AnyModel], asked: Wanted) -> QuerySet[AnyModel]:
    expression = engine.expression(asked)
    if not expression:
        return things
    return things.filter(search_row__in=engine.found_rows(expression))


def _ordered(tracks: QuerySet[Track], asked: Wanted, sort: str) -> QuerySet[Track]:
    name = sort.removeprefix("-")
    if name in ("", "relevance"):
        return tracks.order_by(*_by_relevance(asked), "sort_title", "pk")
    if name not in SORTS:
        raise BadValue(f"cannot sort by {name[:40]!r}; the orders are {', '.join(SORTS)}")
    field = F(SORTS[name])
    by = field.desc(nulls_last=True) if sort.startswith("-") else field.asc(nulls_last=True)
    return tracks.order_by(by, "sort_title", "pk")


def _by_relevance(asked: Wanted) -> list[OrderBy]:
    """How well (exact, beginning, inside, by its sound), then where (title, artist, album …)."""
    whens: list[Any] = []
    for quality in Quality:
        for n_columns in range(1, engine.ALL + 1):
            expression = engine.expression(
                asked, quality=quality, columns=engine.COLUMNS[:n_columns]
            )
            if expression:
                rows = engine.found_rows(expression)
                whens.append(When(search_row__in=rows, then=Value(len(whens))))
    if not whens:
        return []
    return [Case(*whens, default=Value(len(whens)), output_field=IntegerField()).asc()]
