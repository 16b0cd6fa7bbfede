"""Tempo and beats: clicks, drums and cadences of known speed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.reasons import NO_PULSE, SILENCE, TOO_SHORT
from songloom.core.features.rhythm import autocorrelation, chance, tempo_of, tops
from tests.core.features.listening import analysed, reason, value
from tests.core.features.signals import Audio, clicks, drums, mixed, noise, sine, song

PULSED = ("tempo_bpm", "tempo_confidence", "beats_s")


def share_found(beats_s: list[float], truth_s: list[float], within_s: float = 0.07) -> float:
    """F-measure: found beats that are true, and true beats that were found."""
    found, truth = np.array(beats_s), np.array(truth_s)
    hits = np.count_nonzero(np.abs(truth[:, np.newaxis] - found).min(axis=1) <= within_s)
    return 2 * hits / (len(found) + len(truth))


@pytest.mark.parametrize("tempo_bpm", [60, 76.5, 90, 104.25, 120, 133, 150, 171, 200])
def test_clicks_have_the_tempo_at_which_they_come(tempo_bpm: float) -> None:
    found = analysed(clicks(tempo_bpm, 20, sample_rate=22_050), *PULSED).features
    assert found["tempo_bpm"] == pytest.approx(tempo_bpm, rel=0.005)
    truth = np.arange(0.1, 19.95, 60 / tempo_bpm).tolist()
    assert share_found(found["beats_s"], truth, 0.03) > 0.97
    assert found["tempo_confidence"] > 0.8


@pytest.mark.parametrize("swing", [0.5, 0.6, 0.66])
@pytest.mark.parametrize("tempo_bpm", [70, 84, 100, 118, 140, 160, 175])
def test_kick_and_snare_are_a_beat_apart_at_every_tempo(tempo_bpm: float, swing: float) -> None:
    found = analysed(drums(tempo_bpm, swing=swing), *PULSED).features
    assert found["tempo_bpm"] == pytest.approx(tempo_bpm, rel=0.01)
    assert share_found(found["beats_s"], np.arange(0.2, 29.3, 60 / tempo_bpm).tolist()) > 0.95


@pytest.mark.parametrize("tempo_bpm", [78, 96, 112, 144])
def test_chords_have_a_beat_without_any_drum(tempo_bpm: float) -> None:
    found = analysed(song(3, tempo_bpm=tempo_bpm), *PULSED).features
    assert found["tempo_bpm"] == pytest.approx(tempo_bpm, rel=0.01)


@pytest.mark.parametrize("sample_rate", [11_025, 44_100, 48_000])
def test_the_sample_rate_moves_no_beat(sample_rate: int) -> None:
    sound = clicks(100, 12, sample_rate=sample_rate, first_s=0.3)
    found = analysed(sound, *PULSED, sample_rate=sample_rate).features
    assert found["tempo_bpm"] == pytest.approx(100, rel=0.005)
    assert share_found(found["beats_s"], np.arange(0.3, 11.95, 0.6).tolist(), 0.03) > 0.97


def test_beats_stand_within_a_hundredth_of_their_clicks() -> None:
    found = value(clicks(100, 20, sample_rate=22_050, first_s=0.37), "beats_s")
    truth = np.arange(0.37, 19.9, 0.6)
    errors = [float(np.abs(truth - beat).min()) for beat in found]
    assert np.median(errors) < 0.012


def test_beats_increase_and_lie_within_the_sound() -> None:
    found = value(drums(93), "beats_s")
    assert np.all(np.diff(found) > 0.3)
    assert found[0] >= 0
    assert found[-1] <= 30.3


def test_a_gain_changes_no_tempo() -> None:
    loud, soft = drums(125), drums(125) * np.float32(0.02)
    assert value(soft, "tempo_bpm") == pytest.approx(value(loud, "tempo_bpm"), rel=0.002)


def test_noise_over_the_drums_makes_the_tempo_less_sure() -> None:
    clean, noisy = drums(110), mixed(drums(110), noise(30, sample_rate=22_050, level=0.05))
    sure, unsure = (analysed(sound, *PULSED).features for sound in (clean, noisy))
    assert unsure["tempo_bpm"] == pytest.approx(110, rel=0.01)
    assert unsure["tempo_confidence"] < sure["tempo_confidence"]


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (np.zeros(5 * 22_050, np.float32), SILENCE),
        (sine(440, 10, sample_rate=22_050), NO_PULSE),
        (clicks(120, 2.5, sample_rate=22_050), TOO_SHORT),
    ],
    ids=["silence", "a held tone", "two and a half seconds"],
)
@pytest.mark.parametrize("name", PULSED)
def test_where_there_is_no_pulse_none_is_made_up(sound: Audio, why: str, name: str) -> None:
    assert value(sound, name) is None
    assert reason(sound, name) == why


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_has_no_pulse(seed: int) -> None:
    assert value(noise(30, sample_rate=22_050, seed=seed), "tempo_bpm") is None


def test_the_bar_for_chance_falls_with_length() -> None:
    bars = [chance(n) for n in (100, 1_000, 10_000)]
    assert bars == sorted(bars, reverse=True)


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


@given(tempo_bpm=st.floats(40, 240), n=st.integers(4, 50), jitter=st.floats(0, 0.01))
def test_the_tempo_of_beats_is_their_median_interval(
    tempo_bpm: float, n: int, jitter: float
) -> None:
    rng = np.random.default_rng(n)
    beats_s = np.arange(n) * 60 / tempo_bpm + rng.uniform(-jitter, jitter, n)
    span = min(8, n - 1)
    assert tempo_of(beats_s, 1.0) == pytest.approx(
        tempo_bpm, rel=2.1 * jitter * tempo_bpm / 60 / span + 1e-9
    )


def test_too_few_beats_keep_the_guess() -> None:
    assert tempo_of(np.array([1.0]), 99.0) == 99.0
    assert tempo_of(np.zeros(0), 99.0) == 99.0
