"""Search: the raw query and its chips say the same and edit each other; facets count live."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from songloom.interfaces.web import listing
from songloom.interfaces.web.chips import chips, words_of
from songloom.interfaces.web.facets import facets
from songloom.interfaces.web.highlight import highlighted
from songloom.interfaces.web.pages.playlists import orders
from songloom.interfaces.web.rendering import fragment, page, person, signed_in
from songloom.library.models import Track, User
from songloom.search import services as search

LONGEST = 1_000
QUICK = 8


@require_GET
@signed_in
def results(request: HttpRequest) -> HttpResponse:
    user = person(request)
    query = request.GET.get("q", "")[:LONGEST]
    context = {"query": query, **(_found(request, user, query) if query.strip() else {})}
    if request.GET.get("piece") == "rows":
        return fragment(request, "web/_song_piece.html", context)
    if request.GET.get("piece") == "results":
        return fragment(request, "web/_results.html", context)
    return page(request, "web/search.html", context)


def _found(request: HttpRequest, user: User, query: str) -> dict[str, Any]:
    began = time.perf_counter()
    start = listing.start_of(request)
    found = search.search(query, user, limit=listing.PIECE, offset=start, sort=_sort(request))
    took_ms = (time.perf_counter() - began) * 1e3
    rows = _full(found.tracks)
    starred = listing.starred_among(user, rows)
    sort = _sort(request)
    shown = listing.Songs(rows, found.total, start, starred, sort.removeprefix("-"))
    shown.is_down = sort.startswith("-")
    words = words_of(query)
    context = {
        "songs": shown,
        "took_ms": max(1, round(took_ms)),
        "chips": chips(query),
        "columns": listing.columns(request, shown),
        "titles": highlighted(rows, words),
        "orders": orders(),
        "asked": {"query": query, "sort": sort, "max_tracks": None},
    }
    if start == 0:
        context["albums"] = search.search_albums(query, user, limit=2) if words else []
        context["artists"] = search.search_artists(query, user, limit=2) if words else []
        context["facets"] = facets(query, user)
    return context


def _sort(request: HttpRequest) -> str:
    asked = request.GET.get("sort", "")
    return asked if asked.removeprefix("-") in search.SORTS else ""


def _full(tracks: list[Track]) -> list[Track]:
    """The same tracks in the same order, with what a row shows."""
    ids = [track.pk for track in tracks]
    rows = {row.pk: row for row in listing.with_row(Track.objects.filter(pk__in=ids))}
    return [rows[pk] for pk in ids if pk in rows]


@require_GET
@signed_in
def quick(request: HttpRequest) -> HttpResponse:
    """A few titles by words, for choosing a song in a form."""
    found = search.search(request.GET.get("q", "")[:LONGEST], person(request), limit=QUICK)
    items = [
        {
            "id": str(track.pk),
            "title": track.title,
            "by": track.artist_text,
            "seconds": track.duration_s if track.has_audio else None,
        }
        for track in found.tracks
    ]
    return JsonResponse({"tracks": items})
