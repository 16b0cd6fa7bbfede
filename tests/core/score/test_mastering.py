"""Mastering: as loud as promised, no peak above the ceiling, a clean end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

from songloom.core.features.loudness import Meter
from songloom.core.score.mastering import Audio, fade_out, limit, mastered

RATE = 44_100


def tone(hz: float, seconds: float, level: float) -> Audio:
    time = np.arange(round(seconds * RATE)) / RATE
    one = level * np.sin(2 * np.pi * hz * time)
    return np.stack([one, one]).astype(np.float32)


def strokes(seconds: float, level: float) -> Audio:
    """Decaying strokes like a piano's: high peaks over a soft body."""
    time = np.arange(round(seconds * RATE)) / RATE
    one = level * np.sin(2 * np.pi * 330 * time) * np.exp(-9 * (time % 0.5))
    return np.stack([one, 0.8 * one]).astype(np.float32)


def loudness(audio: Audio) -> float:
    meter = Meter(RATE, 2)
    meter.add(audio)
    found = meter.integrated_lufs()
    assert found is not None
    return float(found)


def true_peak_db(audio: Audio) -> float:
    """Eight times oversampled by scipy: independent of the package's meter."""
    return float(
        20 * np.log10(max(np.abs(resample_poly(channel, 8, 1)).max() for channel in audio))
    )


@pytest.mark.parametrize("level", [0.001, 0.02, 0.2, 0.9])
def test_a_steady_tone_comes_out_at_minus_sixteen(level: float) -> None:
    found = mastered(tone(1_000, 6, level), sample_rate=RATE, tail_s=0.1)
    assert loudness(found) == pytest.approx(-16.0, abs=0.3)


@pytest.mark.parametrize("level", [0.01, 0.25, 1.0])
def test_peaks_stay_below_minus_one_decibel(level: float) -> None:
    found = mastered(strokes(8, level), sample_rate=RATE, tail_s=0.5)
    assert true_peak_db(found) <= -0.9  # 0.1 dB between two ways of oversampling
    assert -21.5 <= loudness(found) <= -15.8


def test_a_single_click_does_not_press_the_rest_flat() -> None:
    audio = tone(500, 5, 0.05)
    audio[:, 100_000] = 1.0
    found = mastered(audio, sample_rate=RATE, tail_s=0.1)
    assert true_peak_db(found) <= -0.9
    body = found[:, 150_000:200_000]
    assert np.abs(body).max() > 0.04


def test_silence_stays_silence() -> None:
    silent = np.zeros((2, RATE), dtype=np.float32)
    assert not mastered(silent, sample_rate=RATE, tail_s=0.5).any()


def test_the_balance_of_the_channels_stays() -> None:
    audio = strokes(6, 0.3)
    found = mastered(audio.copy(), sample_rate=RATE, tail_s=0.2)
    loud = np.abs(found[0]) > 0.01
    assert np.allclose(found[1][loud] / found[0][loud], 0.8, atol=1e-3)


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 1.0), st.integers(1, 9_000))
@settings(max_examples=60, deadline=None)
def test_the_limiter_never_lets_a_sample_through(seed: int, ceiling: float, n_samples: int) -> None:
    rng = np.random.default_rng(seed)
    audio = (rng.standard_normal((2, n_samples)) * rng.uniform(0.01, 3)).astype(np.float32)
    limited = audio.copy()
    limit(limited, sample_rate=RATE, ceiling=ceiling)
    assert np.abs(limited).max() <= ceiling * 1.00001
    assert np.abs(limited).max() <= np.abs(audio).max()
    assert (np.sign(limited) == np.sign(audio)).all()


def test_the_limiter_leaves_what_is_soft_enough_untouched() -> None:
    audio = tone(300, 1, 0.4)
    limited = audio.copy()
    limit(limited, sample_rate=RATE, ceiling=0.5)
    assert np.array_equal(limited, audio)


def test_the_limiter_comes_back_after_a_peak() -> None:
    audio = tone(300, 2, 0.4)
    audio[:, 20_000:20_010] = 2.0
    limited = audio.copy()
    limit(limited, sample_rate=RATE, ceiling=0.5)
    assert np.array_equal(limited[:, 60_000:], audio[:, 60_000:])
    assert np.array_equal(limited[:, :19_000], audio[:, :19_000])


def test_the_limiters_gain_has_no_steps() -> None:
    audio = np.full((1, 44_100), 0.4, dtype=np.float32)
    audio[:, 20_000:20_010] = 2.0
    limited = audio.copy()
    limit(limited, sample_rate=RATE, ceiling=0.5)
    gain = limited[0] / audio[0]
    assert np.abs(np.diff(gain)).max() < 0.01  # at most a few decibels over 5 ms


@given(st.integers(0, 2_000))
def test_a_fade_ends_in_nothing_and_touches_only_the_end(n_samples: int) -> None:
    audio = np.ones((2, 1_000), dtype=np.float32)
    fade_out(audio, n_samples)
    n = min(n_samples, 1_000)
    assert (audio[:, : 1_000 - n] == 1).all()
    if n > 1:
        assert abs(audio[0, -1]) < 1e-6
        assert (np.diff(audio[0, 1_000 - n :]) <= 0).all()


def test_the_gains_are_what_was_done_to_each_sample() -> None:
    raw = strokes(3.0, 0.9)
    gains = np.ones((1, raw.shape[1]), dtype=np.float32)
    made = mastered(raw.copy(), sample_rate=RATE, tail_s=0.5, gains=gains)
    np.testing.assert_allclose(made, raw * gains, rtol=0, atol=1e-6)
    assert gains.min() < 0.99 * gains.max()  # the limiter and the fade are in it
