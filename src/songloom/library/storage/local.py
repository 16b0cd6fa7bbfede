"""Storage in the home: temp file, write, fsync, rename to its hash, fsync directory, commit."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from songloom.errors import DiskFull, StorageAway
from songloom.jobs.place import HOST
from songloom.library.storage.shelves import Entry, Shelf, key_of

PIECE_BYTES = 1 << 20
AWAY = "the file cannot be reached"


def mark() -> str:
    """What the name of each temp file begins with: who works on it, so that leftovers are known."""
    return f"{HOST}.{os.getpid()}."


@contextmanager
def temporary(suffix: str = "") -> Iterator[Path]:
    """A path for bytes on their way in, on the home's own disk; removed if still there."""
    folder: Path = settings.HOME / "tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=suffix, prefix=mark(), dir=folder)
    except OSError as exc:
        raise as_error(exc) from exc
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


class HomeStore:
    """Files below a folder, usually `media/` of the home."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def name(self) -> str:
        return str(self.root)

    def where(self, sha256: str, shelf: Shelf) -> str:
        return str(self.path(sha256, shelf))

    def path(self, sha256: str, shelf: Shelf) -> Path:
        return self.root / key_of(sha256, shelf)

    def keep(
        self, path: Path, sha256: str, shelf: Shelf, *, move: bool = True, use_up: bool = True
    ) -> None:
        """A second name of the same bytes where the disk knows such, else a copy."""
        target = self.path(sha256, shelf)
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
            raise as_error(exc) from exc

    def drop(self, sha256: str, shelf: Shelf) -> None:
        self.remove(key_of(sha256, shelf))

    def is_there(self, sha256: str, shelf: Shelf) -> bool:
        return self.path(sha256, shelf).is_file()

    @contextmanager
    def at_hand(self, sha256: str, shelf: Shelf) -> Iterator[Path]:
        path = self.path(sha256, shelf)
        if not path.is_file():
            raise StorageAway(AWAY)
        yield path

    def pieces(self, sha256: str, shelf: Shelf) -> Iterator[bytes]:
        try:
            with self.path(sha256, shelf).open("rb") as file:
                while piece := file.read(PIECE_BYTES):
                    yield piece
        except OSError as exc:
            raise StorageAway(f"{AWAY} ({exc.strerror})") from exc

    def entries(self, shelf: Shelf) -> Iterator[Entry]:
        for path in sorted((self.root / shelf).glob("*/*")):
            try:
                found = path.stat()
            except FileNotFoundError:  # moved in or removed meanwhile
                continue
            key = path.relative_to(self.root).as_posix()
            yield Entry(key, found.st_size, found.st_mtime)

    def remove(self, key: str) -> bool:
        """A file, or an empty folder: whoever put a full one there may want what is in it."""
        path = self.root / key
        if path.is_dir() and not path.is_symlink():
            with suppress(OSError):
                path.rmdir()
        else:
            path.unlink(missing_ok=True)
        return not path.exists()

    def unfinished(self, *, older_than_s: float) -> Iterator[str]:
        """None: what a killed process leaves here is an entry under a name of its own."""
        return iter(())

    def end_unfinished(self, key: str) -> None:
        """There are none."""

    def is_reachable(self) -> bool:
        return os.access(self.root, os.R_OK | os.W_OK | os.X_OK)


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


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def as_error(exc: OSError) -> DiskFull | StorageAway:
    """What a failing disk means."""
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("the disk is full; free some space, then try again")
    return StorageAway(f"the storage cannot be written ({exc.strerror})")
