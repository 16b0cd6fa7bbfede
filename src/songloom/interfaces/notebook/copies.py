"""Files that last as long as the notebook, of bytes that lie in a far storage."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from songloom.library import storage
from songloom.library.models import File
from songloom.library.services.storing import at_hand, where


def lasting(file: File) -> Path:
    """The file itself where it lies on a disk of this machine; else a copy, made once."""
    if file.folder is not None or storage.far() is None:
        return Path(where(file))
    copy = folder() / f"{file.sha256}.{file.format}"
    if not copy.exists():
        with at_hand(file) as lent:
            shutil.copyfile(lent, copy)
    return copy


def lasting_score(sha256: str) -> Path:
    """The same for the MIDI file of a piece."""
    if storage.far() is None:
        return Path(storage.where(sha256, "scores"))
    copy = folder() / f"{sha256}.mid"
    copy.write_bytes(storage.read_bytes(sha256, "scores"))
    return copy


def folder() -> Path:
    """Gone when Python ends."""
    return Path(_folder().name)


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="songloom-heard-")
