"""What was heard: the player says so when a song has played through half of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from songloom.interfaces.web.pages.tracks import track_for
from songloom.interfaces.web.rendering import person, signed_in
from songloom.play import services as play


@require_POST
@signed_in
def played(request: HttpRequest, track_id: UUID) -> HttpResponse:
    found = track_for(request, track_id)
    play.heard(person(request), found, client="web")
    return JsonResponse({"id": str(found.pk)})
