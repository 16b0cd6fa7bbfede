"""What was measured of many files, as one document or one table; a row at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from songloom.core.features import FEATURES_VERSION, SCALARS
from songloom.errors import BadValue
from songloom.interfaces.cli.output import printable
from songloom.library.exchange import cells, writing
from songloom.library.exchange.columns import COLUMNS, Column

Measured = Iterable[tuple[str, dict[str, Any]]]
OF_A_LIBRARY = ("id", "tags", "is_generated", "prompt", "lineage")  # a file alone has none
ERROR = Column("error", "text", "错误")
TABLE = (
    Column("path", "audio"),  # a table that is imported brings its files with it
    *(column for column in COLUMNS if column.name not in OF_A_LIBRARY),
    ERROR,
)
BY_TAG = [column for column in TABLE if not column.is_feature and column.kind != "audio"]
TAGS = {"artists": "artist", "genres": "genre"}  # columns that tags call otherwise


class Counted:
    """Rows on their way out; what could be measured and what was refused."""

    def __init__(self, rows: Measured, *, lists_refused: bool = False) -> None:
        self._rows, self._lists_refused = rows, lists_refused
        self.n = self.n_measured = 0
        self.refused: list[dict[str, str]] = []

    def __iter__(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for path, row in self._rows:
            self.n += 1
            self.n_measured += not row["error"]
            if row["error"] and self._lists_refused:
                self.refused.append({"path": path, **row["error"]})
            yield path, row


def json_pieces(rows: Measured, between: str = "") -> Iterator[str]:
    """One object, a file at a time."""
    yield '{"files": ['
    comma = ""
    for path, row in rows:
        document = {
            "path": path,
            "features_version": FEATURES_VERSION,
            **{name: row[name] for name in ("features", "reasons", "error")},
        }
        yield comma + between + json.dumps(document, ensure_ascii=False, allow_nan=False)
        comma = ", " if not between else ","
    yield f"{between}]}}\n"


def csv_pieces(rows: Measured, header: str) -> Iterator[str]:
    return writing.text_pieces(map(table_row, rows), "csv", header=header, columns=TABLE)


def table_row(row: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """One file as a row of the table."""
    path, found = row
    made: dict[str, Any] = {column.name: None for column in TABLE}
    made |= {name: found["features"].get(name) for name in SCALARS}
    for column in BY_TAG:
        if values := found["tags"].get(TAGS.get(column.name, column.name)):
            made[column.name] = _tag(column, values)
    error = found["error"]
    return {**made, "path": printable(path), "error": error and error["message"]}


def _tag(column: Column, values: list[str]) -> Any:
    """What a tag says, as the column holds it; None for what it cannot."""
    if column.kind == "names":
        return values
    try:
        return cells.value_of(column, values[0])
    except BadValue:
        return None


def write(rows: Measured, out: Path, form: str, header: str) -> None:
    """Into a file whose name appears only when all is written."""
    if form != "json":
        writing.write(map(table_row, rows), out, form=form, header=header, columns=TABLE)
        return
    draft = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8", errors="replace") as file:
            file.writelines(json_pieces(rows, between="\n"))
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
