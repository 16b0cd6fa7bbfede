"""The page behind a share: its songs, to be played in any browser, and nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from songloom.errors import NotFound
from songloom.interfaces.web.rendering import page
from songloom.library.services.links import play_path
from songloom.play import keeping


@csrf_exempt  # it takes nothing: another method is a wrong one, not a forbidden one
@require_safe
def share(request: HttpRequest, secret: str) -> HttpResponse:
    """No key, no session. The links to the sound are made anew for each visit, and last a day."""
    try:
        found = keeping.open_share(secret)
    except NotFound:
        return page(request, "web/share.html", {"is_over": True}, status=404)
    tracks = keeping.shared_tracks(found)
    songs = [(track, play_path(track, found.user)) for track in tracks]
    answer = page(request, "web/share.html", {"title": found.description, "songs": songs})
    answer["Referrer-Policy"] = "no-referrer"
    return answer
