"""Tracks on a command line: found by id or the beginning of it, shown as one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from songloom.errors import BadValue, NotFound
from songloom.interfaces.cli.failures import said
from songloom.interfaces.cli.language import _

if TYPE_CHECKING:
    from songloom.library.models import Track, User
    from songloom.library.models.catalogue import TrackQuerySet

SHORTEST = 8
N_DIGITS = 32


def who() -> User:
    """As whom a command acts."""
    from songloom.library.services.people import command_line_user

    return command_line_user()


def find(text: str, *, among: TrackQuerySet | None = None) -> Track:
    """The one track whose id begins with `text`; by default among those not in the bin.

    Raises BadValue for under 8 characters or an ambiguous beginning, NotFound.
    """
    from songloom.library.models import Track

    first, last = id_range(text)
    tracks = Track.objects.visible_to(who()) if among is None else among
    found = list(tracks.with_names().filter(pk__gte=first, pk__lte=last)[:2])
    if not found:
        words = _("no track has an id that begins with %(id)s; `songloom search` shows ids")
        raise said(NotFound(words % {"id": text[:40]}))
    if len(found) > 1:
        words = _("more than one track's id begins with %(id)s; give more of it")
        raise said(BadValue(words % {"id": text}))
    return found[0]


def id_range(text: str) -> tuple[UUID, UUID]:
    """The lowest and the highest id that begin with `text`."""
    digits = text.lower().replace("-", "")
    if not digits or set(digits) - set("0123456789abcdef") or len(digits) > N_DIGITS:
        words = _("“%(id)s” is no id of a track; `songloom search` shows ids")
        raise said(NotFound(words % {"id": text[:40]}))
    if len(digits) < SHORTEST:
        words = _("%(id)s has %(n)s characters; an id needs at least %(least)s")
        raise said(BadValue(words % {"id": text, "n": len(digits), "least": SHORTEST}))
    return UUID(digits.ljust(N_DIGITS, "0")), UUID(digits.ljust(N_DIGITS, "f"))


def line(track: Track) -> str:
    """`<id>  3:24  Title — Artist  [ogg]`; an entry without sound says so."""
    by = f" — {track.artist_text}" if track.artist_text else ""
    title = " ".join(track.title.split())
    form = track.format or "-" if track.has_audio else _("no audio")
    return f"{track.pk}  {clock(track.duration_s):>7}  {title}{by}  [{form}]"


def unclear(words: list[str]) -> list[str]:
    """A line that names what was not understood, or none."""
    return [_("! not understood: %s") % ", ".join(words)] if words else []


def unclear_filters(parts: list[str]) -> list[str]:
    """A line for each filter that was not understood, with what it takes."""
    from songloom.interfaces.answers.unclear import expected

    return [_("! not understood: %s") % f"{part} – {expected(part, _)}" for part in parts]


def clock(seconds: float | None) -> str:
    """Seconds as people write them: 3:24, 1:02:03."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
