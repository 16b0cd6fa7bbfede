"""Copies every stored byte from one storage to another; can be broken off and taken up again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from songloom.errors import BadValue
from songloom.library.storage import SHELVES, Entry, Shelf, Store, temporary

HASH = re.compile(r"[0-9a-f]{64}")


@dataclass
class Progress:
    """How far it is; sizes in bytes. `problems` as `verify` names them."""

    n_all: int = 0
    all_bytes: int = 0
    done_bytes: int = 0
    moved: int = 0
    already: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)


Told = Callable[[Progress], None]


def move(source: Store, target: Store, *, notes: Path, told: Told) -> dict[str, Any]:
    """Copy all shelves; the source stays as it is, and rows know nothing of either place.

    Every copy is read back and compared with its name, the SHA-256 of its bytes; what was
    compared is noted in `notes`, and not read again when the same move is taken up later.

    returns {"from", "to", "moved", "already", "bytes", "problems", "ok"}; codes of problems:
    changed_file (the source holds other bytes than it should), not_kept (the target does)
    Raises BadValue for one and the same place, StorageAway, DiskFull.
    """
    if source.name == target.name:
        raise BadValue("both are the same place")
    so_far = Progress()
    for _, entry in _songs(source):
        so_far.n_all += 1
        so_far.all_bytes += entry.size_bytes
    told(so_far)
    noted = _Notes(notes, source, target)
    for shelf in SHELVES:
        there = {entry.name: entry.size_bytes for entry in target.entries(shelf)}
        for _, entry in _songs(source, (shelf,)):
            is_listed = there.get(entry.name) == entry.size_bytes
            if is_listed and (entry.key in noted or _is_whole(target, entry, shelf)):
                so_far.already += 1
                noted.add(entry.key)
            elif problem := _copied(source, target, entry, shelf):
                so_far.problems.append({"code": problem, "path": entry.key})
            else:
                so_far.moved += 1
                noted.add(entry.key)
            so_far.done_bytes += entry.size_bytes
            told(so_far)
    if not so_far.problems:
        noted.forget()
    return {
        "from": source.name,
        "to": target.name,
        "moved": so_far.moved,
        "already": so_far.already,
        "bytes": so_far.all_bytes,
        "problems": so_far.problems,
        "ok": not so_far.problems,
    }


def _songs(store: Store, shelves: tuple[Shelf, ...] = SHELVES) -> Iterator[tuple[Shelf, Entry]]:
    """All that is named by a hash; drafts that a killed process left are not."""
    for shelf in shelves:
        for entry in store.entries(shelf):
            if HASH.fullmatch(entry.name):
                yield shelf, entry


def _copied(source: Store, target: Store, entry: Entry, shelf: Shelf) -> str:
    """Copy one and look at the copy; returns the code of a problem, or nothing."""
    with _lent(source, entry, shelf) as path:
        if path is None:
            return "changed_file"
        is_ours = source.path(entry.name, shelf) is None  # a copy, which may be given away
        is_near = target.path(entry.name, shelf) is not None
        if target.is_there(entry.name, shelf):  # other bytes under this name
            target.drop(entry.name, shelf)
        target.keep(path, entry.name, shelf, move=is_ours and is_near)
    return "" if _is_whole(target, entry, shelf) else "not_kept"


@contextmanager
def _lent(source: Store, entry: Entry, shelf: Shelf) -> Iterator[Path | None]:
    """The bytes as a file, once it is sure that they are what they are named; else None."""
    at_home = source.path(entry.name, shelf)
    if at_home is not None:
        yield at_home if _is_whole(source, entry, shelf) else None
        return
    with temporary(".moving") as path:
        digest = hashlib.sha256()
        with path.open("wb") as file:
            for piece in source.pieces(entry.name, shelf):
                digest.update(piece)
                file.write(piece)
        yield path if digest.hexdigest() == entry.name else None


def _is_whole(store: Store, entry: Entry, shelf: Shelf) -> bool:
    digest = hashlib.sha256()
    for piece in store.pieces(entry.name, shelf):
        digest.update(piece)
    return digest.hexdigest() == entry.name


class _Notes:
    """Keys that were compared in the target, one a line, for these two places alone."""

    def __init__(self, path: Path, source: Store, target: Store) -> None:
        self.path = path
        head = f"{source.name} → {target.name}"
        lines = path.read_text().splitlines() if path.is_file() else []
        if lines[:1] != [head]:
            path.write_text(f"{head}\n")
            lines = []
        self.keys = set(lines[1:])

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    def add(self, key: str) -> None:
        if key not in self.keys:
            self.keys.add(key)
            with self.path.open("a") as file:
                file.write(f"{key}\n")

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
