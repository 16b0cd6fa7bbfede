"""What a user keeps beside the music: bookmarks; and for everybody: radio stations, messages."""

from __future__ import annotations

from datetime import UTC, datetime

from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.listening import songs_by_id
from songloom.interfaces.subsonic.people import require_admin
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import Refusal
from songloom.interfaces.subsonic.scope import song_or_refusal
from songloom.play import keeping
from songloom.play.models import Bookmark, Message, Station

MOST_SAID = 200  # messages in one answer


@method("getBookmarks")
def bookmarks(call: Call) -> Element:
    rows = list(keeping.bookmarks_of(call.user))
    shown = songs_by_id(call, [row.track_id for row in rows])
    listed = [
        {
            "position": row.position_ms,
            "username": call.user.username,
            "comment": row.comment or None,
            "created": row.created_at,
            "changed": row.changed_at,
            "entry": shown[row.track_id],
        }
        for row in rows
        if row.track_id in shown
    ]
    return {"bookmarks": {"bookmark": listed}}


@method("createBookmark")
def create_bookmark(call: Call) -> None:
    track = song_or_refusal(call)
    call.asked.required("position")
    position_ms = call.asked.number("position", 0, low=-1, high=2**53)
    keeping.set_bookmark(call.user, track, position_ms, call.asked.text("comment"))


@method("deleteBookmark")
def delete_bookmark(call: Call) -> None:
    """Of a song that can be heard; one without a bookmark has none afterwards either."""
    Bookmark.objects.filter(user=call.user, track=song_or_refusal(call)).delete()


@method("getInternetRadioStations")
def stations(call: Call) -> Element:
    listed = [
        {
            "id": row.pk,
            "name": row.name,
            "streamUrl": row.stream_url,
            "homePageUrl": row.home_url or None,
        }
        for row in Station.objects.all()
    ]
    return {"internetRadioStations": {"internetRadioStation": listed}}


@method("createInternetRadioStation")
def create_station(call: Call) -> None:
    require_admin(call)
    stream_url, name = call.asked.required("streamUrl"), call.asked.required("name")
    keeping.save_station(name, stream_url, home_url(call))


@method("updateInternetRadioStation")
def update_station(call: Call) -> None:
    require_admin(call)
    key = call.asked.key("id")
    stream_url, name = call.asked.required("streamUrl"), call.asked.required("name")
    keeping.save_station(name, stream_url, home_url(call), pk=key)


def home_url(call: Call) -> str:
    """The specification spells it with a small p, some clients with a large one."""
    return call.asked.text("homepageUrl") or call.asked.text("homePageUrl")


@method("deleteInternetRadioStation")
def delete_station(call: Call) -> None:
    require_admin(call)
    gone, _kinds = Station.objects.filter(pk=call.asked.key("id")).delete()
    if not gone:
        raise Refusal.not_found()


@method("getChatMessages")
def messages(call: Call) -> Element:
    """The newest first, as far as they are newer than `since` (ms)."""
    rows = Message.objects.select_related("user").order_by("-id")
    if since_ms := call.asked.number("since", 0, high=2**42):
        rows = rows.filter(at__gt=datetime.fromtimestamp(since_ms / 1000, UTC))
    listed = [
        {
            "username": row.user.username,
            "time": int(row.at.timestamp() * 1000),
            "message": row.text,
        }
        for row in rows[:MOST_SAID]
    ]
    return {"chatMessages": {"chatMessage": listed}}


@method("addChatMessage")
def add_message(call: Call) -> None:
    keeping.say(call.user, call.asked.required("message"))
