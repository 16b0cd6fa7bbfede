"""The page behind a share: its songs, to be played in any browser, and nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from songloom.errors import SongloomError
from songloom.interfaces.answers.errors import sentence
from songloom.library.services.links import play_path
from songloom.play import keeping
from songloom.play.models import Share

PAGE = """<!doctype html>
<html lang="{}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>{} · Songloom 织音</title></head>
<body><main><h1>{}</h1>{}</main></body>
</html>
"""
SONG = """<li><p>{}</p><audio controls preload="none" src="{}"></audio></li>
"""


@csrf_exempt  # it takes nothing: another method is a wrong one, not a forbidden one
@require_safe
def share_page(request: HttpRequest, secret: str) -> HttpResponse:
    """No key, no session. The links to the sound are made anew for each visit, and last a day."""
    try:
        share = keeping.open_share(secret)
    except SongloomError as error:
        return page(_("This link is over."), format_html("<p>{}</p>", sentence(error)), 404)
    return page(share.description or _("Songs to listen to"), songs(share), 200)


def songs(share: Share) -> SafeString:
    tracks = keeping.shared_tracks(share)
    if not tracks:
        return format_html("<p>{}</p>", _("The songs of this link are gone."))
    rows = (
        (named(track.artist_text, track.title), play_path(track, share.user)) for track in tracks
    )
    return format_html("<ol>{}</ol>", format_html_join("", SONG, rows))


def named(artist: str, title: str) -> str:
    return f"{title} — {artist}" if artist else title


def page(title: str, inner: SafeString, status: int) -> HttpResponse:
    made = format_html(PAGE, get_language() or "en", title, title, inner)
    answer = HttpResponse(made, status=status)
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
