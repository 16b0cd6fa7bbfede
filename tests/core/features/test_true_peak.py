"""True peak against sines whose peak lies between the samples, and against no pruning at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.features.true_peak import (
    OVERSAMPLING,
    TAPS,
    TruePeak,
    bounds,
    interpolators,
)
from tests.core.features.signals import Audio


def peak_of(audio: Audio, *cuts: int) -> float:
    meter = TruePeak(len(audio))
    for part in np.split(audio, cuts, axis=1):
        meter.add(part)
    peak_dbtp = meter.dbtp()
    assert peak_dbtp is not None
    return peak_dbtp


def brute_force(audio: Audio) -> float:
    """Every point of every channel, no pruning, in double."""
    padded = np.pad(audio.astype(np.float64), ((0, 0), (TAPS, TAPS)))
    between = max(
        np.abs(np.convolve(channel, taps[::-1], mode="valid")).max()
        for channel in padded
        for taps in interpolators()
    )
    return float(20 * np.log10(max(between, np.abs(audio).max())))


@pytest.mark.parametrize(
    ("divisor", "phase_deg"),
    [(4, 0.0), (4, 45.0), (6, 60.0), (8, 67.5)],
    ids=["15", "16", "17", "18"],
)
def test_ebu_3341_cases_15_to_18(divisor: int, phase_deg: float) -> None:
    """A sine of half full scale has its peak at -6.0 dBTP wherever the samples fall."""
    n = np.arange(48_000)
    fade = np.minimum(1, np.minimum(n, n[::-1]) / 2_400)
    audio = 0.5 * fade * np.sin(2 * np.pi * n / divisor + np.deg2rad(phase_deg))
    peak_dbtp = peak_of(audio[np.newaxis].astype(np.float32))
    assert -6.02 - 0.4 <= peak_dbtp <= -6.02 + 0.2  # EBU's tolerance


def test_a_peak_between_two_samples_is_three_decibels_above_them() -> None:
    n = np.arange(4_800)
    audio = (0.5 * np.hanning(4_800) * np.sin(np.pi / 2 * n + np.pi / 4)).astype(np.float32)
    sample_peak_db = 20 * np.log10(np.abs(audio).max())
    assert peak_of(audio[np.newaxis]) - sample_peak_db == pytest.approx(3.01, abs=0.02)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    n_samples=st.integers(1, 3_000),
    channels=st.integers(1, 3),
    smoothness=st.integers(1, 40),
    cuts=st.lists(st.integers(0, 3_000), max_size=4),
)
def test_pruning_never_changes_the_result(
    seed: int, n_samples: int, channels: int, smoothness: int, cuts: list[int]
) -> None:
    rng = np.random.default_rng(seed)
    rough = rng.standard_normal((channels, n_samples + smoothness)) * rng.exponential(
        size=(channels, 1)
    )
    window = np.ones(smoothness) / smoothness
    smooth = np.stack([np.convolve(channel, window, mode="valid") for channel in rough])
    audio = smooth[:, :n_samples].astype(np.float32)
    assert peak_of(audio, *sorted(cuts)) == pytest.approx(brute_force(audio), abs=1e-4)


@given(st.integers(0, 2**16))
def test_both_bounds_hold_for_any_samples(seed: int) -> None:
    samples = np.random.default_rng(seed).uniform(-1, 1, TAPS)
    steep, level, bend = bounds(interpolators())
    reached = np.abs(interpolators() @ samples).max()
    curvature = np.abs(np.diff(samples, 2)).max()
    assert reached <= steep * np.abs(samples).max() + 1e-12
    assert reached <= level * np.abs(samples).max() + bend * curvature + 1e-12


def test_the_steep_bound_is_reached_by_the_worst_samples() -> None:
    taps = interpolators()
    worst = np.sign(taps[OVERSAMPLING // 2 - 1])
    steep, _, _ = bounds(taps)
    assert np.abs(taps @ worst).max() == pytest.approx(steep)


def test_filters_keep_a_constant_and_follow_a_tone() -> None:
    taps = interpolators()
    assert taps.sum(axis=1) == pytest.approx(1.0)
    time = np.arange(TAPS) - (TAPS // 2 - 1)
    for frequency in (0.05, 0.2, 0.4):  # of the sample rate
        made = taps @ np.sin(2 * np.pi * frequency * time + 0.3)
        expected = np.sin(2 * np.pi * frequency * np.array([0.25, 0.5, 0.75]) + 0.3)
        assert made == pytest.approx(expected, abs=0.002)  # 0.02 dB


def test_silence_has_no_peak_and_one_sample_has_its_own() -> None:
    silent = TruePeak(1)
    silent.add(np.zeros((1, 1_000), np.float32))
    assert silent.dbtp() is None
    click = np.zeros((1, 1_000), np.float32)
    click[0, 500] = 0.5
    assert peak_of(click) == pytest.approx(-6.02, abs=0.01)


def test_the_last_and_the_first_sample_count() -> None:
    for position in (0, 99):
        audio = np.zeros((1, 100), np.float32)
        audio[0, position] = 1.0
        assert peak_of(audio) == pytest.approx(0.0, abs=1e-6)


def test_asking_twice_gives_the_same_and_more_can_be_added() -> None:
    meter = TruePeak(1)
    meter.add(np.full((1, 50), 0.25, np.float32))
    assert meter.dbtp() == meter.dbtp()
    meter.add(np.full((1, 50), 0.5, np.float32))
    assert (meter.dbtp() or -99) > -6.1
