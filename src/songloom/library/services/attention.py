"""Somebody listens now: what plays says so, what can wait looks.

A file in the home carries it, because server and worker are different processes: its time of change
is the last moment at which a live transcode was on its way to a listener.
"""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings

NOTE_EVERY_S = 3.0
FORGET_AFTER_S = 15.0

_noted_at = 0.0


def note_listening() -> None:
    """Called with every piece of a live transcode that is sent; cheap to call often."""
    global _noted_at
    if time.monotonic() - _noted_at < NOTE_EVERY_S:
        return
    _noted_at = time.monotonic()
    place = _place()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    except OSError:  # a full disk must not stop the music
        return


def someone_listens() -> bool:
    """True from the first piece of a live transcode until a quarter of a minute after the last."""
    try:
        age_s = time.time() - _place().stat().st_mtime
    except OSError:
        return False
    return age_s < FORGET_AFTER_S


def _place() -> Path:
    home: Path = settings.HOME
    return home / "cache" / "listening"
