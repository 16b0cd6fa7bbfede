"""Sound for the player: the file itself where a browser can play it, else a transcode."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from songloom.interfaces.answers.files import file_answer, mime_of
from songloom.interfaces.answers.sound import original_answer, rendition_answer, sound_answer
from songloom.interfaces.web.pages.tracks import track_for
from songloom.interfaces.web.rendering import signed_in, user_of
from songloom.library.models import Rendition
from songloom.process import services as process

PLAYABLE = ("mp3", "flac", "ogg", "opus", "m4a", "aac", "wav")  # by every browser of today


@require_http_methods(["GET", "HEAD"])
@signed_in
def track(request: HttpRequest, track_id: UUID) -> HttpResponseBase:
    """The sound of a song; `?download` saves it under its name."""
    found = track_for(request, track_id)
    if "download" in request.GET:
        return original_answer(request, found, is_download=True)
    return sound_answer(request, found, format="" if found.format in PLAYABLE else "mp3")


@require_http_methods(["GET", "HEAD"])
@signed_in
def rendition(request: HttpRequest, rendition_id: UUID) -> HttpResponse:
    """What one made of a song by a recipe."""
    visible = Rendition.objects.visible_to(user_of(request))
    made = get_object_or_404(visible.select_related("track"), pk=rendition_id)
    return rendition_answer(request, made, is_download="download" in request.GET)


@require_http_methods(["GET", "HEAD"])
@signed_in
def preview(request: HttpRequest, track_id: UUID, name: str) -> HttpResponse:
    """An edited sound to be heard before anything is saved."""
    path = process.preview_file(track_for(request, track_id), name)
    return file_answer(request, path, mime=mime_of(path.suffix[1:]), tag=path.stem[:40])
