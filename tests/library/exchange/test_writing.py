"""Tables are written piece by piece, and a name appears only when all is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from songloom.errors import BadTable, MissingExtra, StorageAway
from songloom.library.exchange import parquet, writing
from songloom.library.exchange.columns import COLUMNS, titles
from songloom.library.exchange.reading import opened
from songloom.library.exchange.rows import Row


def row(**said: Any) -> Row:
    empty: Row = {
        column.name: [] if column.kind in ("names", "tags", "lineage") else None
        for column in COLUMNS
    }
    return {**empty, "is_generated": False, **said}


def many(n: int) -> Iterator[Row]:
    return (row(title=f"Song {place}") for place in range(n))


def test_pieces_come_before_the_last_row_is_asked_for() -> None:
    asked: list[int] = []

    def rows() -> Iterator[Row]:
        for place in range(1_000):
            asked.append(place)
            yield row(title="x")

    pieces = writing.text_pieces(rows(), "csv")
    next(pieces)
    assert len(asked) <= writing.ROWS_AT_ONCE
    assert sum(piece.count("\n") for piece in pieces) == 1_001 - writing.ROWS_AT_ONCE - 1


@pytest.mark.parametrize("n", [0, 1, writing.ROWS_AT_ONCE, 2 * writing.ROWS_AT_ONCE + 1])
def test_every_row_is_written_once(tmp_path: Path, n: int) -> None:
    for name in ("a.csv", "a.tsv", "a.jsonl", "a.ndjson", "a.parquet"):
        assert writing.write(many(n), tmp_path / name) == n
        if n:
            assert len(list(opened(tmp_path / name).records)) == n


def test_the_name_appears_only_when_all_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("before")

    def rows() -> Iterator[Row]:
        yield row(title="x")
        raise RuntimeError("the library fell over")

    with pytest.raises(RuntimeError):
        writing.write(rows(), path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageAway):
        writing.write(many(1), tmp_path / "none" / "a.csv")


def test_json_lines_have_every_field_in_order(tmp_path: Path) -> None:
    writing.write([row(title="青花瓷", dominant_hz=440.0, artists=["A;B"])], tmp_path / "a.jsonl")
    document = json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8"))
    assert list(document) == titles("en")
    assert (document["title"], document["dominant_hz"]) == ("青花瓷", 440.0)
    assert document["artists"] == ["A;B"]


def test_parquet_has_types(tmp_path: Path) -> None:
    import pandas as pd

    path = tmp_path / "a.parquet"
    writing.write([row(title="x", dominant_hz=440.5, tracknumber=3, artists=["A"])], path)
    frame = pd.read_parquet(path)
    assert str(frame["dominant_hz"].dtype) == "float64"
    assert frame.loc[0, "tracknumber"] == 3
    assert list(frame.loc[0, "artists"]) == ["A"]
    assert list(frame.columns) == titles("en")


def test_a_broken_parquet_file_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    writing.write(many(10), path)
    whole = path.read_bytes()
    for cut in (whole[:-20], whole[: len(whole) // 2]):
        path.write_bytes(cut)
        with pytest.raises(BadTable):
            opened(path)


def test_a_parquet_file_of_other_columns_is_no_table(tmp_path: Path) -> None:
    import pandas as pd

    path = tmp_path / "a.parquet"
    pd.DataFrame({"colour": ["blue"]}).to_parquet(path)
    with pytest.raises(BadTable, match="no column"):
        opened(path)
    pd.DataFrame({"colour": ["blue"], "title": ["x"], "时长": [float("nan")]}).to_parquet(path)
    table = opened(path)
    assert table.ignored == ["colour"]
    assert len(list(table.records)) == 1


def test_without_the_extra_it_is_said_which_one_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"pip install 'songloom\[parquet\]'"):
        writing.write(many(1), tmp_path / "a.parquet")
    with pytest.raises(MissingExtra):
        parquet.opened(tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []
