"""Both directions by a changed-since cursor. The rule for conflicts: the later change wins.

A track and a document that both changed since the last time: the one that changed later stands,
whole; at the very same moment the library's. What was measured in sound is always the library's.
What was deleted for good here stays deleted, unless another library has written its document since.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from songloom.library.exchange.mongo.outcomes import Exchanged, Told, nobody
from songloom.library.exchange.mongo.pulling import pull
from songloom.library.exchange.mongo.pushing import push
from songloom.library.exchange.mongo.sound import Bring
from songloom.library.models import Preference, User

OVERLAP = timedelta(seconds=30)  # what was under way when the last exchange looked


def sync(
    base: Any,
    owner: User,
    *,
    place: str,
    collection: str = "tracks",
    with_sound: bool = False,
    bring: Bring | None = None,
    told: Told = nobody,
) -> Exchanged:
    """Pull what changed there, push what changed here; interrupted, it goes on where it was.

    place  names the server and database: each has a cursor of its own, for each user
    told   how far each of the two is, one after the other
    """
    name = cursor_name(place, collection, owner)
    cursor: dict[str, str] = Preference.read(name, {})
    taken_to = _moment(cursor.get("pulled_to", ""))
    began = timezone.now()

    def note(at: str) -> None:
        if moment := _moment(at):
            Preference.write(name, {**cursor, "pulled_to": moment})

    pulled = pull(
        base,
        owner,
        collection=collection,
        since=_before(taken_to),
        keeps_later=True,
        taken_to=taken_to,
        bring=bring if with_sound else None,
        note=note,
        told=told,
    )
    since = cursor.get("pushed_to")
    pushed = push(
        base,
        owner,
        collection=collection,
        since=datetime.fromisoformat(since) - OVERLAP if since else None,
        with_sound=with_sound,
        yields=True,
        told=told,
    )
    now = Preference.read(name, {})
    Preference.write(name, {**now, "pushed_to": began.isoformat()})
    return Exchanged(
        n_pushed=pushed.n_pushed,
        n_pulled=pulled.n_pulled,
        n_deleted=pushed.n_deleted + pulled.n_deleted,
        n_conflicts=pushed.n_conflicts + pulled.n_conflicts,
        n_sounds=pushed.n_sounds + pulled.n_sounds,
        refused=pulled.refused,
    )


def _moment(at: str) -> str:
    """What others write may be no moment (""), or one to come, which would hide what follows."""
    from songloom.library.exchange.mongo.documents import stamp

    try:
        found = datetime.fromisoformat(at)
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return stamp(min(aware, timezone.now()))
    except (ValueError, OverflowError):
        return ""


def _before(moment: str) -> str:
    """Clocks of two libraries differ: look a little further back."""
    from songloom.library.exchange.mongo.documents import stamp

    return stamp(datetime.fromisoformat(moment) - OVERLAP) if moment else ""


def cursor_name(place: str, collection: str, owner: User) -> str:
    spelled = f"{place}\0{collection}\0{owner.pk}"
    return f"mongo.cursor.{hashlib.sha256(spelled.encode()).hexdigest()[:32]}"
