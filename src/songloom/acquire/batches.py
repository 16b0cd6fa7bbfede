"""Writes down what a first scan glanced at: hundreds of files in one short transaction.

Whatever may be more than a new track (a moved file, a copy, the sound of a catalogue entry) is
placed one by one, as a decoded file is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from songloom.acquire.placing import Gone, place_heard
from songloom.acquire.walking import Seen
from songloom.core.audio.glance import whole_sha256
from songloom.core.query.sorting import sort_key
from songloom.errors import NoSuchFile
from songloom.jobs import emit
from songloom.library.heard import Heard
from songloom.library.ids import clean_text
from songloom.library.inserting import parts
from songloom.library.models import File, Folder, Track, User
from songloom.library.services.cataloguing import Linked, catalogue, name_all
from songloom.library.services.covers import keep_cover
from songloom.library.services.storing import place_of
from songloom.library.turns import in_turn

Glance = tuple[Seen, Heard]
Placed = tuple[str, bool]  # the id of a track, and whether it is new
MOST_COVERS = 5_000  # pictures that are remembered


class Covers:
    """The covers of one scan: each picture is read and stored once."""

    def __init__(self) -> None:
        self._known: dict[str, UUID | None] = {}

    def of(self, picture: Path | None) -> UUID | None:
        """A picture inside a file is named by its hash; one that lies in a folder by its path."""
        if picture is None:
            return None
        key = picture.name if len(picture.stem) == 64 else str(picture)
        if key not in self._known:
            if len(self._known) >= MOST_COVERS:
                self._known.pop(next(iter(self._known)))
            cover = keep_cover(picture)
            self._known[key] = cover.pk if cover else None
        return self._known[key]


def place_all(
    batch: Sequence[Glance], *, folder: Folder, gone: Gone, covers: Covers
) -> Iterator[Placed]:
    """Put glanced files into the library; playable as soon as this commits.

    gone  as for `place_heard`
    """
    new = [
        Linked(heard, seen.path, seen.modified_ns, covers.of(heard.cover)) for seen, heard in batch
    ]
    name_all(new)
    with in_turn(f"files of {folder.owner_id}"):
        known = _known(new, folder)
        unsure = _maybe_known(new, folder.owner, gone)
        fresh = [one for one in new if one.path not in known and one.path not in unsure]
        if fresh:
            catalogue(fresh, folder)
            emit("tracks.found", owner=folder.owner)
    yield from ((str(one.pk), True) for one in fresh)
    yield from ((track_id, False) for track_id in known.values())
    for seen, heard in batch:
        if seen.path in unsure and seen.path not in known:
            track, is_new = place_heard(_read(heard), folder=folder, seen=seen, gone=gone)
            yield str(track.pk), is_new


def _known(new: Iterable[Linked], folder: Folder) -> dict[str, str]:
    """Tracks of files that another worker placed meanwhile, by path."""
    found: dict[str, str] = {}
    for part in parts(place_of(folder, one.path, "") for one in new):
        rows = File.objects.filter(owner=folder.owner_id, place__in=part).order_by()
        found |= {path: str(pk) for path, pk in rows.values_list("path", "track_id")}
    return found


def _maybe_known(new: Sequence[Linked], owner: User, gone: Gone) -> set[str]:
    """Paths of files whose bytes, or whose names, the library may know already."""
    mine = File.objects.filter(owner=owner).order_by()
    keys: set[str] = set()
    for part in parts(one.heard.parts_sha256 for one in new):
        keys.update(
            mine.filter(parts_sha256__in=part).values_list("parts_sha256", flat=True).distinct()
        )
    sizes: set[int] = set()
    if mine.filter(parts_sha256="").exists():  # from before parts were hashed
        for part in parts({one.heard.size_bytes for one in new}):
            old = mine.filter(parts_sha256="", size_bytes__in=part)
            sizes.update(old.values_list("size_bytes", flat=True))
    waiting = _waiting(new, owner)
    unsure: set[str] = set()
    for one in new:
        heard = one.heard
        if heard.parts_sha256 in keys or heard.size_bytes in sizes or one.pk in waiting:
            unsure.add(one.path)
        keys.add(heard.parts_sha256)  # a second one in this batch
    return unsure


def _waiting(new: Sequence[Linked], owner: User) -> set[UUID]:
    """Those that have the title of a catalogue entry without sound; `store_file` looks closer."""
    entries = Track.objects.alive().filter(owner=owner, has_audio=False).order_by()
    if not entries.exists():
        return set()
    by_title: dict[str, list[UUID]] = {}
    for one in new:
        for title in one.heard.tags.get("title", [])[:1]:
            by_title.setdefault(sort_key(clean_text(title, 300)), []).append(one.pk)
    found: set[UUID] = set()
    for part in parts(by_title):
        titles = entries.filter(sort_title__in=part).values_list("sort_title", flat=True)
        found.update(pk for title in titles for pk in by_title[title])
    return found


def _read(heard: Heard) -> Heard:
    """With the hash of all bytes, which says whether they are known."""
    try:
        return replace(heard, sha256=whole_sha256(str(heard.path)))
    except OSError as exc:
        raise NoSuchFile(f"cannot be read ({exc.strerror})") from exc
