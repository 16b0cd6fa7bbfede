"""A row about a track that is there: what differs is changed, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from songloom.library.exchange.rows import Row, rows_by_id
from songloom.library.exchange.said import FEATURES, SAID, SOUND, features_row, split_tag
from songloom.library.ids import clean_text, name_key
from songloom.library.models import Features, Track, User
from songloom.library.services.bin import restore_track
from songloom.library.services.tagging import ROLES, set_fields

LISTS = ("genres", "tags")  # whose order says nothing
FIELDS = {"artists": "artist", "genres": "genre"}  # columns that tags call otherwise
TEXTS = ("title", "album", "date", "tracknumber", "discnumber")


@dataclass(frozen=True)
class State:
    """What a track is before a row changes it."""

    row: Row
    has_audio: bool
    is_binned: bool


def change(track_id: UUID, said: dict[str, Any], owner: User) -> bool:
    """Make a track as a row says; True when something changed. A binned one comes back."""
    return bool(change_all([(track_id, said)], owner))


def change_all(wanted: Sequence[tuple[UUID, dict[str, Any]]], owner: User) -> list[UUID]:
    """Make tracks as rows say; which were changed. The others cost a few queries for all."""
    states = states_of([pk for pk, _ in wanted])
    changed: list[UUID] = []
    for pk, said in wanted:
        if pk in changed:  # a row before was about it, too
            states |= states_of([pk])
        if _change(pk, said, states[pk]):
            changed.append(pk)
    return changed


def states_of(ids: Sequence[UUID]) -> dict[UUID, State]:
    rows = rows_by_id(ids)
    kept = Track.objects.filter(pk__in=ids).order_by().values_list("pk", "has_audio", "binned_at")
    return {pk: State(rows[pk], has_audio, at is not None) for pk, has_audio, at in kept}


def _change(pk: UUID, said: dict[str, Any], state: State) -> bool:
    if state.is_binned:
        restore_track(Track.objects.get(pk=pk))
    tagged = set_fields_of(_differing(said, state.row), state.row)
    if tagged:
        set_fields(Track.objects.get(pk=pk), tagged)
    heard = not state.has_audio and _say(pk, said, state.row)
    return state.is_binned or bool(tagged) or heard


def _differing(said: dict[str, Any], now: Row) -> dict[str, Any]:
    """Columns of tags that say something else than the library does."""
    names = [*TEXTS, *LISTS, "artists", *(role for role in ROLES if role != "artist")]
    return {name: said[name] for name in names if name in said and _differs(said, now, name)}


def _differs(said: dict[str, Any], now: Row, name: str) -> bool:
    new, old = said[name], now.get(name)
    if isinstance(new, list):
        old_names = [str(each) for each in old] if isinstance(old, list) else []
        mine, theirs = ([name_key(clean_text(x, 300)) for x in xs] for xs in (new, old_names))
        return sorted(mine) != sorted(theirs) if name in LISTS else mine != theirs
    if isinstance(new, str):
        return clean_text(new, 300) not in ("", old or "")  # marks alone say nothing
    return bool(new != old)


def set_fields_of(changed: dict[str, Any], now: Row) -> dict[str, list[str]]:
    """As `tagging.set_fields` takes them. An album goes with whoever it is by."""
    fields: dict[str, list[str]] = {}
    for name, value in changed.items():
        if name == "tags":
            fields |= _free(value, now)
        else:
            fields[FIELDS.get(name, name)] = value if isinstance(value, list) else [str(value)]
    return fields


def _free(tags: list[str], now: Row) -> dict[str, list[str]]:
    """Free tags by field; a field of which the row no longer speaks is cleared."""
    before = now.get("tags")
    fields: dict[str, list[str]] = {
        split_tag(str(text))[0]: [] for text in (before if isinstance(before, list) else [])
    }
    for text in tags:
        label, value = split_tag(text)
        fields.setdefault(label, []).append(value)
    return fields


def _say(pk: UUID, said: dict[str, Any], now: Row) -> bool:
    """What a table says of the sound of an entry, beside what it said before."""
    new = {name: value for name, value in said.items() if name in now and now[name] != value}
    if "duration_s" in new:
        Track.objects.filter(pk=pk).update(duration_s=new["duration_s"])
    if not new.keys() & SOUND:
        return "duration_s" in new
    known = {name: value for name, value in now.items() if value is not None}
    row = features_row({**known, **said})
    if row is not None:
        values = dict(zip(FEATURES, (pk, SAID, *row), strict=True))
        Features.objects.update_or_create(track_id=pk, defaults=values)
    return True
