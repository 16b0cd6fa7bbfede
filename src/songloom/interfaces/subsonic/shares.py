"""Songs for whoever holds a secret address: made, changed and ended by their user."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.listening import songs_by_id
from songloom.interfaces.subsonic.parameters import as_key
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import Refusal
from songloom.interfaces.subsonic.scope import heard_by
from songloom.library.ids import clean_text
from songloom.library.models import Track
from songloom.play import keeping
from songloom.play.models import Share


def shown(call: Call, rows: list[Share]) -> Element:
    held = songs_by_id(call, [as_key(key) for row in rows for key in row.track_ids])
    by_key = {str(pk): element for pk, element in held.items()}
    listed = [
        {
            "id": row.pk,
            "url": call.request.build_absolute_uri(reverse("web:share", args=[row.secret])),
            "description": row.description or None,
            "username": call.user.username,
            "created": row.created_at,
            "expires": row.expires_at,
            "lastVisited": row.visited_at,
            "visitCount": row.n_visits,
            "entry": [by_key[key] for key in row.track_ids if key in by_key],
        }
        for row in rows
    ]
    return {"shares": {"share": listed}}


@method("getShares")
def shares(call: Call) -> Element:
    return shown(call, list(Share.objects.filter(user=call.user)))


@method("createShare", role="share")
def create_share(call: Call) -> Element:
    """Of songs and albums, each named by its id."""
    call.asked.required("id")
    tracks = [track for key in call.asked.keys("id") for track in behind(call, key)]
    row = keeping.make_share(
        call.user,
        tracks,
        description=call.asked.text("description"),
        expires_at=expiry(call),
    )
    return shown(call, [row])


def behind(call: Call, key: UUID) -> list[Track]:
    visible = heard_by(call)
    for rows in (
        visible.filter(pk=key),
        visible.filter(album=key).order_by("disc_number", "track_number", "sort_title", "pk"),
    ):
        if found := list(rows):
            return found
    raise Refusal.not_found()


def expiry(call: Call) -> datetime | None:
    """A time in milliseconds; 0 or nothing is none, for which the usual one stands in."""
    said = call.asked.text("expires").strip()
    return call.asked.moments("expires")[0] if said not in ("", "0") else None


def mine(call: Call) -> Share:
    row = Share.objects.filter(user=call.user, pk=call.asked.key("id")).first()
    if row is None:
        raise Refusal.not_found()
    return row


@method("updateShare")
def update_share(call: Call) -> None:
    """What is not named stays as it was."""
    row = mine(call)
    if call.asked.given("description"):
        row.description = clean_text(call.asked.text("description"), 500)
    if call.asked.text("expires"):
        row.expires_at = expiry(call) or keeping.usual_end()
    row.save(update_fields=["description", "expires_at"])


@method("deleteShare")
def delete_share(call: Call) -> None:
    mine(call).delete()
