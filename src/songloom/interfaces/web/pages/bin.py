"""The bin: what lies in it, out of it again, and at last for good."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from songloom.interfaces.web import listing
from songloom.interfaces.web.frame import counts
from songloom.interfaces.web.rendering import back, page, signed_in, user_of
from songloom.library.models import Track
from songloom.library.models.catalogue import TrackQuerySet
from songloom.library.services import bin as bins


def mine(request: HttpRequest) -> TrackQuerySet:
    return Track.objects.changeable_by(user_of(request))


def ids_of(request: HttpRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("track")[:5_000]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@require_GET
@signed_in
def show(request: HttpRequest) -> HttpResponse:
    binned = mine(request).binned().order_by("-binned_at", "id")
    shown = listing.few(user_of(request), binned)
    return page(request, "web/bin.html", {"songs": shown})


@require_POST
@signed_in
def put(request: HttpRequest) -> HttpResponse:
    """Songs go into the bin; the answer says how to take them out again."""
    chosen = list(mine(request).alive().filter(pk__in=ids_of(request)))
    for track in chosen:
        bins.bin_track(track)
    n = len(chosen)
    said = ngettext("%(n)d song moved to the bin", "%(n)d songs moved to the bin", n) % {"n": n}
    return _answer(request, said, chosen)


@require_POST
@signed_in
def restore(request: HttpRequest) -> HttpResponse:
    chosen = list(mine(request).binned().filter(pk__in=ids_of(request)))
    for track in chosen:
        bins.restore_track(track)
    n = len(chosen)
    said = ngettext("%(n)d song restored", "%(n)d songs restored", n) % {"n": n}
    return _answer(request, said, chosen)


@require_POST
@signed_in
def forget(request: HttpRequest) -> HttpResponse:
    """For good: one song, or all that lie in the bin."""
    binned = mine(request).binned()
    chosen = list(binned if "all" in request.POST else binned.filter(pk__in=ids_of(request)))
    for track in chosen:
        bins.forget_track(track)
    n = len(chosen)
    messages.success(request, ngettext("%(n)d song deleted", "%(n)d songs deleted", n) % {"n": n})
    return HttpResponseRedirect(reverse("web:bin"))


@require_POST
@signed_in
def put_one(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """From a song's own page, which then is no more: on to the list, with an undo."""
    track = get_object_or_404(mine(request).alive(), pk=track_id)
    bins.bin_track(track)
    said = _("“%(title)s” moved to the bin") % {"title": track.title}
    messages.success(request, said, extra_tags=reverse("web:restore_track", args=[track.pk]))
    return back(request, reverse("web:songs"))


@require_POST
@signed_in
def restore_one(request: HttpRequest, track_id: UUID) -> HttpResponse:
    track = get_object_or_404(mine(request).binned(), pk=track_id)
    bins.restore_track(track)
    return HttpResponseRedirect(reverse("web:track", args=[track.pk]))


def _answer(request: HttpRequest, said: str, chosen: list[Track]) -> HttpResponse:
    if "json" in request.headers.get("Accept", ""):
        ids = [str(track.pk) for track in chosen]
        restore_at = reverse("web:bin_restore")
        left = counts(request.user)
        return JsonResponse({"message": said, "ids": ids, "restore": restore_at, "counts": left})
    messages.success(request, said)
    return back(request, reverse("web:bin"))
