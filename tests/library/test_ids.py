"""Ids sort by time; keys make spellings of one name equal; text is what every client can hold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.library.ids import TURNS, clean_lines, clean_text, name_key, uuid7


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [uuid7() for _ in range(200)]
    assert sorted(made) == made
    assert {one.version for one in made} == {7}


def test_case_width_and_spaces_do_not_make_another_name() -> None:
    assert name_key("Ｄａｆｔ  Punk") == name_key("daft punk")
    assert name_key("周杰伦") != name_key(
        "周杰倫"
    )  # two scripts are two spellings; search folds them


def test_two_parts_are_not_one_joined_part() -> None:
    assert name_key("a", "b") != name_key("ab")
    assert name_key("a", "") != name_key("a")


@given(st.text())
def test_clean_text_is_composed_short_and_free_of_controls(text: str) -> None:
    clean = clean_text(text, 20)
    assert len(clean) <= 20
    assert unicodedata.normalize("NFC", clean) == clean
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in clean)
    assert clean_text(clean, 20) == clean


def test_a_decomposed_name_and_a_composed_one_are_the_same_text() -> None:
    assert clean_text("Cafe\u0301", 99) == clean_text("Café", 99) == "Café"


def test_lone_surrogates_and_nul_are_dropped() -> None:
    assert clean_text("a\ud800b\x00c", 99) == "abc"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("one\ntwo", "one two"),
        ("one\r\ntwo\rthree", "one two three"),
        ("one\t\ttwo", "one two"),
        ("one\x85two\u2028three\u2029four", "one two three four"),
        ("\x1b[31mred\x9b\x7f", "[31mred"),
        ("\nname\n", "name"),
    ],
)
def test_a_name_is_one_line(text: str, line: str) -> None:
    assert clean_text(text, 99) == line


def test_lyrics_keep_their_lines_and_lose_other_controls() -> None:
    assert clean_lines("one\r\ntwo\rthree\u2028four\n\tfive\x00\x9b", 99) == (
        "one\ntwo\nthree\nfour\n\tfive"
    )


@pytest.mark.parametrize(
    "text",
    [
        "\u202eevil",
        "a\u202a\u202e\u202cb",
        "a\u2069b",
        "\u2066a\u202cb",
        "\u202a\u2066a\u202c\u2069",
    ],
)
def test_a_mark_that_turns_the_direction_for_good_goes(text: str) -> None:
    assert not TURNS.search(clean_text(text, 99))


@pytest.mark.parametrize("text", ["\u2067שלום\u2069 live", "a \u202bb\u2066c\u2069\u202c d"])
def test_one_that_is_taken_back_stays(text: str) -> None:
    assert clean_text(text, 99) == text


def test_a_cut_takes_the_pair_away_too() -> None:
    assert clean_text("\u2067" + "a" * 20 + "\u2069", 10) == "a" * 9


MARKED = st.text(st.sampled_from("aé \n\t\x00\x85e\u0301\u202a\u202c\u202e\u2066\u2069\ud800"))


@given(text=MARKED, longest=st.integers(1, 30))
def test_a_line_is_a_line_however_often_it_is_cleaned(text: str, longest: int) -> None:
    line = clean_text(text, longest)
    assert clean_text(line, longest) == line
    assert len(line.splitlines()) <= 1
    assert len(line) <= longest
    assert unicodedata.normalize("NFC", line) == line
