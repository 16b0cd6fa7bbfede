"""What was asked for and what is measured already, on the disk: a hundred thousand files, no list.

    with Ledger(path) as ledger:
        ledger.want("music/a.ogg", "/home/me/music/a.ogg", size_bytes, modified_ns)
        asked = ledger.take()            # the next that is not measured, or None
        ledger.keep(asked, row)          # within a second on the disk: no later run takes it again
        for shown, row in ledger.rows(): # in the order in which they were asked for

A file is known again by its path, size, time of change and the version of the features.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from songloom.core.features import FEATURES_VERSION

BUSY_S = 20.0
WRITE_EVERY_S = 1.0  # a disk takes some 10 ms for each; a kill loses no more than this
PAGE = 200  # rows read at once
MISSING = -1  # the size of what is not there
TABLES = """
CREATE TABLE IF NOT EXISTS measured (
  path BLOB PRIMARY KEY, size_bytes INTEGER, modified_ns INTEGER, version INTEGER,
  is_final INTEGER, row BLOB
) WITHOUT ROWID;
CREATE TEMP TABLE asked (
  n INTEGER PRIMARY KEY, shown BLOB, path BLOB, size_bytes INTEGER, modified_ns INTEGER
);
"""
KNOWN = """EXISTS (SELECT 1 FROM measured m WHERE m.path = a.path AND m.size_bytes = a.size_bytes
  AND m.modified_ns = a.modified_ns AND m.version = ? AND m.is_final)"""
NEXT = f"SELECT n, shown, path, size_bytes, modified_ns FROM asked a WHERE n > ? AND NOT {KNOWN} ORDER BY n LIMIT 1"  # noqa: S608, E501
LEFT = f"SELECT count(*) FROM asked a WHERE NOT {KNOWN}"  # noqa: S608
ROWS = """SELECT a.n, a.shown, m.row FROM asked a JOIN measured m ON m.path = a.path
  WHERE a.n > ? ORDER BY a.n LIMIT ?"""


@dataclass(frozen=True)
class Asked:
    """One file to measure."""

    n: int
    shown: str  # as the user named it
    path: str
    size_bytes: int
    modified_ns: int


class Ledger:
    """Safe to use from several threads, and from several processes at once."""

    def __init__(self, path: Path | None) -> None:
        """In this file, made if it is not there; None: for this run alone."""
        self._lock = threading.Lock()
        self._taken = 0
        self._pending: list[tuple[object, ...]] = []
        self._written_s = 0.0
        self._db = _opened(path)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._write()
        self._db.close()

    def want(self, shown: str, path: str, size_bytes: int, modified_ns: int) -> None:
        """Ask for one more file."""
        row = (os.fsencode(shown), os.fsencode(path), size_bytes, modified_ns)
        self._db.execute(
            "INSERT INTO asked (shown, path, size_bytes, modified_ns) VALUES (?, ?, ?, ?)", row
        )

    def forget(self) -> None:
        """Measure anew what was asked for."""
        self._db.execute("DELETE FROM measured WHERE path IN (SELECT path FROM asked)")
        self._db.commit()

    def counts(self) -> tuple[int, int]:
        """How many are asked for, and how many of them are left."""
        with self._lock:
            self._write()
        (n_all,) = self._db.execute("SELECT count(*) FROM asked").fetchone()
        (n_left,) = self._db.execute(LEFT, (FEATURES_VERSION,)).fetchone()
        return n_all, n_left

    def take(self) -> Asked | None:
        """The next that is not measured; each is given out once."""
        with self._lock:
            row = self._db.execute(NEXT, (self._taken, FEATURES_VERSION)).fetchone()
            if row is None:
                return None
            self._taken = row[0]
        return Asked(row[0], os.fsdecode(row[1]), os.fsdecode(row[2]), row[3], row[4])

    def keep(self, asked: Asked, row: dict[str, Any], *, is_final: bool = True) -> None:
        """Write down what was measured; what is not final is tried again by the next run."""
        packed = zlib.compress(json.dumps(row, allow_nan=False).encode(), 1)
        values = (
            *(os.fsencode(asked.path), asked.size_bytes, asked.modified_ns),
            *(FEATURES_VERSION, is_final, packed),
        )
        with self._lock:
            self._pending.append(values)
            if time.monotonic() - self._written_s >= WRITE_EVERY_S:
                self._write()

    def _write(self) -> None:
        with self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO measured VALUES (?,?,?,?,?,?)", self._pending
            )
        self._pending.clear()
        self._written_s = time.monotonic()

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(as the user named it, what was kept) of all that were asked for; memory holds a page."""
        with self._lock:
            self._write()
        last = 0
        while page := self._db.execute(ROWS, (last, PAGE)).fetchall():
            for last, shown, packed in page:  # noqa: B007
                yield os.fsdecode(shown), json.loads(zlib.decompress(packed))


def _opened(path: Path | None) -> sqlite3.Connection:
    """The database; what is none, or of another shape, is begun anew: it can be measured again."""
    if path is None:
        return _with_tables("")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _with_tables(str(path))
    except sqlite3.OperationalError:  # locked, or the disk: not its content
        raise
    except sqlite3.DatabaseError:
        path.unlink()
        return _with_tables(str(path))


def _with_tables(name: str) -> sqlite3.Connection:
    db = sqlite3.connect(name, timeout=BUSY_S, check_same_thread=False)
    try:
        db.executescript(TABLES)
    except sqlite3.Error:
        db.close()
        raise
    return db
