"""Which tracks rows are about: by id, by the key of an earlier import, by title, artists, album."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from songloom.core.query.sorting import sort_key
from songloom.errors import NotAllowed
from songloom.library.exchange.entries import Entry
from songloom.library.ids import clean_text, name_key
from songloom.library.inserting import parts
from songloom.library.models import CatalogueEntry, Track, User

NAMED = ("pk", "owner_id", "binned_at", "title", "artist_text", "album__title")


@dataclass
class Found:
    """What a batch is about.

    known      entries of tracks that are there and that the owner may change
    forbidden  entries of tracks that the owner may see but not change
    fresh      entries of tracks that are not there; an id that is hidden is taken off
    """

    known: list[tuple[Entry, UUID]] = field(default_factory=list)
    forbidden: list[Entry] = field(default_factory=list)
    fresh: list[Entry] = field(default_factory=list)


def of_somebody_else() -> NotAllowed:
    return NotAllowed("this track belongs to somebody else")


def forbidden(entries: Iterable[Entry], owner: User) -> list[Entry]:
    """Entries of tracks that the owner may see but not change, by a look at their ids alone."""
    named = {entry.id: entry for entry in entries if entry.id}
    rows = {} if owner.is_superuser else _by_id(set(named))
    return [named[pk] for pk, by, is_private in rows.values() if by != owner.pk and not is_private]


def found(entries: Sequence[Entry], owner: User) -> Found:
    """Sort a batch. No two of its entries are of one track (see `entering.merged`)."""
    sorted_ = Found()
    by_id = _by_id({entry.id for entry in entries if entry.id})
    mine = {pk for pk, owner_id, _ in by_id.values() if owner.is_superuser or owner_id == owner.pk}
    by_key = _by_key([entry for entry in entries if not entry.id], owner)
    left = []
    for entry in entries:
        row = by_id.get(entry.id) if entry.id else None
        if row is not None and row[0] in mine:
            sorted_.known.append((entry, row[0]))
        elif row is not None and not row[2]:
            sorted_.forbidden.append(entry)
        elif entry.key in by_key and not entry.id:
            sorted_.known.append((entry, by_key[entry.key]))
        else:
            left.append(_without_id(entry) if row is not None else entry)
    by_name = _by_name([entry for entry in left if not entry.id], owner)
    for entry in left:
        if not entry.id and entry.key in by_name:
            sorted_.known.append((entry, by_name[entry.key]))
        else:
            sorted_.fresh.append(entry)
    return sorted_


def _without_id(entry: Entry) -> Entry:
    return Entry(entry.line, entry.said, entry.key, None, entry.audio, entry.audio_title)


def _by_id(ids: set[UUID]) -> dict[UUID, tuple[UUID, UUID, bool]]:
    rows: dict[UUID, tuple[UUID, UUID, bool]] = {}
    for part in parts(ids):
        tracks = Track.objects.filter(pk__in=part)
        rows |= {row[0]: row for row in tracks.values_list("pk", "owner_id", "is_private")}
    return rows


def _by_key(entries: list[Entry], owner: User) -> dict[str, UUID]:
    keys: dict[str, UUID] = {}
    for part in parts({entry.key for entry in entries}):
        rows = CatalogueEntry.objects.filter(owner=owner, entry_key__in=part)
        keys |= dict(rows.values_list("entry_key", "track_id"))
    return keys


def _by_name(entries: list[Entry], owner: User) -> dict[str, UUID]:
    """Own tracks, the oldest first, of the same title, artists and (where both say it) album."""
    wanted: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if "title" in entry.said:
            key = (name_key(entry.said["title"]), people_key(entry.said.get("artists", [])))
            wanted.setdefault(key, []).append(entry)
    sorts = {sort_key(clean_text(e.said["title"], 300)) for each in wanted.values() for e in each}
    names: dict[str, UUID] = {}
    for part in parts(sorts):
        # Owner and bin are looked at here: asked for both, SQLite reads every track of the owner.
        found = Track.objects.filter(sort_title__in=part).order_by("pk").values_list(*NAMED)
        for pk, owner_id, binned_at, title, artists, album in found:
            own = (name_key(title), people_key(artists.split(" · ")))
            if owner_id == owner.pk and binned_at is None:
                for entry in wanted.get(own, ()):
                    if _same_album(album, entry):
                        names.setdefault(entry.key, pk)
    return names


def people_key(names: Iterable[str]) -> str:
    return name_key(*sorted(name_key(name) for name in names if name.strip()))


def _same_album(own: str | None, entry: Entry) -> bool:
    said = entry.said.get("album")
    return not said or not own or name_key(said) == name_key(own)
