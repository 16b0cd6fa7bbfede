"""One preset over many songs: which, what it will cost, then on its way as a job."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from songloom.errors import NoAudio
from songloom.interfaces.web import recipes
from songloom.interfaces.web.pages.tracks import visible_ids
from songloom.interfaces.web.rendering import page, person, signed_in, user_of
from songloom.interfaces.web.templatetags.weave import count, roughly, size
from songloom.library.models import Track
from songloom.process import batch, presets
from songloom.process.services import Order
from songloom.search.services import matching

LONGEST_QUERY = 1_000
NAMED = 5  # songs that are named; of the rest one is told how many


@require_http_methods(["GET", "POST"])
@signed_in
def choose(request: HttpRequest) -> HttpResponse:
    """Songs of a search (`q`), or those that were selected in a list."""
    found = _chosen(request)
    heard = [track for track in found if track.has_audio]
    context: dict[str, Any] = {
        "query": _query(request),
        "ids": [str(track.pk) for track in heard] if request.method == "POST" else [],
        "n_songs": len(heard),
        "n_silent": len(found) - len(heard),
        "named": heard[:NAMED],
        "n_more": max(0, len(heard) - NAMED),
        "presets": recipes.presets_of(person(request)),
        "chosen": request.GET.get("preset", ""),
        "most": batch.MOST_TRACKS,
    }
    return page(request, "web/batch.html", context)


@require_POST
@signed_in
def estimate(request: HttpRequest) -> HttpResponse:
    """About what it makes and takes, from some seconds of three of the songs; nothing is kept."""
    found = batch.estimate(_chosen(request), _order(request), owner=person(request))
    lasts = roughly(found.sounding_s)
    return JsonResponse(
        {
            "n": count(found.n_tracks),
            "sounding": lasts,
            "size": size(found.size_bytes),
            "work": roughly(found.work_s),
        }
    )


@require_POST
@signed_in
def start(request: HttpRequest) -> HttpResponse:
    heard = [track for track in _chosen(request) if track.has_audio]
    if not heard:
        raise NoAudio("none of these tracks has a sound")
    saves = request.POST.get("as") == "track"
    job = batch.start(heard, _order(request), owner=person(request), save_as_track=saves)
    said = ngettext("%(n)s song is on its way.", "%(n)s songs are on their way.", len(heard))
    return JsonResponse(
        {"job": str(job.pk), "message": said % {"n": count(len(heard))}}, status=202
    )


def _query(request: HttpRequest) -> str:
    given = request.POST if request.method == "POST" else request.GET
    return str(given.get("q", ""))[:LONGEST_QUERY].strip()


def _chosen(request: HttpRequest) -> list[Track]:
    """By a search or by their ids; without either there is none. In the order of their titles."""
    query = _query(request)
    if query:
        tracks = matching(query, person(request))
    elif request.method == "POST":
        tracks = Track.objects.visible_to(user_of(request)).filter(pk__in=visible_ids(request))
    else:
        return []
    few = tracks.only("id", "title", "duration_s", "has_audio", "owner", "size_bytes")
    return list(few.order_by("sort_title", "id")[: batch.MOST_TRACKS + 1])


def _order(request: HttpRequest) -> Order:
    found = presets.preset(request.POST.get("preset", ""), person(request))
    return Order.of(found["recipe"], found["format"], found["bit_rate_kbps"])
