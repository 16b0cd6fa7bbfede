"""Small tables for tests: rows in, rows out, without files in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from songloom.library.exchange.entering import Entered, enter
from songloom.library.exchange.entries import Entry, entry_of
from songloom.library.exchange.reading import Record, cells_of
from songloom.library.exchange.rows import Row, rows_of
from songloom.library.exchange.writing import write
from songloom.library.models import Track, User


def entry(line: int = 2, /, **said: Any) -> Entry:
    """One row that is as it should be."""
    found = entry_of(Record(line, cells_of(said)))
    assert isinstance(found, Entry), found
    return found


def entered(owner: User, *rows: dict[str, Any]) -> Entered:
    return enter([entry(line, **row) for line, row in enumerate(rows, start=2)], owner)


def rows(viewer: User) -> list[Row]:
    return list(rows_of(Track.objects.visible_to(viewer), viewer))


def exported(viewer: User, folder: Path, name: str = "out.csv", **how: Any) -> bytes:
    path = folder / name
    write(rows_of(Track.objects.visible_to(viewer), viewer), path, **how)
    return path.read_bytes()
