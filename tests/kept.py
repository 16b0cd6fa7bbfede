"""Looks at stored bytes from outside, on whichever storage a test runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from songloom.library import storage
from songloom.library.models import File
from songloom.library.services.storing import linked_path

Shelf = storage.Shelf


def home_path(sha256: str, shelf: Shelf = "audio") -> Path:
    """Where bytes lie in the home, for tests that run there alone."""
    path = storage.store().path(sha256, shelf)
    assert path is not None
    return path


def path_of(file: File) -> Path:
    """Where a file's bytes lie, for tests that run in the home alone."""
    return linked_path(file) or home_path(file.sha256)


def bytes_of(sha256: str, shelf: Shelf = "audio") -> bytes:
    """What the storage holds, past every cache."""
    return b"".join(storage.store().pieces(sha256, shelf))


def copy_of(sha256: str, shelf: Shelf = "audio") -> Path:
    """The same as a file, for whoever needs a path."""
    with tempfile.NamedTemporaryFile(prefix="copy-", delete=False) as file:
        file.write(bytes_of(sha256, shelf))
    return Path(file.name)


def modified_s(sha256: str, shelf: Shelf = "audio") -> float:
    """When these bytes came."""
    found = {entry.name: entry.modified_s for entry in storage.store().entries(shelf)}
    return found[sha256]


def lose(sha256: str, shelf: Shelf = "audio") -> None:
    """Take bytes away behind the library's back."""
    assert storage.is_there(sha256, shelf)
    storage.drop(sha256, shelf)
