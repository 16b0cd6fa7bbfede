"""What a player says of how far it is: shown to others, and a play once enough was heard."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from songloom.errors import BadValue
from songloom.library.models import Track, User
from songloom.library.turns import in_turn
from songloom.play.models import Play, Playback
from songloom.play.services import record_play

STOPPED = "stopped"
STATES = (*Playback.State.values, STOPPED)
ENOUGH_MS = 240_000  # heard of a long track; of a short one half of it is enough
RATES = (0.1, 10.0)  # × real time


def report(
    user: User,
    track: Track,
    *,
    state: str,
    position_ms: int,
    rate: float = 1.0,
    counts: bool = True,
    client: str = "",
) -> None:
    """Note what a player does now. A play is counted once between one start and the next.

    state        starting, playing, paused or stopped
    position_ms  how far into the track, in milliseconds
    rate         speed, × real time
    counts       whether enough of it makes a play
    Raises BadValue for another state, a position before the beginning, a rate outside RATES.
    """
    if state not in STATES:
        raise BadValue(f"a state of “{state[:20]}”; there are {', '.join(STATES)}")
    if position_ms < 0:
        raise BadValue(f"a position of {position_ms} ms; it starts at 0 ms")
    if not RATES[0] <= rate <= RATES[1]:
        raise BadValue(f"a rate of {rate:g}; {RATES[0]:g} to {RATES[1]:g} are allowed")
    with in_turn(f"playback {user.pk}"):
        before = Playback.objects.filter(play__user=user, play__track=track).first()
        goes_on = before is not None and state != Playback.State.STARTING
        was_counted = before is not None and goes_on and before.is_counted
        is_play = counts and not was_counted and is_enough(track, position_ms)
        if is_play:
            record_play(user, track, client=client)
        Play.objects.filter(user=user, is_submission=False).delete()
        if state == STOPPED:
            return
        began = record_play(user, track, is_submission=False, client=client)
        Playback.objects.create(
            play=began,
            state=state,
            position_ms=position_ms,
            rate=rate,
            is_counted=was_counted or is_play,
        )


def is_enough(track: Track, position_ms: int) -> bool:
    """Whether so much of a track is a play: half of it, or four minutes."""
    return position_ms >= min((track.duration_s or 0.0) * 500, ENOUGH_MS)


def position_now_ms(play: Play, now: datetime | None = None) -> int:
    """How far its player is by now if it went on as it said; never beyond the end."""
    playback = play.playback
    position_ms = playback.position_ms
    if playback.state == Playback.State.PLAYING:
        passed_ms = ((now or timezone.now()) - play.at).total_seconds() * 1_000
        position_ms += round(max(0.0, passed_ms) * playback.rate)
    end_ms = round((play.track.duration_s or 0.0) * 1_000)
    return max(playback.position_ms, min(position_ms, end_ms))
