"""`songloom play-url`: a signed link that plays one track for a day."""

from __future__ import annotations

from pathlib import Path

from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb, takes_track


def verbs() -> list[Verb]:
    return [
        Verb("play-url", lambda: _("A link that plays a track for 24 hours."), takes_track, link)
    ]


def link(given: Arguments) -> Outcome:
    from songloom.library.services.links import LASTS_S, play_path

    track = tracks.find(given.track)
    url = address() + play_path(track, tracks.who())
    return Outcome({"track": str(track.pk), "url": url, "expires_in_s": LASTS_S}, [url])


def address() -> str:
    """Where the server answers: as people reach it, or as the running one says, or its usual."""
    from django.conf import settings

    from songloom.interfaces.cli.serving import PORT

    told = Path(settings.HOME) / "address"
    running = told.read_text().strip() if told.is_file() else ""
    return settings.PUBLIC_URL or running or f"http://127.0.0.1:{PORT}"
