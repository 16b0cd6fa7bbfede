"""What a query may have meant: judged by the definition of the distance, by a reader of lines."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query import fold
from songloom.core.query.near import (
    distance,
    most_wrong,
    nearest,
    otherwise,
    sounds,
    widened,
)
from songloom.core.query.text import MOST_TERMS, Wanted, tokens
from tests.core.query.test_text import stands

WORDS = st.text("abc", max_size=6)


def holds(wanted: Wanted, *texts: str) -> bool:
    line = tokens(texts).split()
    return bool(wanted.terms) and all(
        any(stands(phrase, line) for phrase in term) for term in wanted.terms
    )


def found(query: str, *texts: str) -> bool:
    return any(holds(one, *texts) for ways in otherwise(query.split()) for one in ways)


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("青花词", ["青花瓷"]),
        ("清花瓷", ["青花瓷"]),
        ("告白汽球", ["告白气球"]),
        ("林俊捷 江南", ["林俊杰", "江南"]),
        ("周杰伦晴天", ["周杰伦", "晴天"]),
        ("周杰伦的青花瓷", ["青花瓷", "周杰伦"]),
        ("qinhuaci", ["青花瓷"]),
        ("zoujielun", ["周杰伦"]),
        ("yinlehe", ["音乐盒"]),
        ("zhongqing", ["重庆"]),
        ("zhoujielunqingtian", ["周杰伦", "晴天"]),
        ("qinghc", ["青花瓷"]),
        ("zhoujl", ["周杰伦"]),
        ("heyjude", ["Hey Jude"]),
        ("看我72bian", ["看我72变"]),
        ("lianaiing", ["恋爱ing"]),
        ("simon and garfunkel", ["Simon & Garfunkel"]),
        ("hey jude by the beatles", ["Hey Jude", "The Beatles"]),
    ],
)
def test_another_way_of_writing_finds_it(query: str, texts: list[str]) -> None:
    assert found(query, *texts)


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("青花词", ["红花油"]),
        ("the", ["Yesterday"]),
        ("花", ["话"]),  # one character sounds like too many
        ("beatels", ["Beat It", "Hells Bells"]),
        ("周杰伦晴天", ["周杰伦", "雨天"]),
        ("qinhuaci", ["晴天"]),
        ("heyjude", ["Hey Joe"]),
    ],
)
def test_what_was_not_meant_is_not_found(query: str, texts: list[str]) -> None:
    assert not found(query, *texts)


@given(st.text(max_size=40))
def test_any_query_can_be_written_otherwise(query: str) -> None:
    for ways in otherwise(query.split()):
        assert all(len(one.terms) <= 20 * MOST_TERMS for one in ways)
        assert len(ways) <= 12 * MOST_TERMS


def test_nothing_has_no_other_way() -> None:
    assert otherwise([]) == otherwise(["..."]) == []


def test_sounds_are_of_chinese_alone() -> None:
    assert "qinghuaci" in sounds("青花瓷")
    assert {"shanyichun", "danyichun"} <= set(sounds("单依纯"))
    assert sounds("花") == sounds("ピース") == sounds("beat") == []


def test_a_word_is_widened_by_what_is_near() -> None:
    near = {"beatels": ["wrdbeatles"], "月亮代表你的心": ["pinyueliangdaibiao"]}
    wanted = widened(["beatels", "help"], lambda run: near.get(run.text, []))
    assert holds(wanted, "Help! The Beatles")
    assert not holds(wanted, "Help! The Stones")
    assert holds(widened(["月亮代表你的心"], lambda run: near[run.text]), "月亮代表我的心")


# --- distance --------------------------------------------------------------------------------


def edits(word: str) -> set[str]:
    """All words one edit away, over the letters a, b, c."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    made = {a + b[1:] for a, b in halves if b}
    made |= {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
    made |= {a + x + b[1:] for a, b in halves if b for x in "abc"}
    return made | {a + x + b for a, b in halves for x in "abc"}


@given(WORDS)
def test_one_edit_is_a_distance_of_one(word: str) -> None:
    assert all(distance(word, other, 2) == (word != other) for other in edits(word))


@given(WORDS, WORDS, st.integers(0, 4))
def test_distance_is_symmetric_and_stops_at_most(one: str, other: str, most: int) -> None:
    at = distance(one, other, most)
    assert at == distance(other, one, most)
    assert (at == 0) == (one == other)
    assert at <= most + 1
    assert at == min(distance(one, other, 99), most + 1)


@given(WORDS, WORDS)
def test_no_distance_is_beyond_the_longer_word(one: str, other: str) -> None:
    assert abs(len(one) - len(other)) <= distance(one, other, 99) <= max(len(one), len(other))


@given(WORDS, st.text("abc", max_size=8))
def test_what_goes_on_is_as_near_as_its_best_beginning(one: str, other: str) -> None:
    best = min(distance(one, other[:end], 9) for end in range(len(other) + 1))
    assert distance(one, other, 9, may_go_on=True) == best


def test_nearest_takes_only_the_least_distance() -> None:
    others = ["beatles", "beetle", "needles", "stones"]
    assert nearest("beetles", others, 2) == ["beatles", "beetle"]
    assert nearest("beetlez", others, 1) == ["beetle"]
    assert nearest("queen", others, 2) == []
    assert nearest("beat", ["beatlesong"], 1) == []
    assert nearest("beta", ["beatlesong"], 1, may_go_on=True) == ["beatlesong"]


@pytest.mark.parametrize(
    ("length", "is_wide", "expected"),
    [
        (2, False, 0),
        (3, False, 1),
        (5, False, 1),
        (6, False, 2),
        (2, True, 0),
        (3, True, 1),
        (8, True, 2),
    ],
)
def test_longer_words_may_have_more_wrong_letters(
    length: int, is_wide: bool, expected: int
) -> None:
    assert most_wrong(length, is_wide=is_wide) == expected


def test_a_swap_costs_one_and_a_distant_swap_two() -> None:
    pairs = dict(product([("ab", "ba")], [1])) | {("abc", "cba"): 2, ("ca", "abc"): 3}
    for (one, other), expected in pairs.items():
        assert distance(one, other, 9) == expected
    assert fold.fold("É") == "e"
