"""Frames, windows and transforms keep time and energy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.features.spectrum import (
    BATCH_SAMPLES,
    Framer,
    Grid,
    hann,
    power_scale,
    transform,
)
from tests.core.features.signals import noise, sine


@pytest.mark.parametrize("sample_rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_frames_mean_the_same_at_every_rate(sample_rate: int) -> None:
    grid = Grid(sample_rate)
    assert 0.093 / 1.42 < grid.n_fft / sample_rate < 0.093 * 1.42  # the nearest power of two
    assert grid.n_fft & (grid.n_fft - 1) == 0
    assert grid.frame_rate == pytest.approx(50, rel=0.005)
    assert grid.n_long == 4 * grid.n_fft
    assert grid.short_hz[-1] == grid.long_hz[-1] == sample_rate / 2
    assert grid.short_hz.size == grid.n_fft // 2 + 1


def test_the_usual_rates_get_exactly_fifty_frames_a_second() -> None:
    assert {Grid(rate).frame_rate for rate in (22_050, 44_100, 48_000, 96_000)} == {50.0}


@settings(deadline=None)
@given(
    cuts=st.lists(st.integers(0, 3_000), max_size=8),
    size=st.integers(1, 300),
    hop=st.integers(1, 300),
    lead=st.integers(0, 200),
)
def test_block_borders_do_not_move_frames(cuts: list[int], size: int, hop: int, lead: int) -> None:
    samples, hop = np.arange(1, 3_001, dtype=np.float32)[np.newaxis], min(hop, size)
    framer = Framer(1, size, hop, lead=lead)
    found = [
        frames[0].copy()
        for part in np.split(samples, sorted(cuts), axis=1)
        for frames in framer.add(part)
    ]
    padded = np.concatenate([np.zeros(lead), samples[0]])
    expected = [padded[at : at + size] for at in range(0, padded.size - size + 1, hop)]
    assert np.array_equal(
        np.concatenate([*found, np.zeros((0, size))]), np.reshape(expected, (-1, size))
    )


def test_batches_fit_the_cache() -> None:
    sound = np.zeros((2, 200_000), np.float32)
    sizes = [frames.shape[1] for frames in Framer(2, 4_096, 882).add(sound)]
    assert max(sizes) == BATCH_SAMPLES // (2 * 4_096)
    assert sum(sizes) == (200_000 - 4_096) // 882 + 1


@pytest.mark.parametrize("n_samples", [1, 49, 50, 51, 1_000, 1_049])
def test_a_centred_frame_stands_at_every_hop_of_the_sound(n_samples: int) -> None:
    framer = Framer(1, 100, 50, lead=50)
    block = np.ones((1, n_samples), np.float32)
    n_frames = sum(f.shape[1] for f in [*framer.add(block), *framer.finish()])
    assert n_frames == n_samples // 50 + 1  # centres at 0, 50, … ≤ n_samples


def test_the_window_is_a_raised_cosine() -> None:
    window = hann(8)
    assert window[0] == 0
    assert window[4] == 1
    assert window[1:] == pytest.approx(window[1:][::-1])
    assert hann(64) + np.roll(hann(64), 32) == pytest.approx(
        1, abs=1e-6
    )  # overlapped by half: flat


@pytest.mark.parametrize("size", [256, 2_048])
def test_power_adds_up_to_the_mean_square(size: int) -> None:
    frames = noise(4, sample_rate=10_000)[: size * 16].reshape(1, -1, size)
    windowed_square = float(((frames * hann(size)) ** 2).sum() / (hann(size) ** 2).sum() / 16)
    power = np.abs(transform(frames)) ** 2
    total = float(power[..., 1:-1].sum() + power[..., [0, -1]].sum() / 2) * power_scale(size) / 16
    assert total == pytest.approx(windowed_square, rel=1e-4)


def test_a_full_scale_sine_has_a_quarter_of_the_window_as_magnitude() -> None:
    frame = sine(1_000, 2_048 / 8_000, sample_rate=8_000, level=1.0)[np.newaxis, np.newaxis]
    assert np.abs(transform(frame)).max() == pytest.approx(2_048 / 4, rel=1e-3)
