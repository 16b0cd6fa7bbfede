"""Puts a probed file into the library as a track."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from songloom.errors import StorageAway, TooLong, TryLater
from songloom.jobs import emit
from songloom.library import storage
from songloom.library.heard import Heard
from songloom.library.ids import clean_lines, clean_text
from songloom.library.models import File, Folder, Track, User
from songloom.library.services.bin import drop_unused, restore_track
from songloom.library.services.covers import keep_cover
from songloom.library.services.linking import give_sound, waiting_entry
from songloom.library.services.tagging import apply_file_tags
from songloom.library.turns import in_turn


def place_of(folder: Folder | None, path: str, sha256: str) -> str:
    """What makes a file unique for its owner: its bytes, or its folder and path (linked)."""
    if folder is None:
        return sha256
    spelled = path.encode("utf-8", "surrogateescape")
    return hashlib.sha256(folder.pk.bytes + spelled).hexdigest()


def store_file(
    heard: Heard,
    *,
    owner: User,
    origin: Track.Origin,
    folder: Folder | None = None,
    path: str = "",
    modified_ns: int = 0,
    extra: Mapping[str, Any] | None = None,
    move: bool = True,
    link: Track | None = None,
) -> tuple[Track, bool]:
    """Put one probed file into the library; the same bytes of one owner twice give one track.

    heard   what the probe said; its `path` moves into the storage unless `folder` is given
    folder  for a linked file: it stays where it is, `path` is its place below the folder
    extra   further fields of the Track row (is_generated, prompt, …)
    link    the catalogue entry whose sound this is; without one, an entry of the same title and
            artists that waits for its sound is taken
    returns the track, and whether its sound is new

    Raises TooLong, DiskFull or StorageAway, and then leaves nothing behind but the source.
    """
    if heard.duration_s > settings.LONGEST_TRACK_S:
        longest_s = settings.LONGEST_TRACK_S
        raise TooLong(f"lasts {heard.duration_s:.0f} s; the longest allowed is {longest_s:.0f} s")
    place = place_of(folder, path, heard.sha256)
    row = {"folder": folder, "path": path, "place": place, "modified_ns": modified_ns}
    if folder is not None:
        return _store(heard, owner, origin, heard.row() | row, extra or {}, link=link)
    keep = partial(storage.keep, heard.path, heard.sha256, move=move, use_up=False)
    keep()  # durable before any row speaks of it
    try:
        stored = _store(heard, owner, origin, heard.row() | row, extra or {}, keep, link=link)
    except TryLater:  # no room for the cover
        drop_unused({heard.sha256}, File.objects.filter(folder=None), "audio")
        raise
    if move:
        heard.path.unlink(missing_ok=True)
    return stored


def _store(
    heard: Heard,
    owner: User,
    origin: Track.Origin,
    row: dict[str, Any],
    extra: Mapping[str, Any],
    keep: Callable[[], object] = lambda: None,
    *,
    link: Track | None = None,
) -> tuple[Track, bool]:
    """One transaction; within it `keep` puts bytes back that another owner forgot meanwhile."""
    cover = keep_cover(heard.cover)
    with in_turn(f"bytes {heard.sha256}", f"files of {owner.pk}"):
        keep()
        known = _known(heard, owner, row["place"])
        if known is not None:
            row["track"] = known.track
            File.objects.get_or_create(owner=owner, place=row["place"], defaults=row)
            return _alive(known.track), False
        entry = link or waiting_entry(heard, owner, origin)
        if entry is not None:
            return give_sound(entry, heard, row | {"owner": owner}, cover), True
        track = _new_track(heard, owner, origin, row["folder"], {"cover": cover, **extra})
        File.objects.create(track=track, owner=owner, **row)
        apply_file_tags(track, heard.tags)
        emit("track.stored", track_id=str(track.pk), owner=owner)
    return track, True


def _new_track(
    heard: Heard, owner: User, origin: Track.Origin, folder: Folder | None, extra: dict[str, Any]
) -> Track:
    fields = {
        "title": clean_text(Path(heard.original_name).stem, 300) or heard.sha256[:12],
        "duration_s": heard.duration_s,
        "format": heard.format,
        "size_bytes": heard.size_bytes,
        "lyrics": clean_lines(heard.lyrics, 100_000),
        "origin": origin,
        "owner": owner,
        "is_private": folder.is_private if folder else settings.UPLOADS_PRIVATE,
    }
    return Track.objects.create(**fields | extra)


def _known(heard: Heard, owner: User, place: str) -> File | None:
    """The file at this place, or one with the same bytes: a copy is the same recording."""
    files = File.objects.select_related("track").filter(owner=owner)
    at_place = files.filter(place=place).first()
    return at_place or files.filter(sha256=heard.sha256, start_s__isnull=True).first()


def _alive(track: Track) -> Track:
    """Bringing a track again takes it out of the bin."""
    if track.binned_at is not None:
        restore_track(track)
    return track


def linked_path(file: File) -> Path | None:
    """Where a file of a linked folder lies; None for a managed one."""
    return None if file.folder is None else Path(file.folder.path) / file.path


def is_there(file: File) -> bool:
    """Whether a file's bytes can be had now. Raises StorageAway while nobody can tell."""
    path = linked_path(file)
    return storage.is_there(file.sha256) if path is None else path.is_file()


@contextmanager
def at_hand(file: File) -> Iterator[Path]:
    """A file's bytes as a file of this machine, to be read within the block; never written to.

    Raises StorageAway when they cannot be had.
    """
    path = linked_path(file)
    if path is None:
        with storage.at_hand(file.sha256) as lent:
            yield lent
    elif path.is_file():
        yield path
    else:
        raise StorageAway("the file of this track cannot be reached")


def where(file: File) -> str:
    """Where a file's bytes lie, for people and scripts: a path, or an address in the storage."""
    path = linked_path(file)
    return storage.where(file.sha256) if path is None else str(path)


def main_file(track: Track) -> File | None:
    """The file that a track is played from: one that is there, managed before linked."""
    files = sorted(
        track.files.select_related("folder"),
        key=lambda f: (f.missing_at is not None, not f.is_managed, f.created_at),
    )
    return files[0] if files else None
