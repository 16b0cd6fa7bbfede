"""A row about a track that is there: what differs is changed, and nothing else is touched."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from songloom.library.exchange.rows import Row, rows, whole
from songloom.library.exchange.said import features_said, split_tag
from songloom.library.ids import clean_text, name_key
from songloom.library.models import Features, Track, User
from songloom.library.services.bin import restore_track
from songloom.library.services.tagging import ROLES, set_fields

LISTS = ("genres", "tags")  # whose order says nothing
FIELDS = {"artists": "artist", "genres": "genre"}  # columns that tags call otherwise
TEXTS = ("title", "album", "date", "tracknumber", "discnumber")


def change(track_id: UUID, said: dict[str, Any], owner: User) -> bool:
    """Make a track as a row says; True when something changed. A binned one comes back."""
    (track,) = whole(Track.objects.filter(pk=track_id))
    (now,) = rows([track], owner)
    was_binned = track.binned_at is not None
    if was_binned:
        restore_track(track)
    tagged = set_fields_of(_differing(said, now), now)
    if tagged:
        set_fields(Track.objects.get(pk=track_id), tagged)
    heard = not track.has_audio and _say(track, said, now)
    return was_binned or bool(tagged) or heard


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


def _say(track: Track, said: dict[str, Any], now: Row) -> bool:
    """What a table says of the sound of an entry, beside what it said before."""
    new = {name: value for name, value in said.items() if name in now and now[name] != value}
    if "duration_s" in new:
        Track.objects.filter(pk=track.pk).update(duration_s=new["duration_s"])
    known = {name: value for name, value in now.items() if value is not None}
    features = features_said({**known, **said}, track)
    is_other = features is not None and any(now.get(n) != v for n, v in features.values.items())
    if features is not None and is_other:
        row = {f.name: getattr(features, f.name) for f in Features._meta.fields}
        Features.objects.update_or_create(track=track, defaults=row)
    return "duration_s" in new or is_other
