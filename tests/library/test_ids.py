"""Ids sort by time; keys make spellings of one name equal; text is what every client can hold."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from songloom.library.ids import clean_text, name_key, uuid7


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
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in clean)
    assert clean_text(clean, 20) == clean


def test_a_decomposed_name_and_a_composed_one_are_the_same_text() -> None:
    assert clean_text("Cafe\u0301", 99) == clean_text("Café", 99) == "Café"


def test_lone_surrogates_and_nul_are_dropped() -> None:
    assert clean_text("a\ud800b\x00c", 99) == "abc"
