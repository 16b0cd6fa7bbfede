"""Puts a probed file into the library as a track."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction

from songloom.errors import TooLong
from songloom.jobs import emit
from songloom.library import storage
from songloom.library.heard import Heard
from songloom.library.ids import clean_text
from songloom.library.models import File, Folder, Track, User
from songloom.library.services.covers import keep_cover
from songloom.library.services.tagging import apply_file_tags


def place_of(folder: Folder | None, path: str, sha256: str) -> str:
    """What makes a file unique for its owner: its bytes when managed, folder and path when linked."""
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
    extra: dict[str, Any] | None = None,
    move: bool = True,
) -> tuple[Track, bool]:
    """Put one probed audio file into the library; the same bytes of one owner twice give the same track.

    heard   what the probe said; its `path` is moved into the storage unless `folder` is given
    folder  for a linked file: it stays where it is, `path` is its place below the folder
    extra   further fields of the Track row (is_generated, prompt, …)
    returns the track, and whether it is new

    Raises TooLong, DiskFull or StorageAway, and then leaves nothing behind.
    """
    if heard.duration_s > settings.LONGEST_TRACK_S:
        raise TooLong(
            f"lasts {heard.duration_s:.0f} s; the longest allowed is {settings.LONGEST_TRACK_S:.0f} s"
        )
    if folder is None:
        storage.keep(heard.path, heard.sha256, move=move)  # durable before any row speaks of it
    cover = keep_cover(heard.cover)
    place = place_of(folder, path, heard.sha256)
    row = heard.row() | {"folder": folder, "path": path, "modified_ns": modified_ns}
    with transaction.atomic():
        known = File.objects.select_related("track").filter(owner=owner, place=place).first()
        twin = known or _twin(heard, owner)
        if twin is not None:
            if known is None:
                File.objects.create(track=twin.track, owner=owner, place=place, **row)
            return _alive(twin.track), False
        track = Track.objects.create(
            title=clean_text(heard.original_name.rpartition(".")[0] or heard.original_name, 300),
            duration_s=heard.duration_s,
            format=heard.format,
            size_bytes=heard.size_bytes,
            lyrics=clean_text(heard.lyrics, 100_000),
            cover=cover,
            origin=origin,
            owner=owner,
            is_private=folder.is_private if folder else settings.UPLOADS_PRIVATE,
            **(extra or {}),
        )
        File.objects.create(track=track, owner=owner, place=place, **row)
        apply_file_tags(track, heard.tags)
        emit("track.stored", track_id=str(track.pk), owner=owner)
    return track, True


def _twin(heard: Heard, owner: User) -> File | None:
    """A file of this owner with the same bytes: a copy elsewhere is the same recording."""
    same = File.objects.filter(owner=owner, sha256=heard.sha256, start_s__isnull=True)
    return same.select_related("track").first()


def _alive(track: Track) -> Track:
    """Bringing a track again takes it out of the bin."""
    if track.binned_at is not None:
        track.binned_at = None
        track.save(update_fields=["binned_at"])
        emit("track.restored", track_id=str(track.pk))
    return track


def path_of(file: File) -> Any:
    """Where a file's bytes lie now."""
    from pathlib import Path

    if file.folder is None:
        return storage.path_of(file.sha256)
    return Path(file.folder.path) / file.path


def main_file(track: Track) -> File | None:
    """The file that a track is played from: one that is there, managed before linked."""
    files = sorted(
        track.files.select_related("folder").all(),
        key=lambda f: (f.missing_at is not None, not f.is_managed, f.created_at),
    )
    return files[0] if files else None
