"""What comes next: the queue that a user carries from device to device."""

from __future__ import annotations

from django.utils.translation import gettext as _

from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.listening import songs_by_id
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import MISSING, Refusal
from songloom.play import services as play
from songloom.play.models import PlayQueue


def loaded(call: Call) -> tuple[PlayQueue | None, Element]:
    """The queue and what both forms of it share; for who has kept none, an empty one."""
    found = play.load_queue(call.user)
    if found is None:
        empty = {"changed": call.user.date_joined, "changedBy": "", "entry": []}
        return None, {"username": call.user.username, **empty}
    queue, tracks = found
    shown = songs_by_id(call, [track.pk for track in tracks])
    return queue, {
        "position": queue.position_ms if tracks else None,
        "username": call.user.username,
        "changed": queue.changed_at,
        "changedBy": queue.changed_by,
        "entry": [shown[track.pk] for track in tracks if track.pk in shown],
    }


@method("getPlayQueue")
def play_queue(call: Call) -> Element:
    queue, frame = loaded(call)
    return {"playQueue": {"current": queue.current or None if queue else None, **frame}}


@method("getPlayQueueByIndex")
def play_queue_by_index(call: Call) -> Element:
    queue, frame = loaded(call)
    return {"playQueueByIndex": {"currentIndex": queue.current_index if queue else None, **frame}}


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


@method("savePlayQueueByIndex")
def save_play_queue_by_index(call: Call) -> None:
    """The specification wants number 10 for a place outside the queue."""
    keys = call.asked.keys("id")
    place = None
    if keys or call.asked.text("currentIndex"):
        call.asked.required("currentIndex")
        place = call.asked.number("currentIndex", 0, low=-1)
        if not 0 <= place < len(keys):
            raise Refusal(MISSING, _("The parameter “currentIndex” is outside the queue."))
    play.save_queue(
        call.user,
        keys,
        current_index=place,
        position_ms=call.asked.number("position", 0, high=2**53),
        client=call.asked.text("c"),
    )
