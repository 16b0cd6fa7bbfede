"""Tables of other programs, record by record: encoding, separator and header are found out.

Memory holds one record, however large the file. What cannot be read is a `Flaw` in its place.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from songloom.errors import BadRow, BadTable, BadValue, EmptyFile, NoSuchFile
from songloom.library.exchange.columns import Column, named

MOST_CELL = 1 << 20  # characters of one cell
MOST_LINE = 4 << 20  # characters of one physical line
SAMPLE = 1 << 16
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "big5",
             "shift_jis", "cp1252", "latin-1")  # fmt: skip
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DAMAGED = "\udcff"  # where bytes are no text: a character that no text has
codecs.register_error("songloom-damaged", lambda exc: (DAMAGED, exc.end))  # type: ignore[attr-defined]
csv.field_size_limit(MOST_CELL)


@dataclass(frozen=True)
class Head:
    """One column of a file: as it is called there, what it means here, in which unit."""

    title: str
    column: Column
    unit: str = ""


@dataclass(frozen=True)
class Record:
    """One row: its physical line (the first, where it has several) and its known cells."""

    line: int
    cells: list[tuple[Head, Any]]
    comma: bool = False


@dataclass(frozen=True)
class Flaw:
    """A row, or a cell of it, that cannot be taken."""

    line: int
    column: str
    code: str
    message: str

    def document(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "message": self.message,
        }


@dataclass
class Table:
    """A file that was opened: its records, and the columns that nobody knows."""

    records: Iterator[Record | Flaw]
    ignored: list[str] = field(default_factory=list)


def opened(path: Path, encoding: str = "") -> Table:
    """The records of a file, its kind told by its content.

    Raises NoSuchFile, EmptyFile, BadTable, BadValue for an unknown encoding, MissingExtra.
    """
    if encoding and encoding.lower() not in ENCODINGS:
        raise BadValue(f"{encoding[:20]!r} is none of {', '.join(ENCODINGS)}")
    try:
        with path.open("rb") as file:
            start = file.read(SAMPLE)
    except OSError as exc:
        raise NoSuchFile(f"cannot be read ({exc.strerror})") from exc
    if not start.strip():
        raise EmptyFile("the table is empty")
    if start.startswith(b"PAR1"):
        from songloom.library.exchange import parquet

        return parquet.opened(path)
    found = encoding.lower() or encoding_of(path, start)
    text = start.decode(found, "ignore").lstrip("\ufeff \r\n\t")
    return _json_lines(path, found) if text.startswith("{") else _csv(path, found)


def encoding_of(path: Path, start: bytes) -> str:
    """By its mark, by where its zeros stand, else by what can read all of it."""
    for bom, name in BOMS:
        if start.startswith(bom):
            return name
    odd, even = start[1::2].count(0), start[0::2].count(0)
    if odd > 4 * even or even > 4 * odd:
        return "utf-16-le" if odd > even else "utf-16-be"
    return next((name for name in ("utf-8", "gb18030") if _reads(path, name)), "utf-8")


def _reads(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file, suppress(UnicodeDecodeError):
        while chunk := file.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
        return True
    return False


class Lines:
    """The physical lines of a file, counted; one without end is cut and noted."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._text = TextIOWrapper(file, encoding, errors="songloom-damaged", newline="")
        self.n = 0
        self.is_over = False
        self.is_too_long = False

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MOST_LINE)
        if not line:
            self.is_over = True
            raise StopIteration
        self.n += 1
        if len(line) == MOST_LINE and not line.endswith(("\n", "\r")):
            self.is_too_long = True
            while line and not line.endswith(("\n", "\r")):
                line = self._text.readline(MOST_LINE)
            return "\n"
        return line.lstrip("\ufeff") if self.n == 1 else line


