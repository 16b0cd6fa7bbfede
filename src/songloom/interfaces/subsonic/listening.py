"""What is heard, what plays now, what comes next, and what sounds alike."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.lists import MOST, songs
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import Refusal
from songloom.interfaces.subsonic.scope import heard_by, song_or_refusal
from songloom.library.ids import name_key
from songloom.library.models import Track
from songloom.play import services as play


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
        }
        for number, each in enumerate(playing, 1)
        if each.track_id in shown
    ]
    return {"nowPlaying": {"entry": entries}}


def songs_by_id(call: Call, keys: list[Any]) -> dict[Any, Element]:
    elements = songs(call, heard_by(call).filter(pk__in=set(keys)))
    return {element["id"]: element for element in elements}


@method("getPlayQueue")
def play_queue(call: Call) -> Element:
    found = play.load_queue(call.user)
    if found is None or not found[1]:
        return {}
    queue, tracks = found
    shown = songs_by_id(call, [track.pk for track in tracks])
    return {
        "playQueue": {
            "current": queue.current or None,
            "position": queue.position_ms,
            "username": call.user.username,
            "changed": queue.changed_at,
            "changedBy": queue.changed_by,
            "entry": [shown[track.pk] for track in tracks if track.pk in shown],
        }
    }


@method("savePlayQueue")
def save_play_queue(call: Call) -> None:
    """Without songs the queue is emptied."""
    play.save_queue(
        call.user,
        call.asked.keys("id"),
        current=call.asked.key("current") if call.asked.text("current") else None,
        position_ms=call.asked.number("position", 0, high=2**53),
        client=call.asked.text("c"),
    )


def alike(call: Call) -> list[Element]:
    """What sounds like a song; of an album or an artist, what sounds like one of its songs."""
    from songloom.learn.services import similar_to

    count = call.asked.number("count", 50, high=MOST)
    found = similar_to(seed(call), among=heard_by(call), limit=count)
    shown = songs_by_id(call, [track.pk for track, _distance in found])
    return [shown[track.pk] for track, _distance in found if track.pk in shown]


def seed(call: Call) -> Track:
    key = call.asked.key("id")
    visible = heard_by(call)
    first = visible.filter(album=key).order_by("disc_number", "track_number", "pk").first()
    first = first or visible.filter(artists=key).order_by("sort_title", "pk").first()
    return first or song_or_refusal(call)


@method("getSimilarSongs")
def similar_songs(call: Call) -> Element:
    return {"similarSongs": {"song": alike(call)}}


@method("getSimilarSongs2")
def similar_songs2(call: Call) -> Element:
    return {"similarSongs2": {"song": alike(call)}}


@method("getTopSongs")
def top_songs(call: Call) -> Element:
    """The songs of an artist that this user heard most; those never heard follow by title."""
    artist = name_key(call.asked.required("artist"))
    tracks = heard_by(call).filter(artists__name_key=artist).distinct()
    plays = play.plays_of(call.user, tracks.order_by().values_list("pk", flat=True))
    elements = songs(call, tracks.order_by("sort_title", "pk"))
    elements.sort(key=lambda e: -plays[e["id"]].n_plays if e["id"] in plays else 0)
    return {"topSongs": {"song": elements[: call.asked.number("count", 50, high=MOST)]}}


@method("getInternetRadioStations")
def radio_stations(call: Call) -> Element:
    """None are kept here; clients ask at every start."""
    return {"internetRadioStations": {"internetRadioStation": []}}
