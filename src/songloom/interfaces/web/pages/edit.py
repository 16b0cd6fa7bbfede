"""Edit: steps in order, heard before they are saved; the original stays as it is."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from songloom.core.audio.formats import RENDITIONS
from songloom.core.audio.recipe import read
from songloom.errors import BadRecipe, NoAudio
from songloom.interfaces.web.pages.tracks import track_for
from songloom.interfaces.web.recipes import BIT_RATES_KBPS, LOSSY, registry
from songloom.interfaces.web.rendering import page, person, signed_in
from songloom.jobs.models import Job
from songloom.library.models import Features, Track
from songloom.process import services as process

LONGEST_RECIPE = 20_000  # characters


@require_GET
@signed_in
def edit(request: HttpRequest, track_id: UUID) -> HttpResponse:
    found = track_for(request, track_id)
    if not found.has_audio:
        raise NoAudio
    context = {
        "track": found,
        "file": process.source_of(found),
        "features": Features.objects.filter(track=found)
        .defer("peaks", "peaks_fine", "values")
        .first(),
        "registry": registry(),
        "formats": RENDITIONS,
        "bit_rates": BIT_RATES_KBPS,
        "lossy": list(LOSSY),
    }
    return page(request, "web/edit.html", context)


@require_POST
@signed_in
def preview(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """Ten seconds of the edited sound from a moment on, made at once; nothing of it is kept."""
    found = track_for(request, track_id)
    at_s = moment(request.POST.get("at_s", ""))
    recipe = read(_recipe(request)).document()
    path, duration_s = process.preview(found, recipe, owner=person(request), at_s=at_s)
    where = reverse("web:preview_sound", args=[found.pk, path.name])
    return JsonResponse({"src": where, "duration": duration_s})


def moment(text: str) -> float:
    """Seconds of the edited sound; what is no time is its beginning."""
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return seconds if 0.0 <= seconds <= settings.LONGEST_TRACK_S else 0.0


@require_POST
@signed_in
def save(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """Keep it: as a rendition of this song, or as a new song with its lineage."""
    found = track_for(request, track_id)
    wanted = request.POST.get("format", "flac")
    rate = request.POST.get("bit_rate_kbps", "")
    is_song = request.POST.get("as") == "track"
    job = _start(
        request,
        found,
        format=wanted,
        bit_rate_kbps=int(rate) if rate.isdecimal() and len(rate) < 7 else None,
        save_as_track=is_song,
    )
    said = (
        _("Saved as a new song; original unchanged.") if is_song else _("The rendition is saved.")
    )
    return JsonResponse({"job": str(job.pk), "message": said}, status=202)


def _start(request: HttpRequest, track: Track, **how: Any) -> Job:
    recipe = read(_recipe(request)).document()
    started: Job = process.start(track, recipe, owner=person(request), **how)
    return started


def _recipe(request: HttpRequest) -> Any:
    text = request.POST.get("recipe", "")
    try:
        return json.loads(text[:LONGEST_RECIPE])
    except (ValueError, RecursionError):
        raise BadRecipe("a recipe is a list of edits as JSON") from None
