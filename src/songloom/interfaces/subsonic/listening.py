"""What is heard, and what plays now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.lists import songs
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import Refusal
from songloom.interfaces.subsonic.scope import heard_by, media_or_refusal
from songloom.play import services as play
from songloom.play.models import Play
from songloom.play.reporting import STATES, position_now_ms, report


@method("scrobble")
def scrobble(call: Call) -> None:
    """Songs that were heard, each with its time if the client knows it; or one that begins."""
    call.asked.required("id")
    keys, moments = call.asked.keys("id"), call.asked.moments("time")
    is_submission = call.asked.flag("submission", True)
    visible = heard_by(call).in_bulk(keys)
    if not visible.keys() >= set(keys):
        raise Refusal.not_found()
    for i, key in enumerate(keys):
        play.record_play(
            call.user,
            visible[key],
            at=moments[i] if i < len(moments) else None,
            is_submission=is_submission,
            client=call.asked.text("c"),
        )


@method("getNowPlaying")
def now_playing(call: Call) -> Element:
    """What everybody plays who said so within ten minutes."""
    playing = list(play.now_playing(call.user))
    shown = songs_by_id(call, [each.track_id for each in playing])
    now = timezone.now()
    entries = [
        {
            **shown[each.track_id],
            "username": each.user.username,
            "minutesAgo": max(0, int((now - each.at).total_seconds() // 60)),
            "playerId": number,
            "playerName": each.client or None,
            **playback_of(each, now),
        }
        for number, each in enumerate(playing, 1)
        if each.track_id in shown
    ]
    return {"nowPlaying": {"entry": entries}}


def playback_of(play: Play, now: datetime) -> Element:
    """How far the player is, where it says so."""
    if not hasattr(play, "playback"):
        return {}
    return {
        "state": play.playback.state,
        "positionMs": position_now_ms(play, now),
        "playbackRate": play.playback.rate,
    }


@method("reportPlayback")
def report_playback(call: Call) -> None:
    """What a player does now. Enough of it is a play, unless the client counts for itself."""
    track = media_or_refusal(call)
    call.asked.required("positionMs")
    report(
        call.user,
        track,
        state=call.asked.one_of("state", STATES),
        position_ms=call.asked.number("positionMs", 0, low=-1, high=2**53),
        rate=call.asked.decimal("playbackRate", 1.0),
        counts=not call.asked.flag("ignoreScrobble", False),
        client=call.asked.text("c"),
    )


def songs_by_id(call: Call, keys: list[Any]) -> dict[Any, Element]:
    elements = songs(call, heard_by(call).filter(pk__in=set(keys)))
    return {element["id"]: element for element in elements}
