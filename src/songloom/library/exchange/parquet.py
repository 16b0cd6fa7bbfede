"""Parquet, by the extra `[parquet]`: columns with types, the names of the English header."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songloom.errors import BadTable, MissingExtra
from songloom.library.exchange.columns import COLUMNS, Column
from songloom.library.exchange.reading import Flaw, Record, Table, cells_of

if TYPE_CHECKING:  # a table of files is written without Django
    from songloom.library.exchange.rows import Row

ROWS = 5_000  # of one group
NUMBERS = ("seconds", "hertz", "number")


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra("Parquet needs an extra: pip install 'songloom[parquet]'") from None
    return pyarrow


def _schema(arrow: Any, columns: Sequence[Column]) -> Any:
    def kind(column: Column) -> Any:
        if column.kind in NUMBERS:
            return arrow.float64()
        if column.kind in ("names", "tags"):
            return arrow.list_(arrow.string())
        return {"count": arrow.int64(), "flag": arrow.bool_()}.get(column.kind, arrow.string())

    return arrow.schema([(column.name, kind(column)) for column in columns])


def write(rows: Iterable[Row], path: Path, columns: Sequence[Column] = COLUMNS) -> None:
    arrow = _pyarrow()
    schema = _schema(arrow, columns)
    with arrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append(_flat(row))
            if len(batch) == ROWS:
                writer.write_table(arrow.Table.from_pylist(batch, schema))
                batch = []
        if batch:
            writer.write_table(arrow.Table.from_pylist(batch, schema))


def _flat(row: Row) -> dict[str, Any]:
    lineage = row.get("lineage")
    told = json.dumps(lineage, ensure_ascii=False, sort_keys=True) if lineage else None
    return {**row, "lineage": told}


def opened(path: Path) -> Table:
    """Lines are numbered as in a table of text: the header would be the first."""
    arrow = _pyarrow()
    try:
        file = arrow.parquet.ParquetFile(path)
        names = list(file.schema_arrow.names)
    except (arrow.ArrowException, OSError) as exc:
        raise BadTable("this is no Parquet file that can be read") from exc
    known = {head.title for head, _ in cells_of(dict.fromkeys(names))}
    if not known:
        raise BadTable("no column of this Parquet file is known")
    return Table(_records(arrow, file), [name for name in names if name not in known])


def _records(arrow: Any, file: Any) -> Iterator[Record | Flaw]:
    line = 1
    try:
        for batch in file.iter_batches(batch_size=ROWS):
            for row in batch.to_pylist():
                line += 1
                yield Record(line, cells_of({n: _plain(value) for n, value in row.items()}))
    except (arrow.ArrowException, OSError, ValueError):
        yield Flaw(line + 1, "", BadTable.code, "the rest of this file cannot be read")


def _plain(value: Any) -> Any:
    """What JSON has no kind for (dates, decimals) as text; NaN is nothing."""
    if isinstance(value, float) and value != value:
        return None
    return value if isinstance(value, str | int | float | bool | list | None) else str(value)
