"""Records as entries: what a row says, and by what it is known again."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.library.exchange.entries import Entry, entries, entry_of
from songloom.library.exchange.reading import DAMAGED, Flaw, Record, cells_of
from tests.library.exchange.tables import entry


def flaws(**said: Any) -> list[Flaw]:
    found = entry_of(Record(7, cells_of(said)))
    assert isinstance(found, list)
    return found


def test_every_bad_cell_of_a_row_is_told_with_line_column_and_reason() -> None:
    found = flaws(标题="x", 时长="long", 发行日期="soon")
    assert [(f.line, f.column, f.code) for f in found] == [
        (7, "时长", "bad_number"),
        (7, "发行日期", "bad_date"),
    ]
    assert found[0].document().keys() == {"line", "column", "code", "message"}


def test_damaged_text_is_told() -> None:
    (flaw,) = flaws(title=f"a{DAMAGED}b")
    assert (flaw.column, flaw.code) == ("title", "bad_text")


def test_a_row_that_names_nothing_is_told() -> None:
    (flaw,) = flaws(genres="jazz")
    assert (flaw.column, flaw.code) == ("", "bad_row")


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ({"专辑名": "我很忙", "艺术家": "周杰伦"}, "我很忙"),
        ({"艺术家": "周杰伦; 王菲"}, "周杰伦"),
        ({"发行日期": "2003"}, "2003"),
        ({"频率": "440", "时长": "3"}, "440 Hz"),
        ({"时长": "3:20"}, "200 s"),
    ],
)
def test_a_table_without_titles_lends_a_name(said: dict[str, str], title: str) -> None:
    assert entry(**said).said["title"] == title


def test_rows_are_the_same_when_title_artists_and_album_are() -> None:
    first = entry(title="青花瓷", artists="周杰伦", album="我很忙", duration="3:58")
    assert (
        entry(title="青花瓷 ", artists="周杰伦", album="我很忙", duration="4:00").key == first.key
    )
    assert entry(title="青花瓷", artists="周杰伦", album="别的").key != first.key
    assert entry(title="青花瓷", artists="别人", album="我很忙").key != first.key


def test_rows_without_a_title_are_the_same_when_all_they_say_is() -> None:
    one = {"专辑名": "我很忙", "频率": "440"}
    assert entry(**one).key == entry(**one).key
    assert entry(**one).key != entry(**{**one, "频率": "441"}).key


def test_an_id_of_ours_is_kept_and_one_of_others_is_left_out() -> None:
    ours = "01920000-0000-7000-8000-000000000001"
    assert str(entry(title="x", id=ours).id) == ours
    assert entry(title="x", id="42").id is None


def test_the_sound_stands_beside_what_is_said() -> None:
    found = entry(文件="a.ogg")
    assert (found.audio, found.audio_title, found.said) == ("a.ogg", "文件", {})


def test_flaws_pass_through() -> None:
    flaw = Flaw(3, "", "bad_row", "x")
    first, second = entries([flaw, Record(4, cells_of({"title": "x"}))])
    assert first == [flaw]
    assert isinstance(second, Entry)
