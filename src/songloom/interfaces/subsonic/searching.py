"""Searching artists, albums and songs; an empty query gives everything away, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from songloom.interfaces.subsonic import shapes
from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.lists import id3_albums
from songloom.interfaces.subsonic.marks import Marks
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.scope import heard_by, tracks_of
from songloom.library.models import Features, Track
from songloom.library.services import browse
from songloom.search.services import MOST_RESULTS, search, search_albums, search_artists

MOST = 10_000  # in one answer; clients page through the rest
Pages = Callable[[int, int], list[Any]]


@method("search3")
def search3(call: Call) -> Element:
    artists, albums, songs = found(call)
    marks = Marks(call.user, artists)
    return {
        "searchResult3": {
            "artist": [shapes.artist(row, marks) for row in artists],
            "album": id3_albums(call, albums),
            "song": song_elements(call, songs),
        }
    }


@method("search2")
def search2(call: Call) -> Element:
    artists, albums, songs = found(call)
    marks = Marks(call.user, artists, albums)
    return {
        "searchResult2": {
            "artist": [shapes.artist(row, marks) for row in artists],
            "album": [shapes.album_directory(row, marks) for row in albums],
            "song": song_elements(call, songs),
        }
    }


@method("search")
def search_one(call: Call) -> Element:
    """The oldest form: songs whose artist, album, title or anything holds these words."""
    words = " ".join(
        said if name == "any" else f'{name}:"{said}"'
        for name in ("any", "artist", "album", "title")
        if (said := call.asked.text(name).replace('"', " ").strip())
    )
    count, offset = (
        call.asked.number("count", 20, high=MOST_RESULTS),
        call.asked.number("offset", 0),
    )
    tracks = tracks_of(call)
    if newest := call.asked.moments("newerThan"):
        tracks = tracks.filter(created_at__gt=newest[0])
    if words:
        result = search(words, call.user, limit=count, offset=offset, among=tracks)
        shown, total = result.tracks, result.total
    else:
        listed = tracks.with_names().order_by("sort_title", "pk")
        shown, total = list(listed[offset : offset + count]), tracks.count()
    matches = song_elements(call, shown)
    return {"searchResult": {"offset": offset, "totalHits": total, "match": matches}}


def found(call: Call) -> tuple[list[Any], list[Any], list[Track]]:
    query = words(call)
    tracks = tracks_of(call)
    if not query:
        return everything(call)
    return (
        page(call, "artist", named(search_artists, query, call)),
        page(call, "album", named(search_albums, query, call)),
        page(
            call,
            "song",
            lambda n, at: search(query, call.user, limit=n, offset=at, among=tracks).tracks,
        ),
    )


def named(search: Callable[..., list[Any]], query: str, call: Call) -> Pages:
    heard = heard_by(call)
    return lambda n, at: search(query, call.user, limit=n, offset=at, among=heard)


def words(call: Call) -> str:
    """The query; clients spell an empty one `""`, with the quotes, or leave it out."""
    query = call.asked.text("query").strip()
    return "" if query.strip("\"'* ") == "" else query


def everything(call: Call) -> tuple[list[Any], list[Any], list[Track]]:
    """All there is, in an order that stays while a client pages through it."""
    tracks = tracks_of(call)
    rows: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("artist", browse.artists_of(call.user, tracks).order_by("sort_name", "pk")),
        ("album", browse.albums_of(call.user, tracks).order_by("sort_title", "pk")),
        ("song", tracks.with_names().order_by("sort_title", "pk")),
    )
    artists, albums, songs = (
        list(listed[offset : offset + count])
        for (count, offset), listed in ((span(call, kind), listed) for kind, listed in rows)
    )
    return artists, albums, songs


def span(call: Call, kind: str) -> tuple[int, int]:
    count = call.asked.number(f"{kind}Count", 20, high=MOST)
    return count, call.asked.number(f"{kind}Offset", 0)


def page(call: Call, kind: str, pages: Pages) -> list[Any]:
    """As many as the client asked for, however many the search gives at once."""
    count, offset = span(call, kind)
    rows: list[Any] = []
    while len(rows) < count:
        wanted = min(count - len(rows), MOST_RESULTS)
        more = pages(wanted, offset + len(rows))
        rows += more
        if len(more) < wanted:
            break
    return rows


def song_elements(call: Call, tracks: list[Track]) -> list[Element]:
    measured = Features.objects.only("track_id", "tempo_bpm")
    files = Prefetch("files", queryset=shapes.FILES)
    prefetch_related_objects(tracks, files, Prefetch("features", queryset=measured))
    marks = Marks(call.user, tracks)
    return [shapes.song(track, marks) for track in tracks]
