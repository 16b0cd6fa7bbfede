"""Candidates for the tempo: where onsets repeat, and what speaks for one against another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.onsets import Onsets, onsets
from songloom.core.features.tempi import (
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
    step,
    tops,
)
from tests.core.features.listening import heard
from tests.core.features.signals import Audio, clicks, drums, noise


def onsets_of(sound: Audio) -> Onsets:
    return onsets(heard(sound).frames)


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
    found = np.array(candidates(onsets_of(drums(tempo_bpm, 20))))
    assert np.abs(found / tempo_bpm - 1).min() < 0.02
    assert 4 <= found.size <= MOST_CANDIDATES
    apart = np.abs(np.log2(found[:, np.newaxis] / found)) + np.eye(found.size)
    assert apart.min() > 0.03


def test_the_relatives_of_a_tempo_go_both_ways() -> None:
    assert {round(1 / ratio, 6) for ratio in RELATIVES} == {round(r, 6) for r in RELATIVES}


def test_the_likeliest_tempo_comes_first() -> None:
    found = ranked(onsets_of(drums(100, 20)))
    assert found[0].bpm == pytest.approx(100, rel=0.02)
    assert [one.odds for one in found] == sorted((one.odds for one in found), reverse=True)


def test_every_sign_that_counts_is_found_for_every_candidate() -> None:
    for signs in signs_of(onsets_of(drums(100, 12))).values():
        assert set(signs) == set(WEIGHTS)
        assert all(np.isfinite(sign) for sign in signs.values())


def test_of_what_is_too_short_nothing_repeats() -> None:
    bpm, pulse = pulses(np.zeros(1, np.float32), 50.0)
    assert bpm.shape == pulse.shape
    assert not pulse.any()
    assert signs_of(onsets_of(noise(0.1, sample_rate=22_050))) is not None


def test_a_pulse_peaks_at_the_tempo_of_clicks() -> None:
    bpm, pulse = pulses(onsets_of(clicks(90, 20, sample_rate=22_050)).change, 50.0)
    near = np.abs(bpm / 90 - 1) < 0.02
    assert pulse[near].max() == pytest.approx(pulse.max(), abs=0.05)


def test_a_lag_beyond_what_was_measured_says_nothing() -> None:
    correlation = np.array([1.0, 0.0, 0.5, 0.0, 0.25, 0.0, 0.0])
    assert at_lag(correlation, 100.0) == 0.0
    assert at_lag(correlation, 2.0) == pytest.approx(0.5, abs=0.03)


@given(st.integers(2, 4), st.floats(0.1, 1.0))
def test_evenness_is_one_for_equal_beats_and_the_share_of_the_faintest_else(
    every: int, faint: float
) -> None:
    assert evenness(np.ones(24, np.float32), every) == pytest.approx(1)
    beats = np.ones(24, np.float32)
    beats[::every] = faint
    assert evenness(beats, every) == pytest.approx(faint, rel=1e-5)


def test_what_lies_between_beats_is_found_where_it_lies() -> None:
    values = np.zeros(200, np.float32)
    beats = np.arange(0, 200, 20)
    values[beats[:-1] + 10] = 0.7
    assert between(values, beats, 0.5) == pytest.approx(0.7)
    assert between(values, beats, 0.2) == 0.0


def test_a_step_goes_from_nothing_to_one() -> None:
    assert step(-1e9) == pytest.approx(0)
    assert step(0) == 0.5
    assert step(1e9) == pytest.approx(1)
