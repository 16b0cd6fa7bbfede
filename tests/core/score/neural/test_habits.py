"""What tunes are like, and which draft is most like one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.score.neural.habits import BARS, HABITS, Habits, profile, repeated, variety
from songloom.core.score.notes import Metre, Note

FOUR = Metre(4, 4)
TUNES = st.lists(
    st.tuples(st.sampled_from([6, 12, 24]), st.integers(55, 84)), min_size=2, max_size=60
)


def line(*steps: tuple[int, int]) -> list[Note]:
    """Notes one after the other, each (ticks, pitch)."""
    notes, at = [], 0
    for ticks, pitch in steps:
        notes.append(Note(at, ticks, pitch))
        at += ticks
    return notes


def habit(notes: list[Note], name: str, metre: Metre = FOUR) -> float:
    return float(profile(notes, metre)[HABITS.index(name)])


def test_the_numbers_of_a_scale_are_those_one_counts_by_hand() -> None:
    scale = line(*[(24, pitch) for pitch in (60, 62, 64, 65, 67, 69, 71, 72)])
    assert habit(scale, "range") == 12
    assert habit(scale, "steps") == 1
    assert habit(scale, "leaps") == habit(scale, "same again") == 0
    assert habit(scale, "size of moves") == pytest.approx(12 / 7)
    assert habit(scale, "notes a bar") == 4
    assert habit(scale, "longest") == 1
    assert habit(scale, "variety of lengths") == 0
    assert habit(scale, "tonics") == 2 / 8


def test_a_leap_is_wider_than_a_fifth() -> None:
    assert habit(line((24, 60), (24, 67), (24, 60)), "leaps") == 0
    assert habit(line((24, 60), (24, 68), (24, 60)), "leaps") == 1


def test_the_longest_is_counted_in_beats() -> None:
    assert habit(line((36, 60), (36, 62)), "longest", Metre(6, 8)) == 1
    assert habit(line((36, 60), (36, 62)), "longest", FOUR) == 1.5


def test_a_bar_comes_back_note_for_note_or_in_its_rhythm() -> None:
    same = line((48, 60), (48, 62), (48, 60), (48, 62))
    other = line((48, 60), (48, 62), (48, 62), (48, 60))
    assert repeated(same, FOUR, with_pitch=True) == 0.5
    assert repeated(other, FOUR, with_pitch=True) == 0
    assert repeated(other, FOUR, with_pitch=False) == 0.5


@pytest.mark.parametrize(("values", "bits"), [("aaaa", 0), ("aabb", 1), ("abcd", 2)])
def test_variety_is_entropy_in_bits(values: str, bits: float) -> None:
    assert variety(values) == pytest.approx(bits)


def test_a_long_tune_is_known_by_its_beginning() -> None:
    bars = [(24, 60 + n % 5) for n in range(4 * BARS)]
    longer = [*bars, *[(96, 90)] * 4]
    assert np.array_equal(profile(line(*bars), FOUR), profile(line(*longer), FOUR))


@given(TUNES)
def test_a_tune_an_octave_higher_is_like_itself(steps: list[tuple[int, int]]) -> None:
    notes = line(*steps)
    assert profile([n.transposed(12) for n in notes], FOUR) == pytest.approx(profile(notes, FOUR))


@given(TUNES)
def test_shares_are_shares(steps: list[tuple[int, int]]) -> None:
    notes = line(*steps)
    for name in ("steps", "same again", "leaps", "bars again", "rhythms again", "tonics"):
        assert 0 <= habit(notes, name) <= 1


def calm_and_wild() -> tuple[list[Note], list[Note]]:
    calm = line(*[(24, 60 + n % 3) for n in range(32)])
    wild = line(*[(6, 60 + n * 7 % 20) for n in range(128)])
    return calm, wild


def test_the_draft_that_is_like_the_known_tunes_is_kept() -> None:
    calm, wild = calm_and_wild()
    rng = np.random.default_rng(0)
    for known, chosen in ((calm, 0), (wild, 1)):
        habits = Habits.of([(FOUR, known), (FOUR, [n.transposed(2) for n in known])])
        assert habits.nearest([calm, wild], FOUR, rng) == chosen


def test_where_tunes_differ_the_drafts_that_are_kept_differ_too() -> None:
    """Kept as often as they are known: the likeliest alone would be the same each time."""
    calm, wild = calm_and_wild()
    habits = Habits.of([(FOUR, calm), (FOUR, calm), (FOUR, calm), (FOUR, wild)])
    rng = np.random.default_rng(1)
    n = 400
    n_wild = sum(habits.nearest([calm, wild], FOUR, rng) for _ in range(n))
    assert n_wild / n == pytest.approx(0.25, abs=0.1)  # more than four standard deviations


def test_a_draft_without_notes_is_never_kept() -> None:
    calm, _ = calm_and_wild()
    habits = Habits.of([(FOUR, calm)])
    assert habits.nearest([[], calm[:1], calm], FOUR, np.random.default_rng(0)) == 2


def test_a_metre_is_judged_by_its_own_tunes_else_by_those_that_count_alike() -> None:
    calm, wild = calm_and_wild()
    habits = Habits.of([(FOUR, calm), (Metre(6, 8), wild)])
    assert len(habits.among(FOUR)) == 1
    assert np.array_equal(habits.among(Metre(12, 8)), habits.among(Metre(6, 8)))
    assert np.array_equal(habits.among(Metre(2, 2)), habits.among(FOUR))
    alone = Habits.of([(FOUR, calm)])
    assert np.array_equal(alone.among(Metre(6, 8)), alone.profiles)


def test_no_metre_is_remembered_by_more_tunes_than_the_most() -> None:
    calm, _ = calm_and_wild()
    habits = Habits.of([(FOUR, calm)] * 700 + [(Metre(3, 4), calm)] * 3 + [(FOUR, calm[:1])])
    assert len(habits.among(FOUR)) == 234  # every third of 700
    assert len(habits.among(Metre(3, 4))) == 3


def test_habits_come_back_from_the_weights_as_they_were() -> None:
    calm, wild = calm_and_wild()
    habits = Habits.of([(FOUR, calm), (Metre(6, 8), wild)])
    weights = {"other": np.zeros(2, dtype=np.float32)} | habits.tensors()
    back = Habits.taken_from(weights)
    assert back is not None
    assert np.array_equal(back.profiles, habits.profiles)
    assert np.array_equal(back.metres, habits.metres)
    assert list(weights) == ["other"]
    assert Habits.taken_from(weights) is None
