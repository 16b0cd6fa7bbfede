"""What a server refuses to start with."""

from __future__ import annotations

import stat
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from songloom.errors import BadValue

SHORTEST_KEY = 32  # characters


def refuse_unsafe(settings: Any, *, host: str) -> None:
    """Raises BadValue with the first thing that is unsafe, and what to do about it."""
    for is_bad, sentence in _dangers(settings, host):
        if is_bad:
            raise BadValue(sentence)


def _dangers(settings: Any, host: str) -> list[tuple[bool, str]]:
    key = settings.SECRET_KEY
    mode = stat.S_IMODE(Path(settings.HOME).stat().st_mode)
    return [
        (
            len(key) < SHORTEST_KEY or len(set(key)) < 8,
            f"SONGLOOM_SECRET_KEY has {len(key)} characters; a safe one has at least "
            f"{SHORTEST_KEY}, made at random (unset it, and one is made)",
        ),
        ("*" in settings.ALLOWED_HOSTS, "SONGLOOM_ALLOWED_HOSTS=* lets any site pose as this one"),
        (
            settings.DEBUG and not is_loopback(host),
            f"debugging is on while the server would listen on {host}, not on this machine alone",
        ),
        (
            not settings.RATE_LIMITS and not is_loopback(host),
            f"SONGLOOM_RATE_LIMITS=off is for this machine alone, not for listening on {host}",
        ),
        (
            bool(mode & stat.S_IWOTH),
            f"everybody may write to the home (mode {mode:o}); chmod o-w it",
        ),
    ]


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
