"""Signed links to the sound of one track, for players that can only open an address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from songloom.errors import SongloomError
from songloom.interfaces.answers.errors import answer_to
from songloom.interfaces.answers.sound import original_answer
from songloom.library.services.links import track_behind


@csrf_exempt  # it takes nothing: another method is a wrong one, not a forbidden one
@require_safe
def play(request: HttpRequest, signed: str) -> HttpResponse:
    """The sound behind a link: no key, no session, and no other track."""
    try:
        return original_answer(request, track_behind(signed), is_download=False)
    except SongloomError as error:
        return answer_to(error)
