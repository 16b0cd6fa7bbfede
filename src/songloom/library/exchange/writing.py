"""Rows → files: CSV, JSON lines, Parquet. Pieces come one by one; memory holds a batch."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from songloom.errors import BadValue
from songloom.library.exchange.columns import COLUMNS, Column, titles
from songloom.library.exchange.spelling import cell

if TYPE_CHECKING:  # a table of files is written without Django
    from songloom.library.exchange.rows import Row

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


def text_pieces(
    rows: Iterable[Row], form: str, *, header: str = "zh", columns: Sequence[Column] = COLUMNS
) -> Iterator[str]:
    """A table as text. Raises BadValue for a form or a header that there is none of."""
    if form not in TEXT_FORMATS:
        raise BadValue(f"{form[:20]!r} is none of {', '.join(TEXT_FORMATS)}")
    if form == "jsonl":
        return _json_lines(rows, columns)
    return _csv(rows, titles(header, columns), form, columns)


def _csv(
    rows: Iterable[Row], header: list[str], form: str, columns: Sequence[Column]
) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t" if form == "tsv" else ",", lineterminator="\n")
    writer.writerow(header)
    for n, row in enumerate(rows, start=1):
        writer.writerow([cell(column, row[column.name]) for column in columns])
        if n % ROWS_AT_ONCE == 0:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _json_lines(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[str]:
    names = [column.name for column in columns]
    for row in rows:
        ordered = {name: row[name] for name in names}
        yield json.dumps(ordered, ensure_ascii=False, allow_nan=False) + "\n"


def write(
    rows: Iterable[Row],
    path: Path,
    *,
    form: str | None = None,
    header: str = "zh",
    encoding: str = "utf-8",
    columns: Sequence[Column] = COLUMNS,
) -> int:
    """Write a table to a file, its kind by its ending if not said; returns how many rows it has.

    The name appears only when all is written. Raises BadValue, MissingExtra, DiskFull, StorageAway.
    """
    form = form or format_of(path)
    if encoding not in ENCODINGS:
        raise BadValue(f"{encoding[:20]!r} is none of {', '.join(ENCODINGS)}")
    counted = Counted(rows)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if form == "parquet":
            from songloom.library.exchange import parquet

            parquet.write(counted, draft, columns)
        else:
            pieces = text_pieces(counted, form, header=header, columns=columns)
            with draft.open("w", encoding=encoding, newline="") as file:
                file.writelines(pieces)
        draft.replace(path)
    except OSError as exc:
        from songloom.library.storage.local import as_error

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
