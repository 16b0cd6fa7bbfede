"""Tables of other programs: encodings, separators, headers, lines."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.errors import BadTable, BadValue, EmptyFile, NoSuchFile, SongloomError
from songloom.library.exchange import reading
from songloom.library.exchange.reading import Flaw, Record, opened

TEXT = "艺术家,专辑名,时长\n周杰伦,我很忙,3:58\n王菲,寓言,4:20\n"
Cells = dict[str, object]
Tables = Callable[..., list[Any]]


@pytest.fixture
def table(tmp_path: Path) -> Tables:
    """Write bytes to a file and read its records."""

    def make(content: bytes | str, encoding: str = "") -> list[Record | Flaw]:
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(opened(path, encoding).records)

    return make


def cells(record: Record | Flaw) -> Cells:
    assert isinstance(record, Record), record
    return {head.column.name: raw for head, raw in record.cells}


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gbk"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.rstrip("\n").encode(),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode("utf-16"),
        TEXT.replace(",", "|").encode("gbk"),
        ("sep=;\n" + TEXT.replace(",", ";")).encode("utf-8-sig"),
        ("\n\n" + TEXT).encode(),
    ],
)
def test_one_table_in_many_clothes(table: Tables, content: bytes) -> None:
    first, second = (cells(record) for record in table(content))
    assert first == {"artists": "周杰伦", "album": "我很忙", "duration_s": "3:58"}
    assert second["artists"] == "王菲"


def test_a_late_chinese_character_decides_the_encoding_too(table: Tables) -> None:
    many = "title,artists\n" + "plain,words\n" * 30_000 + "青花瓷,周杰伦\n"
    assert cells(table(many.encode("gbk"))[-1])["title"] == "青花瓷"


def test_an_encoding_can_be_named(table: Tables) -> None:
    assert cells(table("title\nCafé\n".encode("cp1252"), "cp1252")[0])["title"] == "Café"
    assert cells(table("title\n青花瓷\n".encode("big5"), "big5")[0])["title"] == "青花瓷"
    with pytest.raises(BadValue, match="none of utf-8"):
        table("title\nx\n", "rot13")


def test_lines_are_counted_as_an_editor_does(table: Tables) -> None:
    records = table('title,album\n"two\nlines",x\n\nafter,"y\r\nz"\nlast,w\n')
    assert [record.line for record in records] == [2, 5, 7]
    assert cells(records[0])["title"] == "two\nlines"


def test_a_row_with_too_many_cells_is_a_flaw_and_with_too_few_is_none(table: Tables) -> None:
    flaw, short, padded = table("title,album\na,b,c\nd\ne,f,,\n")
    assert (flaw.line, flaw.code) == (2, "bad_row")
    assert "has 3 cells" in flaw.message
    assert cells(short) == {"title": "d"}
    assert cells(padded) == {"title": "e", "album": "f"}


def test_a_quote_that_is_not_closed_is_told_where_it_begins(table: Tables) -> None:
    good, flaw = table('title,album\na,b\n"c,d\ne,f\n')
    assert cells(good)["title"] == "a"
    assert (flaw.line, flaw.code) == (3, "bad_row")
    assert "not closed" in flaw.message


def test_what_follows_a_cell_without_end_is_read_again(
    table: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    import csv

    before = csv.field_size_limit(100)
    try:
        flaw, *rest = table("title\n" + "x" * 150 + "\ngood\n")
    finally:
        csv.field_size_limit(before)
    assert (flaw.line, flaw.code) == (2, "bad_row")
    assert [cells(record)["title"] for record in rest] == ["good"]


def test_a_line_without_end_is_a_flaw_and_costs_no_memory(
    table: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_LINE", 50)
    flaw, good = table("title\n" + "x" * 500 + "\ngood\n")
    assert "more than 50 characters" in flaw.message
    assert (good.line, cells(good)["title"]) == (3, "good")


def test_damaged_bytes_are_marked_where_they_are(table: Tables) -> None:
    records = table("title,album\n好,x\n".encode() + b"\xff\xfe\xff,y\n" + "坏,z\n".encode())
    titles = [str(cells(record)["title"]) for record in records]
    assert [reading.DAMAGED in title for title in titles] == [False, True, False]


def test_of_two_columns_that_mean_the_same_the_first_counts(table: Tables) -> None:
    (record,) = table("artist,歌手,title\nA,B,C\n")
    assert cells(record) == {"artists": "A", "title": "C"}


def test_columns_that_nobody_knows_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("title,colour,,shape\na,b,c,d\n")
    assert opened(path).ignored == ["colour", "shape"]


@pytest.mark.parametrize(
    "content", [b"colour,shape\n1,2\n", b"\x89PNG\r\n\x1a\n\0\0", b"%PDF-1.7\n"]
)
def test_a_file_without_a_column_that_is_known_is_no_table(table: Tables, content: bytes) -> None:
    with pytest.raises(BadTable):
        table(content)


def test_an_empty_file_and_one_that_is_not_there_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with pytest.raises(NoSuchFile):
        opened(path)
    path.write_bytes(b" \n\r\n")
    with pytest.raises(EmptyFile):
        opened(path)


def test_a_header_alone_is_a_table_without_rows(table: Tables) -> None:
    assert table("title,album") == []


def test_json_lines_are_known_by_their_content(table: Tables) -> None:
    good, bad, other, worse = table(
        '{"title": "a", "艺术家": ["b"], "colour": 1}\n{"title": }\n\n[1]\n{"title": NaN}\n'
    )
    assert cells(good) == {"title": "a", "artists": ["b"]}
    assert [each.line for each in (bad, other, worse)] == [2, 4, 5]
    assert {each.code for each in (bad, other, worse)} == {"bad_row"}


def test_json_that_is_too_deep_is_a_flaw(table: Tables) -> None:
    (flaw,) = table('{"title": ' + "[" * 100_000 + "\n")
    assert flaw.code == "bad_row"


@given(
    content=st.binary(max_size=300), start=st.sampled_from([b"", b"title,album\n", b"{", b"PAR1"])
)
def test_any_bytes_at_all_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "table"
    path.write_bytes(start + content)
    try:
        records = list(opened(path).records)
    except SongloomError:
        return
    n_lines = content.count(b"\n") + content.count(b"\r") + start.count(b"\n") + 1
    assert all(record.line >= 1 for record in records)
    assert len(records) <= n_lines


@given(
    rows=st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=5),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    delimiter=st.sampled_from(",;\t|"),
)
def test_what_python_writes_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], encoding: str, delimiter: str
) -> None:
    import csv

    safe = [
        [cell.encode("utf-8", "ignore").decode().replace("\x00", "") for cell in row]
        for row in rows
    ]
    path = tmp_path_factory.mktemp("any") / "table.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([["标题", "专辑名"], *safe])
    read = [cells(record) for record in opened(path).records]
    told = [row for row in safe if any(cell.strip() for cell in row)]
    assert [[each["title"], each["album"]] for each in read] == told
