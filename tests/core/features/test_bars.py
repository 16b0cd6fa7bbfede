"""Bars: counted in threes or fours from what their first beats are like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.bars import (
    FEWEST_BEATS,
    SIGNS,
    bars,
    by_beat,
    counted_in,
    downbeat_odds,
    novelty,
    signs,
)
from songloom.core.features.beat_ear import BeatOdds
from songloom.core.features.onsets import Onsets


def silent_onsets(n_frames: int = 1_000) -> Onsets:
    return Onsets(50.0, np.zeros(n_frames, np.float32), np.zeros((n_frames, 3), np.float32))


def deaf(n_frames: int = 1_000) -> BeatOdds:
    """An ear that hears no beat anywhere."""
    return BeatOdds(np.full(n_frames, -4, np.float32), np.full(n_frames, -4, np.float32))


@given(metre=st.integers(3, 4), shift=st.integers(0, 3), n_bars=st.integers(4, 20))
def test_marked_beats_are_the_first_of_their_bars(metre: int, shift: int, n_bars: int) -> None:
    shift %= metre
    odds = np.full(n_bars * metre, -2.0)
    odds[shift::metre] = 2.0
    score, first = counted_in(odds, metre)
    assert first.tolist() == list(range(shift, n_bars * metre, metre))
    assert score == pytest.approx(2.0 * len(first))


@pytest.mark.parametrize("metre", [3, 4])
def test_the_metre_that_fits_scores_more(metre: int) -> None:
    odds = np.full(48, -2.0)
    odds[::metre] = 2.0
    other = 7 - metre
    assert counted_in(odds, metre)[0] > counted_in(odds, other)[0]


def test_a_bar_with_a_beat_too_many_is_stepped_over() -> None:
    firsts = [*range(0, 24, 4), *range(25, 49, 4)]
    odds = np.full(49, -2.0)
    odds[firsts] = 4.0
    assert counted_in(odds, 4)[1].tolist() == firsts


def test_a_single_doubtful_mark_moves_no_bar() -> None:
    odds = np.full(48, -2.0)
    odds[::4] = 2.0
    odds[22] = 3.0
    assert counted_in(odds, 4)[1].tolist() == list(range(0, 48, 4))


def test_harmony_changes_where_the_chord_does() -> None:
    one, other = np.eye(12)[0], np.eye(12)[5]
    harmony = np.array([one] * 4 + [other] * 4)
    assert novelty(harmony, 1).tolist() == [0, 0, 0, 0, 1, 0, 0, 0]
    assert int(novelty(harmony, 3).argmax()) == 4
    assert 0 < novelty(harmony, 3)[3] < 1


def test_what_sounds_is_gathered_from_beat_to_beat() -> None:
    beats_s = np.array([1.0, 2.0, 3.0])
    notes_s = np.array([0.5, 1.2, 1.8, 3.5])
    notes = np.eye(12)[[1, 2, 2, 4]]
    found = by_beat(beats_s, notes, notes_s)
    assert found.argmax(axis=1).tolist() == [2, 2, 4]  # nothing new sounds in the second
    assert np.linalg.norm(found, axis=1) == pytest.approx(1)


def test_signs_are_in_standard_deviations_and_finite() -> None:
    beats_s = np.arange(16) * 0.5
    found = signs(beats_s, silent_onsets(), deaf(), np.zeros((0, 12)), np.zeros(0))
    assert found.shape == (3, 16, len(SIGNS))
    assert np.all(found == 0)
    assert np.all(downbeat_odds(found) == downbeat_odds(found)[0])


def test_where_nothing_marks_a_bar_the_first_begins_with_the_music() -> None:
    found = bars(np.arange(16) * 0.5, silent_onsets(), deaf(), np.zeros((0, 12)), np.zeros(0))
    assert found is not None
    assert found.first[0] == 0


def test_a_pickup_is_told_from_a_first_bar_by_what_marks_the_others() -> None:
    beats_s = np.arange(33) * 0.5
    rises = np.zeros((1_000, 3), np.float32)
    rises[np.rint(beats_s[1::4] * 50).astype(int), 0] = 1.0
    change = rises[:, 0].copy()
    found = bars(beats_s, Onsets(50.0, change, rises), deaf(), np.zeros((0, 12)), np.zeros(0))
    assert found is not None
    assert (found.metre, found.first.tolist()) == (4, list(range(1, 33, 4)))


@pytest.mark.parametrize("metre", [3, 4])
def test_the_ear_alone_says_where_bars_begin(metre: int) -> None:
    beats_s = np.arange(36) * 0.5
    odds = deaf()
    odds.first[np.rint(beats_s[2::metre] * 50).astype(int)] = 4.0
    found = bars(beats_s, silent_onsets(), odds, np.zeros((0, 12)), np.zeros(0))
    assert found is not None
    assert found.metre == metre
    assert found.first[1:-1].tolist() == list(range(2, 36, metre))[1:-1]


def test_too_few_beats_have_no_bars() -> None:
    beats_s = np.arange(FEWEST_BEATS - 1) * 0.5
    assert bars(beats_s, silent_onsets(), deaf(), np.zeros((0, 12)), np.zeros(0)) is None
