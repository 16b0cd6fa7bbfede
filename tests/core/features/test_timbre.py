"""The cepstrum: louder moves one number, darker another."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import fft

from songloom.core.features.bands import N_MELS
from songloom.core.features.timbre import N_MFCC
from tests.core.features.listening import value
from tests.core.features.signals import Audio, noise, sine, song


def coloured(slope: float) -> Audio:
    """Noise whose spectrum falls with frequency to this power."""
    spectrum = np.fft.rfft(noise(10, sample_rate=22_050))
    hz = np.fft.rfftfreq(10 * 22_050, 1 / 22_050)
    shaped = np.fft.irfft(spectrum * np.maximum(hz, 20) ** slope)
    return np.asarray(0.1 * shaped / shaped.std(), dtype=np.float32)


def test_thirteen_numbers() -> None:
    assert len(value(song(0, n_bars=2), "mfcc_mean")) == N_MFCC == 13


@pytest.mark.parametrize("gain_db", [-20.0, -6.0])
def test_a_gain_moves_the_first_alone_by_its_decibels(gain_db: float) -> None:
    sound = noise(5, sample_rate=22_050)
    loud = np.array(value(sound, "mfcc_mean"))
    soft = np.array(value(sound * np.float32(10 ** (gain_db / 20)), "mfcc_mean"))
    assert soft[0] - loud[0] == pytest.approx(gain_db * np.sqrt(N_MELS), rel=1e-3)
    assert soft[1:] == pytest.approx(loud[1:], abs=0.05)


def test_darker_noise_has_a_higher_second_number() -> None:
    seconds = [value(coloured(slope), "mfcc_mean")[1] for slope in (0.5, 0.0, -0.5, -1.0)]
    assert seconds == sorted(seconds)


def test_all_other_numbers_of_an_even_slope_are_small() -> None:
    found = np.array(value(coloured(-1.0), "mfcc_mean"))
    assert np.abs(found[2:]).max() < 0.35 * abs(found[1])


def test_the_mean_of_transforms_is_the_transform_of_the_mean() -> None:
    levels = np.random.default_rng(3).normal(-50, 5, (30, N_MELS))
    each = fft.dct(levels, norm="ortho", axis=1).mean(axis=0)
    assert fft.dct(levels.mean(axis=0), norm="ortho") == pytest.approx(each)


def test_a_flute_and_a_saw_of_one_pitch_differ_in_shape_not_only_in_level() -> None:
    time_s = np.arange(3 * 22_050) / 22_050
    saw = (0.3 * (2 * (220 * time_s % 1) - 1)).astype(np.float32)
    flute = sine(220, 3, sample_rate=22_050, level=0.3)
    difference = np.array(value(saw, "mfcc_mean")) - np.array(value(flute, "mfcc_mean"))
    assert np.linalg.norm(difference[2:]) > 30


def test_silence_has_no_colour() -> None:
    assert value(np.zeros(22_050, np.float32), "mfcc_mean") is None


def test_the_timbre_has_24_numbers_that_no_gain_moves() -> None:
    sound = song(0, n_bars=3)
    loud, soft = value(sound, "timbre"), value(sound * np.float32(0.1), "timbre")
    assert len(loud) == 2 * (N_MFCC - 1)
    assert soft == pytest.approx(loud, abs=0.3)


def test_what_does_not_change_has_no_spread() -> None:
    steady = value(noise(6, sample_rate=22_050), "timbre")
    moving = value(song(0, n_bars=3), "timbre")
    assert max(steady[N_MFCC - 1 :]) < max(moving[N_MFCC - 1 :]) / 3
