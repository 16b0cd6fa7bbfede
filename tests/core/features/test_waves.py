"""Sums, crossings and outline, straight off the samples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.features.heard import mean_of_channels
from songloom.core.features.waves import MOST_FINE, MOST_SPANS, N_PEAKS, Outline, Waves
from tests.core.features.signals import Audio, noise, sine, stereo


def waves_of(audio: Audio, *cuts: int) -> Waves:
    waves = Waves()
    for part in np.split(audio, cuts, axis=1):
        waves.add(part, mean_of_channels(part))
    return waves


def outline_of(audio: Audio, *cuts: int) -> Audio:
    outline = Outline()
    for part in np.split(audio, cuts, axis=1):
        outline.add(np.abs(part).max(axis=0, initial=0))
    return outline.peaks()


def test_the_mono_mix_is_the_mean_of_all_channels() -> None:
    channels = np.stack([sine(100, 0.1), sine(300, 0.1), noise(0.1)])
    assert mean_of_channels(channels) == pytest.approx(channels.mean(axis=0), abs=1e-7)
    assert mean_of_channels(channels[:1]) is not None
    assert np.array_equal(mean_of_channels(channels[:1]), channels[0])


@pytest.mark.parametrize("tone_hz", [50.0, 440.0, 5_000.0])
def test_a_sine_crosses_zero_twice_a_period(tone_hz: float) -> None:
    waves = waves_of(sine(tone_hz, 2.0, phase=0.1)[np.newaxis])
    assert waves.n_crossings == pytest.approx(2 * tone_hz * 2.0, abs=1)


@settings(deadline=None)
@given(st.lists(st.integers(0, 4_410), max_size=5), st.integers(0, 99))
def test_block_borders_change_no_sum_and_no_crossing(cuts: list[int], seed: int) -> None:
    audio = stereo(noise(0.1, seed=seed))
    whole, parted = waves_of(audio), waves_of(audio, *sorted(cuts))
    assert parted.n_crossings == whole.n_crossings
    assert parted.n_samples == whole.n_samples
    for name in ("left", "right", "product", "mono", "all"):
        assert getattr(parted, name) == pytest.approx(getattr(whole, name), rel=1e-5)


def test_sums_are_the_sums_they_say() -> None:
    audio = np.stack([sine(100, 1.0), noise(1.0)])
    waves = waves_of(audio)
    left, right = audio.astype(np.float64)
    assert waves.left == pytest.approx((left**2).sum(), rel=1e-5)
    assert waves.right == pytest.approx((right**2).sum(), rel=1e-5)
    assert waves.product == pytest.approx((left * right).sum(), abs=0.05)
    assert waves.all == pytest.approx(((left**2).sum() + (right**2).sum()) / 2, rel=1e-5)


def test_an_outline_has_eight_hundred_parts_and_the_true_maximum() -> None:
    audio = stereo(noise(20, level=0.2))
    peaks = outline_of(audio)
    assert peaks.size == N_PEAKS
    assert peaks.max() == np.abs(audio).max()


def test_an_outline_follows_the_loudness() -> None:
    swell = np.linspace(0, 1, 441_000, dtype=np.float32) * sine(440, 10.0, level=1.0)
    peaks = outline_of(swell[np.newaxis])
    assert peaks == pytest.approx(np.linspace(0, 1, N_PEAKS), abs=0.01)


def test_an_outline_of_few_samples_is_the_samples() -> None:
    audio = np.array([[0.1, -0.5, 0.25]], np.float32)
    assert outline_of(audio).tolist() == pytest.approx([0.1, 0.5, 0.25])
    assert outline_of(np.zeros((1, 0), np.float32)).size == 0


def test_the_louder_channel_draws_and_what_clips_is_cut() -> None:
    audio = np.array([[0.1, 0.2], [0.3, -1.7]], np.float32)
    assert outline_of(audio).tolist() == pytest.approx([0.3, 1.0])


@settings(max_examples=30, deadline=None)
@given(
    n_samples=st.integers(1, 40_000),
    cuts=st.lists(st.integers(0, 40_000), max_size=6),
    seed=st.integers(0, 99),
)
def test_no_peak_is_lost_wherever_blocks_end(n_samples: int, cuts: list[int], seed: int) -> None:
    audio = np.random.default_rng(seed).uniform(-1, 1, (1, n_samples)).astype(np.float32)
    peaks = outline_of(audio, *sorted(min(cut, n_samples) for cut in cuts))
    assert peaks.max() == np.abs(audio).max()
    assert peaks.size == min(N_PEAKS, peaks.size)
    assert np.isin(peaks, np.abs(audio)).all()


def test_memory_of_an_outline_does_not_grow() -> None:
    outline = Outline()
    for _ in range(200):
        outline.add(np.full(65_536, 0.5, np.float32))
    assert outline._peaks.size <= MOST_SPANS
    assert outline._open.size < 65_536
    assert outline.peaks().tolist() == [0.5] * N_PEAKS


def test_from_near_there_are_twenty_peaks_a_second() -> None:
    """A click of one sample in ten seconds stands in the one of 200 parts that it falls into."""
    audio = np.zeros((1, 80_000), np.float32)
    audio[0, 33_333] = 1.0
    outline = Outline()
    outline.add(audio[0])
    fine = outline.fine(8_000)
    assert fine.size == 200
    assert np.flatnonzero(fine).tolist() == [33_333 * 200 // 80_000]


def test_what_is_near_and_what_is_far_have_the_same_heights() -> None:
    audio = noise(90, sample_rate=4_000, level=0.1)
    outline = Outline()
    outline.add(np.abs(audio))
    fine, coarse = outline.fine(4_000), outline.peaks()
    assert fine.size == 1_800
    assert fine.max() == coarse.max() == np.abs(audio).max()


def test_a_long_sound_is_not_looked_at_from_nearer_than_it_can_be_kept() -> None:
    outline = Outline()
    for _ in range(40):
        outline.add(np.full(50_000, 0.5, np.float32))
    assert outline.fine(1_000).size == MOST_FINE
