"""Chips and the raw query say the same: one part, one chip."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from songloom.interfaces.web.chips import chips, field_name, parts, words_of

QUERY = "yue tempo:60..100 -live key:Am"


def test_each_part_of_a_query_is_one_chip() -> None:
    made = chips(QUERY)
    assert [chip.raw for chip in made] == ["yue", "tempo:60..100", "-live", "key:Am"]
    assert [chip.kind for chip in made] == ["word", "filter", "excluded", "filter"]


def test_taking_a_chip_away_leaves_the_others_as_they_were_written() -> None:
    for chip in chips(QUERY):
        left = [other.raw for other in chips(QUERY) if other.raw != chip.raw]
        assert parts(chip.without) == left


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("tempo:60..100", "60–100 BPM"),
        ("tempo:>=120", "≥ 120 BPM"),
        ("loudness:<-16", "≤ −16 LUFS"),
        ("duration:>3m", "≥ 3:00"),
        ("duration:90s..2m", "1:30–2:00"),
        ("year:2003", "2003"),
        ("ai:yes", "yes"),
        ("starred:no", "no"),
        ("added:<30d", "≤ 30 days ago"),
        ("played:>90d", "≥ 90 days ago"),
        ("plays:3..9", "3–9"),
    ],
)
def test_a_condition_says_its_range_with_its_unit(raw: str, text: str) -> None:
    (chip,) = chips(raw)
    assert chip.kind == "filter"
    assert chip.text == text


@pytest.mark.parametrize(
    ("raw", "english", "chinese"),
    [
        ("key:Bb", "B♭", "B♭"),
        ("key:A#", "A♯", "A♯"),
        ("key:b♭m", "B♭ minor", "B♭ 小调"),
        ('key:"Db major"', "D♭ major", "D♭ 大调"),
        ("key:B", "B", "B"),
        ("key:Cb", "C♭", "C♭"),
        ("key:Am", "A minor", "A 小调"),
        ("key:6B", "B♭ major", "B♭ 大调"),
        ("调:降B", None, None),
    ],
)
def test_a_key_is_spelled_as_it_was_written(
    raw: str, english: str | None, chinese: str | None
) -> None:
    (chip,) = chips(raw)
    if english is None:
        assert "A#" not in chip.text
        return
    assert (chip.kind, chip.text) == ("filter", english)
    with override("zh-hans"):
        (chip,) = chips(raw)
    assert chip.text == chinese


def test_a_negated_condition_says_so() -> None:
    (chip,) = chips("-genre:live")
    assert chip.name == "not: Genre"


def test_a_condition_that_makes_no_sense_is_shown_as_not_understood() -> None:
    made = chips("tempo:fast")
    assert [chip.kind for chip in made] == ["invalid"]
    assert made[0].raw == "tempo:fast"


def test_names_of_fields_are_chinese_where_the_reader_is() -> None:
    with override("zh-hans"):
        assert field_name("tempo_bpm") == "速度"
        assert field_name("key") == "调"
        (chip,) = chips("速度:60..100")
    assert chip.name == "速度"


def test_a_field_without_words_keeps_its_own_name() -> None:
    assert field_name("something_new") == "something_new"


def test_the_words_of_a_query_are_those_that_titles_are_searched_for() -> None:
    assert words_of('yue "quoted phrase" tempo:60..90 -live') == ["yue", "quoted phrase"]


def test_a_quoted_phrase_is_one_chip() -> None:
    made = chips('"slow weather" rain')
    assert [chip.raw for chip in made] == ['"slow weather"', "rain"]


@pytest.mark.parametrize("query", ["", "   ", "\n\t"])
def test_an_empty_query_has_no_chips(query: str) -> None:
    assert chips(query) == []
    assert words_of(query) == []


@given(st.text(max_size=80))
def test_no_query_is_an_error(query: str) -> None:
    for chip in chips(query):
        assert chip.raw in query
        assert chip.kind in ("word", "filter", "excluded", "invalid")
        assert len(parts(chip.without)) < len(parts(query)) or chip.without == ""
