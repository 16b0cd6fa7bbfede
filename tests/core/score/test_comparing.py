"""What differs between two takes is what was changed, and nothing else is said."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.score.comparing import Difference, differences, runs
from songloom.core.score.piece import Score
from tests.core.score.test_revision import POP, WALTZ, change, shelved


def compared(prompt: str, **wanted: Any) -> tuple[Score, list[Difference]]:
    before = shelved(prompt)
    return before, differences(before, change(before, **wanted))


def test_a_piece_does_not_differ_from_itself() -> None:
    assert differences(shelved(POP), shelved(POP)) == []


def test_bars_that_were_written_anew_are_named() -> None:
    _, (found,) = compared(WALTZ, change="again", part="melody", bars=[3, 4])
    assert (found.what, found.part) == ("notes", "melody")
    assert found.bars
    assert all(3 <= first <= last <= 4 for first, last in found.bars)
    assert found.before > 0 < found.after


def test_a_muted_part_is_gone_and_back_again_it_is_new() -> None:
    before, (found,) = compared(POP, change="mute", part="drums")
    assert found == Difference("gone", "drums")
    muted = change(before, change="mute", part="drums")
    assert differences(muted, before) == [Difference("new", "drums")]


def test_a_transposition_is_one_move_of_each_part_and_no_other_chord() -> None:
    before, found = compared(POP, change="transpose", semitones=-3)
    (key,) = [one for one in found if not one.part]
    assert (key.what, key.before[0] - 3) == ("key", key.after[0])
    assert {one.part: (one.what, one.after) for one in found if one.part} == {
        part.name: ("moved", -3) for part in before.parts if part.name != "drums"
    }


def test_another_instrument_is_named_by_its_program() -> None:
    before, found = compared(WALTZ, change="instrument", part="melody", program=73)
    assert found[0] == Difference("instrument", "melody", before.parts[0].program, 73)
    assert {one.part for one in found} == {"melody"}


def test_another_chord_is_said_with_its_bar() -> None:
    _, found = compared(WALTZ, change="chord", bar=2, chord="F#m7b5")
    assert found[0] == Difference("chords", bars=((2, 2),))
    assert all(one.bars == ((2, 2),) for one in found[1:])


def test_a_longer_piece_says_its_bars() -> None:
    before, found = compared(WALTZ, change="continue", bars=4)
    bars = next(one for one in found if one.what == "n_bars")
    assert (bars.before, bars.after >= bars.before + 4) == (before.layout.n_bars, True)
    assert all(one.before == 0 for one in found if one.what == "notes")


def test_another_tempo_and_metre_are_of_the_whole() -> None:
    what = {one.what for one in differences(shelved(POP), shelved(WALTZ)) if not one.part}
    assert {"key", "metre", "bpm"} <= what


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [([], ()), ([3], ((3, 3),)), ([7, 1, 3, 2, 2], ((1, 3), (7, 7)))],
)
def test_runs_of_bars(numbers: list[int], expected: tuple[tuple[int, int], ...]) -> None:
    assert runs(numbers) == expected


@given(st.sets(st.integers(1, 60)))
def test_runs_hold_every_number_once(numbers: set[int]) -> None:
    found = runs(numbers)
    assert [n for first, last in found for n in range(first, last + 1)] == sorted(numbers)
    assert all(b[0] > a[1] + 1 for a, b in pairwise(found))
