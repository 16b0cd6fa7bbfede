"""Edit: steps in order, heard before they are saved; the original stays as it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from songloom.core.audio.formats import RENDITIONS
from songloom.core.audio.recipe import read
from songloom.errors import NoAudio
from songloom.interfaces.web.pages.presets import bit_rate_of, typed_recipe
from songloom.interfaces.web.pages.tracks import track_for
from songloom.interfaces.web.recipes import BIT_RATES_KBPS, LOSSY, in_words, others_of, registry
from songloom.interfaces.web.rendering import page, person, signed_in, user_of
from songloom.jobs.models import Job
from songloom.library.models import Features, Rendition, Track
from songloom.library.services.disclosing import is_uuid
from songloom.process import services as process


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
        "begun": _begun(request, found),
    }
    return page(request, "web/edit.html", context)


def _begun(request: HttpRequest, track: Track) -> dict[str, Any] | None:
    """The recipe of one of the song's renditions, to go on from: `?from=ID`."""
    mine = Rendition.objects.visible_to(user_of(request)).filter(track=track)
    asked = request.GET.get("from", "")
    made = mine.filter(pk=asked).first() if is_uuid(asked) else None
    if made is None or not made.recipe.get("edits"):
        return None
    return {
        "label": in_words(made.recipe),
        "recipe": made.recipe,
        "format": made.format,
        "bit_rate_kbps": made.bit_rate_kbps,
        "others": others_of([made.recipe], person(request)),
    }


@require_POST
@signed_in
def preview(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """Ten seconds of the edited sound from a moment on, made at once; nothing of it is kept."""
    found = track_for(request, track_id)
    at_s = moment(request.POST.get("at_s", ""))
    recipe = read(typed_recipe(request)).document()
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
    is_song = request.POST.get("as") == "track"
    job = _start(
        request,
        found,
        format=wanted,
        bit_rate_kbps=bit_rate_of(request),
        save_as_track=is_song,
    )
    said = (
        _("Saved as a new song; original unchanged.") if is_song else _("The rendition is saved.")
    )
    return JsonResponse({"job": str(job.pk), "message": said}, status=202)


def _start(request: HttpRequest, track: Track, **how: Any) -> Job:
    recipe = read(typed_recipe(request)).document()
    started: Job = process.start(track, recipe, owner=person(request), **how)
    return started
