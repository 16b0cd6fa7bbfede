"""Search: a query in words and filters → tracks, artists, albums that this user may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, F, Max, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from songloom.core.query.filters import Query, parse
from songloom.core.query.near import otherwise, widened
from songloom.core.query.text import Wanted, wanted
from songloom.errors import BadValue
from songloom.jobs import enqueue
from songloom.library.models import Album, Artist, Credit, Rating, Track
from songloom.library.services.browse import PRINCIPAL, albums_of
from songloom.search import engine
from songloom.search.engine import Question
from songloom.search.filtering import Viewer, condition, heard_by, liking
from songloom.search.indexing import is_current, unindexed
from songloom.search.vocabulary import near

MOST_RESULTS = 500
FARTHEST = 10_000_000  # rows that may be passed over
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
OWN_SORTS: dict[str, Callable[[Viewer], Any]] = {  # by what the user did
    "rating": lambda user: Subquery(
        Rating.objects.filter(user=user.pk, track=OuterRef("pk")).values("stars")[:1]
    ),
    "plays": lambda user: Count("plays", filter=heard_by(user), distinct=True),
    "played": lambda user: Max("plays__at", filter=heard_by(user)),
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
    guesses: bool = True,
) -> Found:
    """The tracks that a query finds among those which this user may hear. No query is an error.

    limit   at most MOST_RESULTS
    sort    as in `in_order`; "" or "relevance": the best match first, without words by title
    among   search only these instead of all that are visible (the caller has checked them)
    guesses whether words that find nothing may be taken for misspelt
    """
    query = parse(text)
    asked = _wanted(query)
    heard = Track.objects.visible_to(user) if among is None else among
    tracks = heard.filter(*(condition(each, user) for each in query.filters))
    limit, offset = _bounded(limit, offset)
    if engine.asks_words(asked) and sort in ("", "relevance"):
        tracks = tracks.filter(engine.finds(Wanted(excluded=asked.excluded), "track"))
        question = Question("track", "sort_title", _written(query), liking(user))
        meant = heard if guesses else None
        ids, total = _best(tracks, meant, query, question, limit, offset)
        return Found(total, _in_order(Track.objects.with_names(), ids), query.document())
    tracks = in_order(tracks.filter(engine.finds(asked, "track")), sort, user)
    ids = list(tracks.values_list("pk", flat=True)[offset : offset + limit])
    page = _in_order(Track.objects.with_names(), ids)
    is_all = offset == 0 and len(page) < limit
    total = len(page) if is_all else tracks.order_by().count()
    return Found(total, page, query.document())


def matching(text: str, user: Viewer, among: QuerySet[Track] | None = None) -> QuerySet[Track]:
    """All tracks that a query finds among those which this user may hear, in no order."""
    query = parse(text)
    asked = _wanted(query)
    conditions = (condition(each, user) for each in query.filters)
    heard = Track.objects.visible_to(user) if among is None else among
    return heard.filter(*conditions, engine.finds(asked, "track"))


def in_order(tracks: QuerySet[Track], sort: str, user: Viewer) -> QuerySet[Track]:
    """Sorted by a name of SORTS or OWN_SORTS; with `-` in front the other way round.

    "" is by title. What has no value comes last either way. Raises BadValue for any other name.
    """
    name = sort.removeprefix("-")
    if name in ("", "relevance"):
        return tracks.order_by("sort_title", "pk")
    if name in OWN_SORTS:
        tracks = tracks.annotate(own=OWN_SORTS[name](user))
    elif name not in SORTS:
        known = ", ".join([*SORTS, *OWN_SORTS])
        raise BadValue(f"cannot sort by {name[:40]!r}; the orders are {known}")
    field = F(SORTS.get(name, "own"))
    by = field.desc(nulls_last=True) if sort.startswith("-") else field.asc(nulls_last=True)
    return tracks.order_by(by, "sort_title", "pk")


def start_indexing() -> None:
    """Called when a worker starts: an update may have brought other tokens, a job been lost."""
    if not is_current():
        enqueue("search.rebuild", {}, key="all")
    elif unindexed().exists():
        enqueue("search.index_new", {}, key="new")


def search_artists(
    text: str,
    user: Viewer,
    *,
    limit: int = 20,
    offset: int = 0,
    among: QuerySet[Track] | None = None,
) -> list[Artist]:
    """The performing artists that a query names; filters are left out. An empty query finds all.

    among  whose artists, instead of those of all tracks that are visible
    """
    heard = Track.objects.visible_to(user) if among is None else among
    tracks = heard.order_by().values("pk")
    performing = Credit.objects.filter(role__in=PRINCIPAL, track__in=tracks).values("artist")
    allowed = Artist.objects.filter(pk__in=performing)
    counted = Artist.objects.annotate(n_tracks=_count(heard, "pk"), n_albums=_count(heard, "album"))
    return _named(counted, allowed, heard, "artist", "sort_name", text, limit, offset)


def _count(heard: QuerySet[Track], of: str) -> Coalesce:
    """How many different tracks, or albums of tracks, an artist has: asked for one page only."""
    mine = heard.filter(credits__artist=OuterRef("pk"), credits__role__in=PRINCIPAL)
    grouped = mine.order_by().values("credits__artist")
    return Coalesce(Subquery(grouped.annotate(n=Count(of, distinct=True)).values("n")), 0)


def search_albums(
    text: str,
    user: Viewer,
    *,
    limit: int = 20,
    offset: int = 0,
    among: QuerySet[Track] | None = None,
) -> list[Album]:
    """The albums that a query names, by title or artist. An empty query finds all."""
    heard = Track.objects.visible_to(user) if among is None else among
    seen = heard.order_by().filter(album__isnull=False).values("album")
    allowed = Album.objects.filter(pk__in=seen)
    shown = albums_of(user, heard)
    return _named(shown, allowed, heard, "album", "sort_title", text, limit, offset)


def _named(
    shown: QuerySet[AnyModel],
    allowed: QuerySet[AnyModel],
    heard: QuerySet[Track],
    thing: str,
    name: str,
    text: str,
    limit: int,
    offset: int,
) -> list[AnyModel]:
    query = parse(text)
    asked = _wanted(query)
    limit, offset = _bounded(limit, offset)
    allowed = allowed.filter(engine.finds(Wanted(excluded=asked.excluded), thing))
    if engine.asks_words(asked):
        question = Question(thing, name, _written(query))
        ids, _ = _best(allowed, heard, query, question, limit, offset)
    else:
        ids = list(allowed.order_by(name, "pk").values_list("pk", flat=True)[offset:][:limit])
    return _in_order(shown, ids)


def _wanted(query: Query) -> Wanted:
    return wanted(query.words, phrases=query.phrases, excluded=query.excluded)


def _written(query: Query) -> str:
    return " ".join([*query.words, *query.phrases])


def _best(
    allowed: QuerySet[AnyModel],
    heard: QuerySet[Track] | None,
    query: Query,
    question: Question,
    limit: int,
    offset: int,
) -> tuple[list[UUID], int]:
    """The best matches; where nothing matches, what may have been meant.

    heard  what the user may hear, whatever the filters: as soon as the words find a track of it
           they are not misspelt. None: they never are
    """
    asked = _wanted(query)
    ids, total = engine.ranked(allowed, question, asked, limit=limit, offset=offset)
    if (
        total
        or query.phrases
        or heard is None
        or heard.filter(engine.finds(asked, "track")).exists()
    ):
        return ids, total
    for ways in _meant(query.words):
        ids, total = engine.ranked_near(allowed, question, ways, limit=limit, offset=offset)
        if total:
            break
    return ids, total


def _meant(words: list[str]) -> Iterator[list[list[Wanted]]]:
    """What words may mean that find nothing, the likeliest first; each asks the database anew."""
    yield otherwise(words)
    yield [[widened(words, near)]]
    yield [[widened(words, partial(near, even_if_known=True))]]


def _in_order(things: QuerySet[AnyModel], ids: list[UUID]) -> list[AnyModel]:
    found = {thing.pk: thing for thing in things.filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def _bounded(limit: int, offset: int) -> tuple[int, int]:
    return max(0, min(limit, MOST_RESULTS)), max(0, min(offset, FARTHEST))
