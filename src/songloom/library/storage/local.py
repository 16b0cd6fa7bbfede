"""Storage in the home: temp file, write, fsync, rename to its hash, fsync directory, commit."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from django.conf import settings

from songloom.errors import DiskFull, StorageAway

Shelf = Literal["audio", "renditions", "covers", "scores"]


def path_of(sha256: str, shelf: Shelf = "audio") -> Path:
    """Where the bytes with this hash lie, or would lie."""
    root: Path = settings.MEDIA
    return root / shelf / sha256[:2] / sha256


@contextmanager
def temporary(suffix: str = "") -> Iterator[Path]:
    """A path for bytes on their way in, on the storage's own disk; removed if still there."""
    folder: Path = settings.HOME / "tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=suffix, dir=folder)
    except OSError as exc:
        raise _as_error(exc) from exc
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def keep(path: Path, sha256: str, shelf: Shelf = "audio", *, move: bool = True) -> Path:
    """Make the bytes at `path` durable under their hash. With `move` the source is used up.

    Raises DiskFull or StorageAway, and then leaves nothing behind.
    """
    target = path_of(sha256, shelf)
    if target.exists():
        return target
    draft = target.with_name(f".{sha256}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if move and path.stat().st_dev == target.parent.stat().st_dev:
            path.rename(draft)
        else:
            shutil.copyfile(path, draft)
        _sync(draft)
        draft.rename(target)
        _sync(target.parent)
    except OSError as exc:
        draft.unlink(missing_ok=True)
        raise _as_error(exc) from exc
    return target


def keep_bytes(content: bytes, sha256: str, shelf: Shelf = "audio") -> Path:
    """Make these few bytes durable under their hash. Raises as `keep` does."""
    with temporary() as path:
        try:
            path.write_bytes(content)
        except OSError as exc:
            raise _as_error(exc) from exc
        return keep(path, sha256, shelf)


def drop(sha256: str, shelf: Shelf = "audio") -> None:
    """Forget these bytes. The caller has made sure that no row speaks of them."""
    path_of(sha256, shelf).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _as_error(exc: OSError) -> DiskFull | StorageAway:
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("the disk is full; free some space, then try again")
    return StorageAway(f"the storage cannot be written ({exc.strerror})")
