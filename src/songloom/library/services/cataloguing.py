"""Many files of a linked folder → as many new tracks, in a constant number of statements.

What `storing.store_file` does for one file; used where a first scan brings thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from songloom.core.query.sorting import sort_key
from songloom.library.dates import partial_date
from songloom.library.exchange import names
from songloom.library.exchange.names import Named, Release
from songloom.library.heard import Heard
from songloom.library.ids import clean_lines, clean_text, name_key, uuid7
from songloom.library.inserting import insert, parts
from songloom.library.models import Album, Credit, File, Folder, Track
from songloom.library.services.storing import place_of
from songloom.library.services.tagging import decibels, first, number
from songloom.library.services.tracing import bytes_detail, trace_new

ROLES = [role.value for role in Credit.Role]
ARTIST, BY = Credit.Role.ARTIST.value, Credit.Role.ALBUM_ARTIST.value


@dataclass
class Linked:
    """One file of a linked folder, and what is made of it."""

    heard: Heard
    path: str  # below the folder
    modified_ns: int
    cover_id: UUID | None = None
    pk: UUID = field(default_factory=uuid7)  # of the track
    people: dict[str, list[Named]] = field(default_factory=dict)  # by role, each once
    genre_ids: list[int] = field(default_factory=list)
    release: Release | None = None
    album_id: UUID | None = None

    @property
    def title(self) -> str:
        heard = self.heard
        named = clean_text(first(heard.tags, "title"), 300)
        return named or clean_text(Path(heard.original_name).stem, 300) or heard.parts_sha256[:12]


def name_all(found: Sequence[Linked]) -> None:
    """Give each file its artists, genres and album; the missing are made.

    Each statement commits by itself: whoever names the same artists meanwhile waits for nobody.
    """
    tags = [linked.heard.tags for linked in found]
    people = names.artists(name for one in tags for role in ROLES for name in one.get(role, ()))
    genres = names.genres(name for one in tags for name in one.get("genre", ()))
    for linked in found:
        said = linked.heard.tags
        for role in ROLES:
            keys = dict.fromkeys(_key(name, 300) for name in said.get(role, ()))
            if credited := [people[key] for key in keys if key in people]:
                linked.people[role] = credited
        genre_keys = dict.fromkeys(_key(name, 100) for name in said.get("genre", ()))
        linked.genre_ids = [genres[key].pk for key in genre_keys if key in genres]
        linked.release = _release(linked)
    albums = names.albums(linked.release for linked in found if linked.release is not None)
    for linked in found:
        if linked.release is not None:
            linked.album_id = albums[linked.release.key].pk


@lru_cache(maxsize=10_000)
def _key(name: str, longest: int) -> str:
    return name_key(clean_text(name, longest))


def _release(linked: Linked) -> Release | None:
    """The album as `tagging.album_titled` takes it from the same tags."""
    tags = linked.heard.tags
    title = clean_text(first(tags, "album"), 300)
    if not title:
        return None
    people = linked.people.get(BY) or linked.people.get(ARTIST)
    is_compilation = first(tags, "compilation") in ("1", "true")
    return Release(
        title,
        people[0] if people and (tags.get(BY) or not is_compilation) else None,
        partial_date(first(tags, "date")) or "",
        is_compilation,
        first(tags, "musicbrainz_albumid")[:36],
        linked.cover_id,
    )


def catalogue(found: Sequence[Linked], folder: Folder) -> None:
    """Within a transaction: make tracks of files that `name_all` named, none of them known yet."""
    files = [_file(linked, folder) for linked in found]
    insert(Track, TRACK, (_track(linked, folder) for linked in found))
    insert(File, FILE, ([file[name] for name in FILE] for file in files))
    insert(Credit, CREDIT, (row for linked in found for row in _credits(linked)))
    genres = ((linked.pk, pk) for linked in found for pk in linked.genre_ids)
    insert(Track.genres.through, ("track_id", "genre_id"), genres)
    trace_new(
        (linked.pk, linked.title, file["original_name"], bytes_detail(*(file[n] for n in BYTES)))
        for linked, file in zip(found, files, strict=True)
    )
    _cover_albums(found)


TRACK = ("id", "title", "sort_title", "artist_text", "album_id", "disc_number", "track_number",
         "date", "year", "duration_s", "format", "size_bytes", "lyrics", "musicbrainz_id",
         "replaygain_db", "replaygain_peak", "cover_id", "origin", "owner_id",
         "is_private")  # fmt: skip


def _track(linked: Linked, folder: Folder) -> tuple[Any, ...]:
    heard, tags, title = linked.heard, linked.heard.tags, linked.title
    date = partial_date(first(tags, "date")) or ""
    return (
        linked.pk,
        title,
        sort_key(title),
        " · ".join(artist.name for artist in linked.people.get(ARTIST, ()))[:500],
        linked.album_id,
        number(first(tags, "discnumber")),
        number(first(tags, "tracknumber")),
        date,
        int(date[:4]) if date else None,
        heard.duration_s,
        heard.format,
        heard.size_bytes,
        clean_lines(first(tags, "lyrics"), 100_000),
        first(tags, "musicbrainz_trackid")[:36],
        decibels(first(tags, "replaygain_track_gain")),
        decibels(first(tags, "replaygain_track_peak")),
        linked.cover_id,
        Track.Origin.SCANNED.value,
        folder.owner_id,
        folder.is_private,
    )


FILE = ("id", "track_id", "owner_id", "folder_id", "path", "place", "modified_ns", "sha256",
        "parts_sha256", "is_believed", "original_name", "format", "codec", "sample_rate",
        "channels", "bit_rate", "bits", "duration_s", "size_bytes", "tags")  # fmt: skip
BYTES = ("sha256", "parts_sha256", "format")


def _file(linked: Linked, folder: Folder) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "track_id": linked.pk,
        "owner_id": folder.owner_id,
        "folder_id": folder.pk,
        "path": linked.path,
        "place": place_of(folder, linked.path, ""),
        "modified_ns": linked.modified_ns,
        **linked.heard.row(),
    }


CREDIT = ("track_id", "artist_id", "role", "position")


def _credits(linked: Linked) -> Iterator[tuple[Any, ...]]:
    for role, people in linked.people.items():
        for place, artist in enumerate(people):
            yield linked.pk, artist.pk, role, place


def _cover_albums(found: Iterable[Linked]) -> None:
    """An album that was there without a picture takes the first that comes."""
    brought = {
        linked.album_id: linked.cover_id for linked in reversed(list(found)) if linked.cover_id
    }
    brought.pop(None, None)
    for part in parts(brought):
        bare = Album.objects.filter(pk__in=part, cover=None).order_by()
        for pk in bare.values_list("pk", flat=True):
            Album.objects.filter(pk=pk, cover=None).update(cover=brought[pk])
