"""Takes bytes in: counted, hashed, on the storage's own disk, gone again unless they are stored."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from songloom.errors import DiskFull, EmptyFile, NoSuchFile, StorageAway, TooLarge
from songloom.jobs import check_cancelled
from songloom.library import storage

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Received:
    """Bytes that lie in a temporary file."""

    path: Path
    sha256: str
    size_bytes: int


def largest_bytes() -> int:
    """The most that one file may have."""
    return int(settings.LARGEST_UPLOAD_MB * 1_000_000)


@contextmanager
def received(
    chunks: Iterable[bytes], *, progress: Callable[[int], None] | None = None
) -> Iterator[Received]:
    """The bytes of a stream in a temporary file, which is gone after the block.

    progress  told how many bytes have come
    Raises TooLarge as soon as too much has come, EmptyFile, DiskFull, StorageAway.
    """
    most, size, digest = largest_bytes(), 0, hashlib.sha256()
    with storage.temporary(".part") as path:
        with path.open("wb", buffering=0) as file:  # no write of ours is still to come at the end
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise too_large(size, most)
                digest.update(chunk)
                with writing():
                    file.write(chunk)
                check_cancelled()
                if progress is not None:
                    progress(size)
        if size == 0:
            raise EmptyFile("the file is empty: 0 bytes")
        yield Received(path, digest.hexdigest(), size)


def read_file(path: Path) -> Iterator[bytes]:
    """The bytes of a file, piece by piece. Raises NoSuchFile, TooLarge."""
    try:
        with path.open("rb") as file:
            size, most = path.stat().st_size, largest_bytes()
            if size > most:
                raise too_large(size, most)
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except OSError as exc:
        raise NoSuchFile(f"cannot be read ({exc.strerror})") from exc


def too_large(size: int, most: int) -> TooLarge:
    return TooLarge(f"has {size / 1e6:.1f} MB or more; the largest allowed is {most / 1e6:g} MB")


@contextmanager
def writing() -> Iterator[None]:
    """Says what a failing disk means."""
    try:
        yield
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull("the disk is full; free some space, then try again") from exc
        raise StorageAway(f"the storage cannot be written ({exc.strerror})") from exc
