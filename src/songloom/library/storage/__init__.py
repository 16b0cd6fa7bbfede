"""Bytes by their hash: below `media/` of the home, or in an S3 storage if one is set.

keep(path, sha256)           a finished file moves in; the same bytes twice are stored once
keep_bytes(content, sha256)  the same for a few bytes in memory
at_hand(sha256)              the one door for whoever needs a path: a file of this machine
is_there, drop, read_bytes   what they say
store(), far()               the storage itself, for what concerns all of it; far one alone
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.conf import settings

from songloom.library.storage.address import parse
from songloom.library.storage.cache import Cache
from songloom.library.storage.local import HomeStore, as_error, mark, temporary
from songloom.library.storage.shelves import SHELVES, Entry, Shelf, Store

if TYPE_CHECKING:
    from songloom.library.storage.s3 import S3Store

__all__ = [
    "SHELVES",
    "Entry",
    "Shelf",
    "Store",
    "at_hand",
    "drop",
    "far",
    "is_there",
    "keep",
    "keep_bytes",
    "mark",
    "read_bytes",
    "store",
    "store_at",
    "temporary",
    "where",
]

HOME = "home"


def store() -> Store:
    """The storage that is set."""
    return store_at(settings.STORAGE_URL or HOME)


def store_at(place: str) -> Store:
    """A storage by its address; `home` is the home. Raises BadValue."""
    if place == HOME:
        return HomeStore(settings.MEDIA)
    return _opened(place, settings.CACHE / "stored", settings.STORAGE_CACHE_BYTES)


@lru_cache(maxsize=8)
def _opened(url: str, cache: Path, most_bytes: int) -> Store:
    address = parse(url)
    from songloom.library.storage.s3 import S3Store  # loads boto3, only where it is used

    return S3Store(address, Cache(cache, most_bytes))


def keep(
    path: Path, sha256: str, shelf: Shelf = "audio", *, move: bool = True, use_up: bool = True
) -> None:
    """Make the bytes at `path` durable under their hash.

    move    the bytes need no second place on the disk; else they are copied
    use_up  with `move`: the source is gone afterwards; else it stays, as a second name of them

    Raises DiskFull or StorageAway, and then leaves nothing behind; the source is still there.
    """
    store().keep(path, sha256, shelf, move=move, use_up=use_up)


def keep_bytes(content: bytes, sha256: str, shelf: Shelf = "audio") -> None:
    """Make these few bytes durable under their hash. Raises as `keep` does."""
    with temporary() as path:
        try:
            path.write_bytes(content)
        except OSError as exc:
            raise as_error(exc) from exc
        keep(path, sha256, shelf)


def drop(sha256: str, shelf: Shelf = "audio") -> None:
    """Forget these bytes. The caller has made sure that no row speaks of them."""
    store().drop(sha256, shelf)


def is_there(sha256: str, shelf: Shelf = "audio") -> bool:
    """Whether these bytes can be had now."""
    return store().is_there(sha256, shelf)


def at_hand(sha256: str, shelf: Shelf = "audio") -> AbstractContextManager[Path]:
    """These bytes as a file of this machine, to be read within the block and never written to.

    Raises StorageAway when they cannot be had, DiskFull when there is no room to fetch them.
    """
    return store().at_hand(sha256, shelf)


def read_bytes(sha256: str, shelf: Shelf = "audio") -> bytes:
    """A few bytes at once: a score, a picture. Raises StorageAway."""
    with at_hand(sha256, shelf) as path:
        return path.read_bytes()


def far() -> S3Store | None:
    """The storage, if it is one that bytes must be fetched from; None at home."""
    found = store()
    return None if isinstance(found, HomeStore) else cast("S3Store", found)


def where(sha256: str, shelf: Shelf = "audio") -> str:
    """Where these bytes lie, for people and scripts: a path, or an address in the storage."""
    return store().where(sha256, shelf)
