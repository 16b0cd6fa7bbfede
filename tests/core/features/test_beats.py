"""The beat tracker alone: chains through envelopes that are made here."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.features import beats
from songloom.core.features.beats import Floats


def spikes(at: list[int], size: int) -> Floats:
    change = np.zeros(size, np.float32)
    change[at] = 1.0
    return change


def plain_scores(change: Floats, period: float) -> list[float]:
    """The same recursion without any blocks: one frame after the other."""
    shortest, longest = max(1, round(period / 2)), round(period * 2)
    onset = change / max(float(change.std()), 1e-9)
    score: list[float] = []
    for i, value in enumerate(onset):
        reach = [
            (score[i - lag] if i >= lag else 0.0) - beats.STEADINESS * np.log(lag / period) ** 2
            for lag in range(shortest, longest + 1)
        ]
        score.append(float(value) + max(reach))
    return score


def chain_score(change: Floats, period: float, frames: list[int]) -> float:
    onset = change / max(float(change.std()), 1e-9)
    costs = [beats.STEADINESS * np.log((b - a) / period) ** 2 for a, b in zip(frames, frames[1:])]  # noqa: B905, RUF007
    return float(onset[frames].sum() - sum(costs))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**16), period=st.floats(3, 40), size=st.integers(1, 300))
def test_blocks_of_frames_find_a_chain_as_good_as_one_by_one(
    seed: int, period: float, size: int
) -> None:
    change = np.random.default_rng(seed).exponential(size=size).astype(np.float32)
    found = beats.track(change, period).tolist()
    best = plain_scores(change, period)
    last = max(0, size - round(period))
    assert best[found[-1]] == pytest.approx(max(best[last:]), abs=1e-3)
    assert np.all(np.diff(found) >= max(1, round(period / 2)))
    assert np.all(np.diff(found) <= round(period * 2))
    before_start = best[found[-1]] - chain_score(change, period, found)
    assert before_start <= 1e-3  # the step into the first beat costs, or is free


@pytest.mark.parametrize("period", [11, 25, 50])
def test_even_spikes_are_all_beats(period: int) -> None:
    at = list(range(7, 1_000, period))
    assert beats.track(spikes(at, 1_000), period).tolist() == at


def test_a_missing_beat_is_filled_in() -> None:
    at = list(range(10, 500, 20))
    heard = [frame for frame in at if frame not in (190, 330)]
    found = beats.track(spikes(heard, 500), 20)
    assert np.abs(found - np.array(at)).max() <= 1


def test_a_beat_between_the_beats_is_passed_over() -> None:
    at = list(range(10, 500, 20))
    assert beats.track(spikes([*at, 200], 500), 20).tolist() == at


def test_beats_follow_a_tempo_that_drifts() -> None:
    at = np.cumsum(np.linspace(20, 26, 40)).round().astype(int).tolist()
    found = beats.track(spikes(at, at[-1] + 10), 23)
    assert np.isin(at[2:-2], found).mean() > 0.95


def test_faint_beats_before_and_after_the_music_go() -> None:
    at = list(range(10, 600, 20))
    change = spikes(at[8:-6], 600)
    kept = beats.without_faint_ends(np.array(at), change)
    assert kept.tolist() == at[8:-6]


def test_a_pause_within_the_music_keeps_its_beats() -> None:
    at = list(range(10, 600, 20))
    change = spikes([frame for i, frame in enumerate(at) if not 10 < i < 14], 600)
    assert beats.without_faint_ends(np.array(at), change).tolist() == at


def test_no_frames_have_no_beats_and_silence_loses_none() -> None:
    nothing = np.zeros(0, np.float32)
    assert beats.track(nothing, 20.0).size == 0
    assert beats.without_faint_ends(np.zeros(0, np.intp), nothing).size == 0


@given(st.floats(-0.5, 0.5))
def test_a_beat_is_placed_between_frames(offset: float) -> None:
    at = np.arange(100)
    change = np.maximum(0, 1 - 0.2 * (at - 50 - offset) ** 2).astype(np.float32)
    for guess in (49, 50, 51):
        assert beats.between_frames(np.array([guess]), change)[0] == pytest.approx(
            50 + offset, abs=0.02
        )


def test_the_odds_choose_among_beats_and_the_onsets_where_each_is() -> None:
    at = list(range(10, 500, 20))
    change = spikes(sorted([*at, *(frame + 10 for frame in at[:-1])]), 500)
    odds = np.full(500, -4, np.float32)
    for off in (-1, 0, 1):
        odds[np.array(at) + off] = 2.0
    assert beats.track(beats.marks(odds, change), 20).tolist() == at
    assert beats.marks(odds, change * 7).tolist() == pytest.approx(
        beats.marks(odds, change).tolist(), abs=1e-4
    )


def test_where_nothing_begins_the_odds_alone_count() -> None:
    odds = np.linspace(-3, 3, 9, dtype=np.float32)
    assert beats.marks(odds, np.zeros(9, np.float32)).tolist() == odds.tolist()


def test_around_looks_one_frame_to_each_side() -> None:
    values = np.array([0, 3, 1, 0, 0, 2], np.float32)
    assert beats.around(values, np.array([0, 2, 3, 5])).tolist() == [3, 3, 1, 2]


@given(st.lists(st.floats(-5, 5, width=32), max_size=30))
def test_widened_is_around_every_frame(values: list[float]) -> None:
    found = beats.widened(np.array(values, np.float32))
    plain = [max(values[max(0, i - 1) : i + 2]) for i in range(len(values))]
    assert found.tolist() == plain