def _csv(path: Path, encoding: str) -> Table:
    delimiter, n_before = _layout(path, encoding)
    rows = _rows(path, encoding, delimiter, n_before)
    _, first = next(rows, (1, []))
    titles = first if isinstance(first, list) else []
    heads = _heads(titles)
    if not any(heads):
        known = "艺术家, 专辑名, title, artists, album, duration …"
        raise BadTable(f"no column is known; known are {known}")
    ignored = [title for title, head in zip(titles, heads, strict=True) if head is None and title]
    return Table(_records(rows, heads, comma=delimiter == ";"), ignored)


def _layout(path: Path, encoding: str) -> tuple[str, int]:
    """The separator under which the most columns are known, and the lines before the header."""
    with path.open("rb") as file:
        lines = Lines(file, encoding)
        first = next(lines, "")
        if first.lower().startswith("sep=") and len(first.strip()) <= 5:
            return first[4:5].strip("\r\n") or "\t", 1
        sample = [first, *(line for _, line in zip(range(20), lines, strict=False))]

    def known(delimiter: str) -> tuple[int, int]:
        with suppress(csv.Error, StopIteration):
            titles = next(row for row in csv.reader(sample, delimiter=delimiter) if any(row))
            return sum(head is not None for head in _heads(titles)), len(titles)
        return 0, 0

    return max(DELIMITERS, key=known), 0


def _heads(titles: list[str]) -> list[Head | None]:
    """Each column once: of two that mean the same, the first."""
    heads: list[Head | None] = []
    for title in titles:
        found = None if DAMAGED in title else named(title)
        is_new = found and all(head is None or head.column != found[0] for head in heads)
        heads.append(Head(title.strip(), *found) if found and is_new else None)
    return heads


def _rows(
    path: Path, encoding: str, delimiter: str, n_before: int
) -> Iterator[tuple[int, list[str] | BadRow]]:
    """(physical line, cells or what is wrong), blank rows left out."""
    with path.open("rb") as file:
        lines = Lines(file, encoding)
        for _ in range(n_before):
            next(lines, "")
        reader = csv.reader(lines, delimiter=delimiter)
        while not lines.is_over:
            at, lines.is_too_long = lines.n + 1, False
            try:
                row = next(reader, None)
            except csv.Error as exc:
                yield at, BadRow(f"cannot be told into cells: {exc}")
                continue
            if lines.is_too_long:
                yield at, BadRow(f"a line of this row has more than {MOST_LINE:,} characters")
            elif row is not None and lines.is_over:
                yield at, BadRow("a quote that begins in this row is not closed")
            elif row:
                yield at, row


def _records(
    rows: Iterable[tuple[int, list[str] | BadRow]], heads: list[Head | None], *, comma: bool
) -> Iterator[Record | Flaw]:
    for line, row in rows:
        if isinstance(row, BadRow):
            yield Flaw(line, "", row.code, str(row))
        elif any(cell.strip() for cell in row[len(heads) :]):
            words = f"has {len(row)} cells; the header has {len(heads)}"
            yield Flaw(line, "", BadRow.code, words)
        elif any(cell.strip() for cell in row):
            pairs = zip(heads, row, strict=False)
            yield Record(line, [(head, cell) for head, cell in pairs if head], comma)


def _json_lines(path: Path, encoding: str) -> Table:
    return Table(_objects(path, encoding))


def _objects(path: Path, encoding: str) -> Iterator[Record | Flaw]:
    with path.open("rb") as file:
        lines = Lines(file, encoding)
        for line in lines:
            if line.strip():
                yield _object(lines.n, line)


def _object(at: int, line: str) -> Record | Flaw:
    try:
        found = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return Flaw(at, "", BadRow.code, "this line is no JSON object")
    if not isinstance(found, dict):
        return Flaw(at, "", BadRow.code, "this line is no JSON object")
    return Record(at, cells_of(found))


def cells_of(document: dict[str, Any]) -> list[tuple[Head, Any]]:
    """The known fields of a document."""
    heads = _heads(list(document))
    pairs = zip(heads, document.values(), strict=True)
    return [(head, value) for head, value in pairs if head]


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
