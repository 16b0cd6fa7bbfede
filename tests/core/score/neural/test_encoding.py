"""Melodies as numbers: what the model sees before each step, and nothing of what is to come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.score.abc import read_book
from songloom.core.score.neural.encoding import (
    CUT,
    DURATION_INDEX,
    DURATIONS,
    END,
    FIELDS,
    LAGS_BARS,
    LOWEST,
    MOST_BARS_LEFT,
    N_DURATIONS,
    N_PITCHES,
    N_ROWS,
    NOTHING,
    OFFSETS,
    RARE,
    REST,
    Line,
    Position,
    Step,
    bar_ticks,
    line_features,
    line_of,
    shift_to_tonic_c,
)

PITCH, PITCH_CLASS, DURATION, SIXTEENTHS, WITHIN, BARS_LEFT = range(6)
ECHOES = 8
QUARTER = 24

steps = st.builds(
    Step, symbol=st.integers(0, REST), ticks=st.sampled_from([6, 8, 12, 18, 24, 36, 48])
)


def line(abc: str, *, metre: str = "4/4", key: str = "C", unit: str = "1/4") -> Line:
    (tune,) = read_book(f"X:1\nM:{metre}\nL:{unit}\nK:{key}\n{abc}\n")
    read = line_of(tune)
    assert read is not None
    return read


def test_the_table_has_a_row_for_every_category_and_no_two_share_one() -> None:
    assert len(OFFSETS) == len(FIELDS)
    rows = [range(start, start + size) for start, size in zip(OFFSETS, FIELDS, strict=True)]
    assert sorted(row for block in rows for row in block) == list(range(N_ROWS))


def test_every_common_note_length_has_its_own_index() -> None:
    for ticks in (6, 8, 12, 16, 18, 24, 36, 48, 72, 96):
        assert DURATIONS[DURATION_INDEX[ticks]] == ticks


def test_an_odd_length_has_the_index_of_odd_lengths() -> None:
    assert Step(0, 13).duration_index == N_DURATIONS - 1


@pytest.mark.parametrize(
    ("metre", "ticks"), [((4, 4), 96), ((2, 2), 96), ((3, 4), 72), ((6, 8), 72), ((9, 8), 108)]
)
def test_a_bar_lasts_as_its_metre_says(metre: tuple[int, int], ticks: int) -> None:
    assert bar_ticks(metre) == ticks


@given(st.integers(0, 11))
def test_any_tonic_comes_to_c_by_less_than_an_octave(tonic: int) -> None:
    shift = shift_to_tonic_c(tonic)
    assert (tonic + shift) % 12 == 0
    assert -6 < shift <= 6


@pytest.mark.parametrize("key", ["C", "D", "Eb", "F", "G", "A", "Bb"])
def test_a_scale_is_the_same_in_every_key(key: str) -> None:
    letters = "CDEFGAB"
    start = letters.index(key[0])
    scale = " ".join((letters[start:] + letters[:start].lower())[i] for i in range(7))
    symbols = [step.symbol for step in line(scale + " " + key[0].lower(), key=key).steps[:7]]
    assert [symbol - symbols[0] for symbol in symbols] == [0, 2, 4, 5, 7, 9, 11]
    assert (symbols[0] + LOWEST) % 12 == 0


def test_a_line_ends_with_end_and_counts_its_bars() -> None:
    read = line("C D E F | G A B c |]")
    assert read.steps[-1] == Step(END)
    assert (read.n_bars, read.pickup_ticks, read.n_notes) == (2, 0, 8)


def test_a_pickup_is_told_and_is_not_a_bar() -> None:
    read = line("G | C D E F | G A B |]")
    assert (read.n_bars, read.pickup_ticks) == (2, QUARTER)


def test_a_repeat_in_the_middle_of_a_bar_is_no_cut() -> None:
    read = line("G | C D E F | G2 A :|: B | c d e f | c2 G |]")
    assert all(step.symbol != CUT for step in read.steps)
    assert read.n_bars == 4


def test_a_bar_left_incomplete_is_cut_and_the_count_goes_on() -> None:
    read = line("C D E F | G3 |: C D E F | C4 |]")
    symbols = [step.symbol for step in read.steps]
    assert symbols.count(CUT) == 1
    assert symbols.index(CUT) == 5  # after the five notes of the first two bars
    assert read.n_bars == 4


def test_rests_are_steps_and_are_no_notes() -> None:
    read = line("C D z F | G A B c |]")
    assert read.steps[2] == Step(REST, QUARTER)
    assert read.n_notes == 7


def test_a_pitch_out_of_range_is_rare_and_still_a_note() -> None:
    read = line("C D E F | G A B c'''' |]")
    assert read.steps[7].symbol == RARE
    assert read.n_notes == 8


def test_a_tune_of_a_few_notes_is_no_melody() -> None:
    (tune,) = read_book("X:1\nM:4/4\nL:1/4\nK:C\nC D E\n")
    assert line_of(tune) is None


def test_rounding_to_ticks_never_drifts() -> None:
    quintuplets = "(5:4:5C/D/E/F/G/ " * 8
    read = line(quintuplets + "|]")
    assert sum(step.ticks for step in read.steps) == 8 * 2 * QUARTER


# What is seen


def test_before_the_first_step_nothing_was() -> None:
    seen = Position((4, 4), "major", 8).features()
    assert (seen[PITCH], seen[PITCH_CLASS], seen[DURATION]) == (NOTHING, 12, N_DURATIONS)
    assert seen[BARS_LEFT] == 8  # seven after this one, and one for "over"
    assert seen[ECHOES:] == [NOTHING, N_DURATIONS, 0] * len(LAGS_BARS)


def test_the_pickup_stands_before_the_first_bar() -> None:
    position = Position((3, 4), "major", 8, pickup_ticks=QUARTER)
    assert (position.onset_in_bar, position.bars_left) == (48, 8)
    position.advance(Step(20, QUARTER))
    assert (position.onset_in_bar, position.bars_left) == (0, 7)


def test_the_last_step_is_seen_with_its_pitch_class() -> None:
    position = Position((4, 4), "minor", 4)
    position.advance(Step(67 - LOWEST, 12))
    seen = position.features()
    assert (seen[PITCH], seen[PITCH_CLASS]) == (67 - LOWEST, 7)
    assert seen[DURATION] == DURATION_INDEX[12]
    assert (seen[SIXTEENTHS], seen[WITHIN]) == (2, 0)


def test_a_bar_ago_is_heard_again_with_its_length() -> None:
    position = Position((4, 4), "major", 8)
    for symbol in (16, 18, 20, 21):
        position.advance(Step(symbol, QUARTER))
    seen = position.features()
    assert seen[ECHOES : ECHOES + 2] == [16, DURATION_INDEX[QUARTER]]


def test_a_note_still_sounding_a_bar_ago_has_no_length_to_copy() -> None:
    position = Position((4, 4), "major", 8)
    for step in (Step(16, 48), Step(18, 48), Step(20, QUARTER)):
        position.advance(step)
    assert position.features()[ECHOES : ECHOES + 2] == [16, N_DURATIONS]


def test_copying_grows_a_streak_and_a_change_ends_it() -> None:
    position = Position((2, 4), "major", 8)
    bar = [Step(16, 12), Step(18, 12), Step(20, 12), Step(21, 12)]
    for step in bar + bar[:3]:
        position.advance(step)
    streak = ECHOES + 2
    assert position.features()[streak] == 3
    position.advance(Step(30, 12))
    assert position.features()[streak] == 0


def test_a_cut_leads_to_the_next_bar_line() -> None:
    position = Position((4, 4), "major", 8)
    position.advance(Step(16, 60))
    position.advance(Step(CUT))
    assert (position.onset_in_bar, position.bars_left) == (0, 6)
    assert position.features()[PITCH] == CUT


def test_many_bars_left_look_alike() -> None:
    far, farther = (Position((4, 4), "major", n).features() for n in (60, 90))
    assert far == farther
    assert far[BARS_LEFT] == MOST_BARS_LEFT + 1


def test_an_unknown_metre_or_mode_has_a_place_of_its_own() -> None:
    known = Position((4, 4), "major", 4).features()
    unknown = Position((7, 8), "locrian", 4).features()
    assert known != unknown
    assert all(value < size for value, size in zip(unknown, FIELDS, strict=True))


@given(
    st.lists(steps, min_size=1, max_size=60),
    st.sampled_from([(4, 4), (6, 8), (3, 4), (9, 8), (5, 4), (2, 4)]),
    st.integers(1, 40),
    st.sampled_from([0, 12, 24]),
)
def test_every_category_stays_within_its_field(
    written: list[Step], metre: tuple[int, int], n_bars: int, pickup_ticks: int
) -> None:
    position = Position(metre, "major", n_bars, pickup_ticks=pickup_ticks)
    for step in written:
        seen = position.features()
        assert all(0 <= value < size for value, size in zip(seen, FIELDS, strict=True))
        position.advance(step)


@given(st.lists(steps, min_size=3, max_size=40), st.data())
def test_nothing_to_come_is_seen(written: list[Step], data: st.DataObject) -> None:
    """Changing a step changes nothing that is seen up to that step."""
    place = data.draw(st.integers(0, len(written) - 1))
    changed = list(written)
    changed[place] = replace(changed[place], symbol=(changed[place].symbol + 1) % REST)
    seen, other = (
        line_features(Line((4, 4), "major", 16, 0, (*these, Step(END))))
        for these in (written, changed)
    )
    assert np.array_equal(seen[: place + 1], other[: place + 1])
    assert not np.array_equal(seen[place + 1], other[place + 1])


def test_features_are_rows_of_the_table() -> None:
    seen = line_features(line("C D E F | G A B c |]"))
    assert seen.shape == (9, len(FIELDS))
    assert seen.dtype == np.int32
    assert np.all(seen >= OFFSETS)
    assert np.all(seen < OFFSETS + np.asarray(FIELDS))


def test_symbols_are_fewer_than_the_heads_can_say() -> None:
    assert RARE == N_PITCHES - 1
    assert NOTHING == N_PITCHES
