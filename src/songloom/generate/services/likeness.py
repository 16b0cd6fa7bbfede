"""A piece that should be like a song: which song is meant, and what is taken from it."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from songloom.core.query.prompt_request import FASTEST_BPM, SLOWEST_BPM, Request, Slot
from songloom.core.score.scales import FLAT_NAMES, SHARP_NAMES
from songloom.errors import NotFound
from songloom.library.models import Features, Track, User

NAMES = {name: key for names in (SHARP_NAMES, FLAT_NAMES) for key, name in enumerate(names)}
COMPARISON = re.compile(
    r"^(?:(?:something |sounds? )?like\s+|(?:有点|好|就)?像\s*)|(?:那样|一样|这样)(?:的.*)?$", re.I
)


def liked(like: Track | UUID | str, user: User | AnonymousUser) -> Track:
    """The track that was named by id. Raises NotFound where this user may not hear it."""
    visible = Track.objects.visible_to(user)
    wanted = like.pk if isinstance(like, Track) else like
    try:
        found = visible.filter(pk=UUID(str(wanted))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound("There is no such track to take after.")
    return found


def named_in(request: Request, user: User | AnonymousUser) -> tuple[Request, Track | None]:
    """The track that the prompt names; words like 像青花瓷 count if a song is called so.

    A title that no song has stays in `like`, and `changed` says that nothing was taken from it.
    """
    if request.like is not None:
        track = _titled(request.like, user)
        if track is None:
            request = request.having(changed=(*request.changed, _not_there(request)))
        return request, track
    for words in request.not_understood:
        name = COMPARISON.sub("", words).strip()
        track = _titled(name, user) if name and name != words else None
        if track is not None:
            unclear = tuple(other for other in request.not_understood if other != words)
            slots = tuple(slot for slot in request.slots if slot.words != words)
            slot = Slot("like", "understood", words)
            return request.having(like=name, not_understood=unclear, slots=(*slots, slot)), track
    return request, None


def _titled(title: str, user: User | AnonymousUser) -> Track | None:
    visible = Track.objects.visible_to(user)
    try:
        return visible.filter(pk=UUID(title)).first()
    except ValueError:
        pass
    exact = visible.filter(title__iexact=title).order_by("created_at", "pk").first()
    return exact or visible.filter(title__istartswith=title).order_by("created_at", "pk").first()


def taking_after(request: Request, track: Track) -> Request:
    """Key, mode and tempo of the track where the request leaves them open."""
    features = Features.objects.filter(track=track, is_coarse=False).first()
    if features is None:
        return request.having(changed=(*request.changed, _not_measured(request, track)))
    offered: dict[str, int | str | float | None] = {"bpm": _playable(features.tempo_bpm)}
    if request.key is None and not request.chords:  # else they have a key of their own
        offered["key"] = NAMES.get(features.key)
        offered["mode"] = features.mode if features.mode in ("major", "minor") else None
    taken = {
        name: value
        for name, value in offered.items()
        if value is not None and getattr(request, name) is None
    }
    slots = tuple(Slot(name, "inferred", track.title) for name in taken)
    return request.having(**taken, slots=(*request.slots, *slots))


def _playable(bpm: float | None) -> float | None:
    return None if bpm is None else round(min(max(bpm, SLOWEST_BPM), FASTEST_BPM), 1)


def _not_there(request: Request) -> str:
    if request.language == "zh":
        return f"库里没有叫“{request.like}”的歌，没有可参照的。"
    return f'No song here is called "{request.like}"; nothing was taken from it.'


def _not_measured(request: Request, track: Track) -> str:
    if request.language == "zh":
        return f"“{track.title}”还没有分析过，没有可参照的调和速度。"
    return f'"{track.title}" has not been analysed yet; no key or tempo was taken from it.'
