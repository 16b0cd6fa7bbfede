"""Links folders that are read in place, and lets them go again."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q

from songloom.errors import BadValue, Conflict, NoSuchFile
from songloom.library.ids import clean_text
from songloom.library.models import File, Folder, Track, User
from songloom.library.services.bin import forget_track


def link_folder(
    path: str | Path, *, owner: User, name: str = "", is_private: bool = False
) -> Folder:
    """Read a folder in place from now on; it is never written to. The same one twice is one.

    Raises NoSuchFile, BadValue for a path that is no folder or holds Songloom's own files,
    Conflict for a folder within a linked one or around one.
    """
    real = _real(str(path))
    key = hashlib.sha256(os.fsencode(real)).hexdigest()
    known = Folder.objects.filter(path_key=key).first()
    if known is not None:
        return known
    _refuse_overlap(real)
    try:
        with transaction.atomic():
            return Folder.objects.create(
                number=(Folder.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
                path=str(real),
                path_key=key,
                name=clean_text(name or real.name or str(real), 200),
                owner=owner,
                is_private=is_private,
            )
    except IntegrityError as exc:
        raise Conflict("somebody else linked a folder just now; try again") from exc


def _real(path: str) -> Path:
    if not path.strip() or "\0" in path:
        raise BadValue("a folder needs a path")
    try:
        real = Path(path).expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as exc:
        raise NoSuchFile("there is no such folder on the server") from exc
    if not real.is_dir():
        raise BadValue("this is a file, not a folder")
    if len(str(real)) > 4096 or not str(real).isprintable():
        raise BadValue("the path of this folder cannot be kept")
    return real


def _refuse_overlap(real: Path) -> None:
    home = Path(settings.HOME).resolve()
    if _overlap(real, home):
        raise BadValue("this folder holds Songloom's own files, or lies among them")
    for folder in Folder.objects.all():
        if _overlap(real, Path(folder.path)):
            raise Conflict(f"overlaps with the linked folder {folder.name}")


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def unlink_folder(folder: Folder) -> int:
    """Let a folder go: tracks that lie nowhere else leave the library, its files stay as they are.

    Returns how many tracks left.
    """
    elsewhere = File.objects.filter(~Q(folder=folder), track=OuterRef("pk"))
    alone = Track.objects.filter(Q(files__folder=folder), ~Exists(elsewhere)).distinct()
    n_left = 0
    for track in alone.iterator():
        forget_track(track)
        n_left += 1
    folder.delete()
    return n_left
