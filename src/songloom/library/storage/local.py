"""Storage in the home: temp file, write, fsync, rename to its hash, fsync directory, commit."""

from __future__ import annotations

import errno
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from django.conf import settings

from songloom.errors import DiskFull, StorageAway

Shelf = Literal["audio", "renditions", "covers", "scores"]


def path_of(sha256: str, shelf: Shelf = "audio") -> Path:
    """Where the bytes with this hash lie, or would lie."""
    root: Path = settings.MEDIA
    return root / shelf / sha256[:2] / sha256


def mark() -> str:
    """What the name of each temp file begins with: who works on it, so that leftovers are known."""
    return f"{platform.node()}.{os.getpid()}."


@contextmanager
def temporary(suffix: str = "") -> Iterator[Path]:
    """A path for bytes on their way in, on the storage's own disk; removed if still there."""
    folder: Path = settings.HOME / "tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=suffix, prefix=mark(), dir=folder)
    except OSError as exc:
        raise _as_error(exc) from exc
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def keep(
    path: Path, sha256: str, shelf: Shelf = "audio", *, move: bool = True, use_up: bool = True
) -> Path:
    """Make the bytes at `path` durable under their hash.

    move    the bytes need no second place on the disk; else they are copied
    use_up  with `move`: the source is gone afterwards; else it stays, as a second name of them

    Raises DiskFull or StorageAway, and then leaves nothing behind; the source is still there.
    """
    target = path_of(sha256, shelf)
    draft = target.with_name(f".{sha256}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        if not _made_young(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            _draw_up(path, draft, move=move)
            _made_young(draft)
            _sync(draft)
            draft.rename(target)
            _sync(target.parent)
        if move and use_up:
            path.unlink(missing_ok=True)
    except OSError as exc:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise _as_error(exc) from exc
    return target


def _made_young(path: Path) -> bool:
    """Say that these bytes came just now, before any row speaks of them; False if not there."""
    try:
        os.utime(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _draw_up(path: Path, draft: Path, *, move: bool) -> None:
    if move:
        try:
            os.link(path, draft)
        except OSError:  # another disk, or one that knows no second names
            shutil.copyfile(path, draft)
    else:
        shutil.copyfile(path, draft)


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
