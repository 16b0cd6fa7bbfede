"""Candidates for the tempo: where onsets repeat, and what speaks for one against another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.beat_ear import BeatOdds
from songloom.core.features.onsets import Onsets
from songloom.core.features.tempi import (
    AGREEING,
    MOST_CANDIDATES,
    RELATIVES,
    WEIGHTS,
    at_lag,
    autocorrelation,
    between,
    candidates,
    evenness,
    pulses,
    ranked,
    signs_of,
    tops,
)
from tests.core.features.listening import heard
from tests.core.features.signals import Audio, clicks, drums, noise


def onsets_of(sound: Audio) -> Onsets:
    return heard(sound).onsets


def both_of(sound: Audio) -> tuple[Onsets, BeatOdds]:
    found = heard(sound)
    return found.onsets, found.beat_odds


@given(st.integers(2, 60), st.integers(100, 400))
def test_what_repeats_correlates_with_itself_one_period_later(period: int, n: int) -> None:
    values = np.zeros(n * period // 10 + 5 * period, np.float32)
    values[::period] = 1.0
    found = autocorrelation(values, 2 * period + 1)
    assert found[0] == pytest.approx(1)
    assert int(found[1 : period + 1].argmax()) + 1 == period


def test_a_flat_envelope_repeats_nothing() -> None:
    assert autocorrelation(np.ones(100, np.float32), 20).tolist() == [0.0] * 20
    assert autocorrelation(np.zeros(0, np.float32), 20).size == 0


def test_tops_are_local_and_sorted() -> None:
    score = np.array([9, 1, 5, 1, 7, 7, 0, 3, 2], float)
    assert tops(score).tolist() == [4, 2, 7]


@pytest.mark.parametrize("tempo_bpm", [70, 118, 175])
def test_the_tempo_and_its_relatives_are_candidates(tempo_bpm: float) -> None:
    found = np.array(candidates(*both_of(drums(tempo_bpm, 20))))
    assert np.abs(found / tempo_bpm - 1).min() < 0.02
    assert 4 <= found.size <= MOST_CANDIDATES
    apart = np.abs(np.log2(found[:, np.newaxis] / found)) + np.eye(found.size)
    assert apart.min() > 0.03


def test_the_relatives_of_a_tempo_go_both_ways() -> None:
    assert {round(1 / ratio, 6) for ratio in RELATIVES} == {round(r, 6) for r in RELATIVES}


def test_the_likeliest_tempo_comes_first() -> None:
    found = ranked(*both_of(drums(100, 20)))
    assert found[0].bpm == pytest.approx(100, rel=0.02)
    assert [one.odds for one in found] == sorted((one.odds for one in found), reverse=True)


def test_every_sign_that_counts_is_found_for_every_candidate() -> None:
    for signs in signs_of(*both_of(drums(100, 12))).values():
        assert set(signs) == set(WEIGHTS)
        assert all(np.isfinite(sign) for sign in signs.values())


def test_beats_that_the_ear_hears_are_candidates_even_where_nothing_begins() -> None:
    onsets = onsets_of(clicks(120, 20, sample_rate=22_050))
    beat = np.full(onsets.rising.size, -4.0, np.float32)
    beat[::31] = 4.0
    found = np.array(candidates(onsets, BeatOdds(beat, beat)))
    assert np.abs(found / (60 * onsets.frame_rate / 31) - 1).min() < 0.01


def test_the_ear_agrees_with_the_beats_that_it_hears_and_with_no_others() -> None:
    onsets, odds = both_of(drums(110, 20))
    signs = signs_of(onsets, odds)
    off = {bpm: abs(np.log2(bpm / 110)) for bpm in signs}
    right = signs[min(off, key=lambda bpm: off[bpm])]
    double = signs[min(signs, key=lambda bpm: abs(np.log2(bpm / 220)))]
    assert right["ear_recall"] > 0.8
    assert right["ear_mean"] > double["ear_mean"]
    assert right["ear_half"] < 0 < right["ear_mean"]
    assert double["alternating_2"] < right["alternating_2"] <= 1


def test_of_too_few_beats_the_ear_says_nothing() -> None:
    nothing = np.zeros(20, np.float32)
    found = signs_of(
        Onsets(50.0, nothing, np.zeros((20, 3), np.float32)), BeatOdds(nothing, nothing)
    )
    assert all(signs[name] == 0 for signs in found.values() for name in AGREEING)


def test_of_what_is_too_short_nothing_repeats() -> None:
    bpm, pulse = pulses(np.zeros(1, np.float32), 50.0)
    assert bpm.shape == pulse.shape
    assert not pulse.any()
    assert signs_of(*both_of(noise(0.1, sample_rate=22_050))) is not None


def test_a_pulse_peaks_at_the_tempo_of_clicks() -> None:
    bpm, pulse = pulses(onsets_of(clicks(90, 20, sample_rate=22_050)).change, 50.0)
    near = np.abs(bpm / 90 - 1) < 0.02
    assert pulse[near].max() == pytest.approx(pulse.max(), abs=0.05)


def test_a_lag_beyond_what_was_measured_says_nothing() -> None:
    correlation = np.array([1.0, 0.0, 0.5, 0.0, 0.25, 0.0, 0.0])
    assert at_lag(correlation, 100.0) == 0.0
    assert at_lag(correlation, 2.0) == pytest.approx(0.5, abs=0.03)


@given(st.integers(0, 1), st.floats(0.1, 1.0))
def test_evenness_is_one_for_equal_beats_and_the_share_of_the_fainter_else(
    first: int, faint: float
) -> None:
    assert evenness(np.ones(24, np.float32)) == pytest.approx(1)
    beats = np.ones(24, np.float32)
    beats[first::2] = faint
    assert evenness(beats) == pytest.approx(faint, rel=1e-5)


def test_what_lies_between_beats_is_found_where_it_lies() -> None:
    values = np.zeros(200, np.float32)
    beats = np.arange(0, 200, 20)
    values[beats[:-1] + 10] = 0.7
    assert between(values, beats, 0.5) == pytest.approx(0.7)
    assert between(values, beats, 0.2) == 0.0
