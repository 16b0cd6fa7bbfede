"""Entries → the library, a batch at a time: new ones are made, known ones changed where needed.

What a row does not say stays as it is. What was measured in sound is never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from songloom.core.query.sorting import sort_key
from songloom.errors import NotAllowed
from songloom.jobs import emit
from songloom.library.exchange import names
from songloom.library.exchange.changing import change
from songloom.library.exchange.descent import note
from songloom.library.exchange.entries import Entry
from songloom.library.exchange.finding import found
from songloom.library.exchange.reading import Flaw
from songloom.library.exchange.said import features_said, split_tag
from songloom.library.ids import clean_lines, clean_text, name_key, uuid7
from songloom.library.models import CatalogueEntry, Credit, Features, Track, TrackTag, User

ROLES = {"artists": Credit.Role.ARTIST} | {
    role.value: role for role in Credit.Role if role != Credit.Role.ARTIST
}


@dataclass
class Entered:
    """What came of a batch: tracks by entry, how many are new or changed, what was refused."""

    tracks: list[tuple[Entry, UUID, bool]] = field(default_factory=list)  # and whether it is new
    n_new: int = 0
    n_changed: int = 0
    flaws: list[Flaw] = field(default_factory=list)


def enter(entries: Iterable[Entry], owner: User) -> Entered:
    """Put a batch in, all of it in one short transaction."""
    batch = merged(entries)
    entered = Entered()
    with transaction.atomic():
        sorted_ = found(batch, owner)
        for entry in sorted_.forbidden:
            refusal = NotAllowed("this track belongs to somebody else")
            entered.flaws.append(Flaw(entry.line, "id", refusal.code, str(refusal)))
        made = make(sorted_.fresh, owner)
        entered.n_new = len(made)
        entered.tracks = [(entry, pk, True) for entry, pk in made]
        for entry, pk in sorted_.known:
            entered.n_changed += change(pk, entry.said, owner)
            entered.tracks.append((entry, pk, False))
    return entered


def merged(entries: Iterable[Entry]) -> list[Entry]:
    """Two rows of one track within a batch are one row: the later adds to the earlier."""
    by_key: dict[Any, Entry] = {}
    for entry in entries:
        key = entry.id or entry.key
        before = by_key.get(key)
        if before is not None:
            said = before.said | entry.said
            audio, title = (
                (entry.audio, entry.audio_title)
                if entry.audio
                else (before.audio, before.audio_title)
            )
            entry = Entry(entry.line, said, entry.key, entry.id, audio, title)
        by_key[key] = entry
    return list(by_key.values())


def make(entries: Sequence[Entry], owner: User) -> list[tuple[Entry, UUID]]:
    """New tracks without sound, in a constant number of queries; they are indexed by one job."""
    if not entries:
        return []
    people = names.artists(n for e in entries for role in ROLES for n in e.said.get(role, ()))
    genres = names.genres(n for e in entries for n in e.said.get("genres", ()))
    by = [_album_artist(e, people) for e in entries]
    albums = names.albums(
        (e.said["album"], artist, e.said.get("date", ""))
        for e, artist in zip(entries, by, strict=True)
        if "album" in e.said
    )
    tracks = [_track(e, owner, people) for e in entries]
    for track, entry, artist in zip(tracks, entries, by, strict=True):
        if "album" in entry.said:
            track.album = albums.get(names.album_key(entry.said["album"], artist))
    Track.objects.bulk_create(tracks)
    pairs = list(zip(entries, tracks, strict=True))
    Credit.objects.bulk_create(c for e, t in pairs for c in _credits(e, t, people))
    through = Track.genres.through
    through.objects.bulk_create(
        through(track_id=t.pk, genre_id=genres[key].pk)
        for e, t in pairs
        for key in dict.fromkeys(name_key(clean_text(n, 100)) for n in e.said.get("genres", ()))
        if key in genres
    )
    TrackTag.objects.bulk_create(tag for e, t in pairs for tag in _tags(e, t))
    Features.objects.bulk_create(f for e, t in pairs if (f := features_said(e.said, t)))
    CatalogueEntry.objects.bulk_create(
        CatalogueEntry(track=t, owner=owner, entry_key=e.key) for e, t in pairs if not e.id
    )
    note([(t, e.said["lineage"]) for e, t in pairs if "lineage" in e.said])
    emit("tracks.entered", track_ids=[str(track.pk) for track in tracks])
    return [(entry, track.pk) for entry, track in pairs]


def _track(entry: Entry, owner: User, people: dict[str, Any]) -> Track:
    said = entry.said
    title = clean_text(said.get("title", "") or entry.audio.rpartition("/")[2], 300) or "?"
    date = said.get("date", "")
    artists = [people[key].name for key in _keys(said.get("artists", ())) if key in people]
    return Track(
        id=entry.id or uuid7(),
        title=title,
        sort_title=sort_key(title),
        artist_text=" · ".join(artists)[:500],
        track_number=said.get("tracknumber"),
        disc_number=said.get("discnumber"),
        date=date,
        year=int(date[:4]) if date else None,
        has_audio=False,
        duration_s=said.get("duration_s"),
        lyrics=clean_lines(said.get("lyrics", ""), 100_000),
        prompt=clean_lines(said.get("prompt", ""), 2_000),
        is_generated=said.get("is_generated", False),
        origin=Track.Origin.IMPORTED,
        owner=owner,
        is_private=settings.UPLOADS_PRIVATE,
    )


def _keys(given: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name_key(clean_text(name, 300)) for name in given))


def _album_artist(entry: Entry, people: dict[str, Any]) -> Any:
    """By whom the album is: its own artist, else the track's first."""
    for role in ("albumartist", "artists"):
        for key in _keys(entry.said.get(role, ())):
            if key in people:
                return people[key]
    return None


def _credits(entry: Entry, track: Track, people: dict[str, Any]) -> Iterable[Credit]:
    for column, role in ROLES.items():
        for place, key in enumerate(_keys(entry.said.get(column, ()))):
            if key in people:
                yield Credit(track=track, artist=people[key], role=role, position=place)


def _tags(entry: Entry, track: Track) -> Iterable[TrackTag]:
    rows = {}
    for text in entry.said.get("tags", ()):
        label, value = split_tag(text)
        if value:
            key = name_key(value)
            rows[label, key] = TrackTag(track=track, field=label, value=value, value_key=key)
    return rows.values()
