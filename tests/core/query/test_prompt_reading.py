"""A prompt while it is read: layers of one length, spans that are taken, wishes that compete."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from songloom.core.query.prompt_left import left_over
from songloom.core.query.prompt_reading import NOT_BEFORE, TAKEN, Reading

TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("abcXYZ ,.0189#♯♭’—，。：（）６／８華爾茲慢華《》徵İß"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=80,
)


@given(TEXTS)
def test_all_layers_have_one_length(text: str) -> None:
    reading = Reading.of(text)
    assert len(reading.shown) == len(reading.plain) == len(reading.low)


@given(TEXTS, st.integers(0, 80), st.integers(0, 80))
def test_taking_a_span_hides_it_and_nothing_else(text: str, a: int, b: int) -> None:
    reading = Reading.of(text)
    start, end = sorted((min(a, len(reading.low)), min(b, len(reading.low))))
    before = reading.low
    assume(not NOT_BEFORE.search(before[:start]))  # a denial goes with what it denies
    words = reading.take(start, end)
    assert words == reading.shown[start:end].strip()
    assert reading.low == before[:start] + TAKEN * (end - start) + before[end:]
    assert reading.plain[start:end] == TAKEN * (end - start)
    assert len(reading.shown) == len(reading.low)


def test_what_is_taken_is_not_found_again() -> None:
    reading = Reading.of("slow slow slow")
    found = []
    for match in reading.finds(re.compile("slow")):
        found.append(reading.take(*match.span()))
    assert found == ["slow", "slow", "slow"]
    assert not list(reading.finds(re.compile("slow")))


def test_no_pattern_matches_across_what_was_taken() -> None:
    reading = Reading.of("in A minor")
    reading.take(3, 4)
    assert not list(reading.finds(re.compile(r"in \w? ?minor")))


def test_a_search_goes_on_behind_a_match_that_was_not_taken() -> None:
    reading = Reading.of("aXaXa")
    assert [match.start() for match in reading.finds(re.compile("a"))] == [0, 2, 4]


def test_capitals_are_seen_where_they_are_asked_for() -> None:
    reading = Reading.of("Am am")
    assert len(list(reading.finds(re.compile("Am"), cased=True))) == 1
    assert len(list(reading.finds(re.compile("am")))) == 2


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("６／８", "6/8"),
        ("F♯，B♭", "F#,Bb"),
        ("一——二", "一--二"),
        ("慢華爾茲", "慢华尔兹"),
        ("it’s", "it's"),
    ],
)
def test_the_plain_layer_spells_one_thing_one_way(text: str, plain: str) -> None:
    assert Reading.of(text).plain == plain


# --- wishes that compete ------------------------------------------------------------------


def test_of_two_outright_wishes_the_first_is_followed_and_the_second_reported() -> None:
    reading = Reading.of("")
    reading.wish("bpm", 90.0, "90 bpm")
    reading.wish("bpm", 120.0, "120 bpm")
    assert reading.wishes == {"bpm": 90.0}
    assert reading.unused == ["120 bpm"]


def test_the_same_wish_twice_is_one_and_nothing_to_report() -> None:
    reading = Reading.of("")
    reading.wish("metre", "3/4", "3/4")
    reading.wish("metre", "3/4", "四分之三拍")
    assert reading.unused == []
    assert len(reading.slots) == 1


def test_what_was_said_outright_beats_what_only_follows_in_either_order() -> None:
    for first, second in (
        (("inferred", 70.0), ("understood", 96.0)),
        (("understood", 96.0), ("inferred", 70.0)),
    ):
        reading = Reading.of("")
        for how, bpm in (first, second):
            reading.wish("bpm", bpm, str(bpm), how)
        assert reading.wishes == {"bpm": 96.0}
        assert [slot.how for slot in reading.slots] == ["understood"]
        assert reading.unused == []


# --- what is left -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", []),
        ("a piece of music", []),
        ("一首曲子", []),
        ("the cat and the dog", ["cat and the dog"]),
        ("purple, the green one", ["purple", "green"]),
        ("like a green rose", ["like a green rose"]),
        ("送给外婆的曲子", ["送给外婆"]),
        ("café été", ["café été"]),
        ("rock'n'roll-ish things", ["rock'n'roll-ish things"]),
        ("42", ["42"]),
        ("🎹 ♪ ✨", []),
        ("mit Gefühl, s'il vous plaît", ["mit Gefühl", "s'il vous plaît"]),
    ],
)
def test_left_over_phrases_without_their_empty_ends(text: str, left: list[str]) -> None:
    assert list(left_over(Reading.of(text))) == left


def test_a_read_word_cuts_a_phrase_in_two() -> None:
    reading = Reading.of("purple slow green")
    reading.take(7, 11)
    assert list(left_over(reading)) == ["purple", "green"]


@given(TEXTS)
def test_left_over_phrases_are_parts_of_what_was_written(text: str) -> None:
    reading = Reading.of(text)
    for phrase in left_over(reading):
        assert phrase
        assert phrase in reading.shown
