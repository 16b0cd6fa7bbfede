"""Entries → the library, a batch at a time: new ones are made, known ones changed where needed.

What a row does not say stays as it is. What was measured in sound is never overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from songloom.core.query.sorting import sort_key
from songloom.jobs import emit
from songloom.library.exchange import names
from songloom.library.exchange.changing import change_all
from songloom.library.exchange.descent import note
from songloom.library.exchange.entries import Entry
from songloom.library.exchange.finding import found, of_somebody_else
from songloom.library.exchange.reading import Flaw
from songloom.library.exchange.said import FEATURES, SAID, features_row, split_tag
from songloom.library.ids import clean_lines, clean_text, name_key, uuid7
from songloom.library.inserting import insert
from songloom.library.models import (
    CatalogueEntry,
    Credit,
    Features,
    Track,
    TrackTag,
    User,
)

ROLES = {"artists": Credit.Role.ARTIST.value} | {
    role.value: role.value for role in Credit.Role if role != Credit.Role.ARTIST
}


@dataclass
class Entered:
    """What came of a batch: tracks by entry, how many are new or changed, what was refused."""

    tracks: list[tuple[Entry, UUID, bool]] = field(default_factory=list)  # and whether it is new
    n_new: int = 0
    n_changed: int = 0
    flaws: list[Flaw] = field(default_factory=list)


def enter(
    entries: Iterable[Entry], owner: User, *, before: Callable[[list[UUID]], None] | None = None
) -> Entered:
    """Put a batch in, all of it in one short transaction.

    before  told, within it, which tracks are known and may be changed next
    """
    batch = merged(entries)
    entered = Entered()
    with transaction.atomic():
        sorted_ = found(batch, owner)
        for entry in sorted_.forbidden:
            entered.flaws.append(entry.flaw(of_somebody_else(), "id"))
        made = make(sorted_.fresh, owner)
        entered.n_new = len(made)
        entered.tracks = [(entry, pk, True) for entry, pk in made]
        known = [(pk, entry.said) for entry, pk in sorted_.known]
        if before is not None:
            before([pk for pk, _ in known])
        entered.n_changed = len(change_all(known, owner))
        entered.tracks += [(entry, pk, False) for entry, pk in sorted_.known]
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
    """New tracks without sound, in a constant number of statements; they are indexed by one job."""
    if not entries:
        return []
    made = _made(entries)
    insert(Track, TRACK, (_track(new, owner) for new in made))
    insert(Credit, CREDIT, (row for new in made for row in _credits(new)))
    insert(Track.genres.through, ("track_id", "genre_id"), (row for n in made for row in n.genres))
    insert(TrackTag, TAG, (row for new in made for row in _tags(new)))
    said = ((new.pk, features_row(new.said)) for new in made)
    insert(Features, FEATURES, ((pk, SAID, *row) for pk, row in said if row))
    keys = ((new.pk, owner.pk, new.entry.key) for new in made if not new.entry.id)
    insert(CatalogueEntry, ("track_id", "owner_id", "entry_key"), keys)
    told = {new.pk: new.said["lineage"] for new in made if "lineage" in new.said}
    note((track, told[track.pk]) for track in Track.objects.filter(pk__in=list(told)))
    emit("tracks.entered")
    return [(new.entry, new.pk) for new in made]


@dataclass
class New:
    """One track to be made, with the keys of what it belongs to."""

    entry: Entry
    pk: UUID
    people: dict[str, list[names.Named]]  # by column, each once
    genres: list[tuple[UUID, int]] = field(default_factory=list)
    album_id: UUID | None = None

    @property
    def said(self) -> dict[str, Any]:
        return self.entry.said

    @property
    def album_artist(self) -> names.Named | None:
        """By whom the album is: its own artist, else the track's first."""
        by = self.people.get("albumartist") or self.people.get("artists")
        return by[0] if by else None


def _made(entries: Sequence[Entry]) -> list[New]:
    people = names.artists(n for e in entries for role in ROLES for n in e.said.get(role, ()))
    genres = names.genres(n for e in entries for n in e.said.get("genres", ()))
    made = [New(entry, entry.id or uuid7(), _people(entry.said, people)) for entry in entries]
    by_album = [new for new in made if "album" in new.said]
    releases = [
        names.Release(new.said["album"], new.album_artist, new.said.get("date", ""))
        for new in by_album
    ]
    albums = names.albums(releases)
    for new, release in zip(by_album, releases, strict=True):
        new.album_id = albums[release.key].pk
    for new in made:
        keys = _keys(new.said.get("genres", ()), 100)
        new.genres = [(new.pk, genres[key].pk) for key in keys if key in genres]
    return made


def _people(said: dict[str, Any], known: dict[str, names.Named]) -> dict[str, list[names.Named]]:
    return {
        column: [known[key] for key in _keys(said[column]) if key in known]
        for column in ROLES
        if column in said
    }


def _keys(given: Iterable[str], longest: int = 300) -> list[str]:
    return list(dict.fromkeys(name_key(clean_text(name, longest)) for name in given))


TRACK = ("id", "title", "sort_title", "artist_text", "album_id", "track_number", "disc_number",
         "date", "year", "has_audio", "duration_s", "lyrics", "prompt", "is_generated", "origin",
         "owner_id", "is_private")  # fmt: skip


def _track(new: New, owner: User) -> tuple[Any, ...]:
    said = new.said
    title = clean_text(said.get("title", "") or new.entry.audio.rpartition("/")[2], 300) or "?"
    date = said.get("date", "")
    return (
        new.pk,
        title,
        sort_key(title),
        " · ".join(artist.name for artist in new.people.get("artists", ()))[:500],
        new.album_id,
        said.get("tracknumber"),
        said.get("discnumber"),
        date,
        int(date[:4]) if date else None,
        False,
        said.get("duration_s"),
        clean_lines(said.get("lyrics", ""), 100_000),
        clean_lines(said.get("prompt", ""), 2_000),
        said.get("is_generated", False),
        Track.Origin.IMPORTED.value,
        owner.pk,
        settings.UPLOADS_PRIVATE,
    )


CREDIT = ("track_id", "artist_id", "role", "position")


def _credits(new: New) -> Iterator[tuple[Any, ...]]:
    for column, people in new.people.items():
        for place, artist in enumerate(people):
            yield new.pk, artist.pk, ROLES[column], place


TAG = ("track_id", "field", "value", "value_key")


def _tags(new: New) -> Iterable[tuple[Any, ...]]:
    rows = {}
    for text in new.said.get("tags", ()):
        label, value = split_tag(text)
        if value:
            key = name_key(value)
            rows[label, key] = (new.pk, label, value, key)
    return rows.values()
