"""What a query matched in a title: letters as marks, Chinese by sound, pinyin above it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.interfaces.web.highlight import Piece, pieces, spoken


def marked(title: str, *words: str) -> list[tuple[str, str]]:
    """(text, pinyin) of what is marked."""
    return [(one.text, one.pinyin) for one in pieces(title, words) if one.is_match]


@pytest.mark.parametrize(
    ("title", "word", "expected"),
    [
        ("春江花月夜", "yue", [("月", "yuè")]),
        ("青花瓷", "qhc", [("青", "qīng"), ("花", "huā"), ("瓷", "cí")]),
        ("青花瓷", "qinghuaci", [("青", "qīng"), ("花", "huā"), ("瓷", "cí")]),
        ("青花瓷", "hua", [("花", "huā")]),
        ("青花瓷", "huac", [("花", "huā"), ("瓷", "cí")]),
        ("青花瓷", "花瓷", [("花瓷", "")]),
        ("Paper Boats", "boat", [("Boat", "")]),
        ("Paper Boats", "BOAT", [("Boat", "")]),
        ("平湖秋月 live", "live", [("live", "")]),
        ("青花瓷", "xyz", []),
        ("Paper Boats", "yue", []),
    ],
)
def test_what_a_word_matched_is_marked(
    title: str, word: str, expected: list[tuple[str, str]]
) -> None:
    assert marked(title, word) == expected


def test_several_words_are_marked_each_where_it_matched() -> None:
    assert marked("春江花月夜", "chun", "yue") == [("春", "chūn"), ("月", "yuè")]


def test_pinyin_stands_only_above_what_it_matched() -> None:
    unmarked = [one for one in pieces("春江花月夜", ["yue"]) if not one.is_match]
    assert {one.pinyin for one in unmarked} == {""}


def test_neighbours_that_are_alike_are_one_piece() -> None:
    assert pieces("Paper Boats", ["boats"]) == [Piece("Paper "), Piece("Boats", is_match=True)]


def test_a_chinese_title_is_said_with_tones() -> None:
    assert spoken("采茶灯") == "cǎi chá dēng"
    assert spoken("出海 live") == "chū hǎi"


@given(st.text(max_size=40), st.lists(st.text(max_size=6), max_size=3))
def test_the_pieces_are_the_title_whatever_was_asked(title: str, words: list[str]) -> None:
    assert "".join(one.text for one in pieces(title, words)) == title
