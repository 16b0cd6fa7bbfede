"""Rows → files: CSV, JSON lines, Parquet. Pieces come one by one; memory holds a batch."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from songloom.errors import BadValue
from songloom.library.exchange.columns import COLUMNS, titles
from songloom.library.exchange.rows import Row
from songloom.library.exchange.spelling import cell
from songloom.library.storage.local import as_error

FORMATS = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl",
           ".parquet": "parquet"}  # fmt: skip
TEXT_FORMATS = ("csv", "tsv", "jsonl")
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
ROWS_AT_ONCE = 200
Progress = Callable[[int], None]


def format_of(path: Path) -> str:
    """By the ending of the name. Raises BadValue."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise BadValue(f"{path.name[-40:]} ends in none of {', '.join(FORMATS)}")
    return found


def text_pieces(rows: Iterable[Row], form: str, *, header: str = "zh") -> Iterator[str]:
    """A table as text. Raises BadValue for a form or a header that there is none of."""
    if form not in TEXT_FORMATS:
        raise BadValue(f"{form[:20]!r} is none of {', '.join(TEXT_FORMATS)}")
    return _json_lines(rows) if form == "jsonl" else _csv(rows, titles(header), form)


def _csv(rows: Iterable[Row], header: list[str], form: str) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t" if form == "tsv" else ",", lineterminator="\n")
    writer.writerow(header)
    for n, row in enumerate(rows, start=1):
        writer.writerow([cell(column, row[column.name]) for column in COLUMNS])
        if n % ROWS_AT_ONCE == 0:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _json_lines(rows: Iterable[Row]) -> Iterator[str]:
    names = [column.name for column in COLUMNS]
    for row in rows:
        ordered = {name: row[name] for name in names}
        yield json.dumps(ordered, ensure_ascii=False, allow_nan=False) + "\n"


def write(rows: Iterable[Row], path: Path, *, header: str = "zh", encoding: str = "utf-8") -> int:
    """Write a table to a file, its kind by its ending; returns how many rows it has.

    The name appears only when all is written. Raises BadValue, MissingExtra, DiskFull, StorageAway.
    """
    form = format_of(path)
    if encoding not in ENCODINGS:
        raise BadValue(f"{encoding[:20]!r} is none of {', '.join(ENCODINGS)}")
    counted = Counted(rows)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if form == "parquet":
            from songloom.library.exchange import parquet

            parquet.write(counted, draft)
        else:
            pieces = text_pieces(counted, form, header=header)
            with draft.open("w", encoding=encoding, newline="") as file:
                file.writelines(pieces)
        draft.replace(path)
    except OSError as exc:
        raise as_error(exc) from exc
    finally:
        draft.unlink(missing_ok=True)
    return counted.n


class Counted:
    """Counts what passes."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.n = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.n += 1
            yield row
