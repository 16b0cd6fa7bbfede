"""Beginnings: where they are, and what is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features import onsets as module
from songloom.core.features.onsets import (
    Onsets,
    above_average,
    moving_average,
    onsets,
    over_bands,
    smoothed,
)
from tests.core.features.listening import heard
from tests.core.features.signals import Audio, clicks, noise, sine


def onsets_of(sound: Audio) -> Onsets:
    return onsets(heard(sound).frames)


def test_each_click_is_a_beginning_within_a_frame() -> None:
    found = onsets_of(clicks(120, 6, sample_rate=22_050, first_s=0.5))
    strong = found.change > 0.5 * found.change.max()
    starts = np.flatnonzero(strong & ~np.roll(strong, 1)) / found.frame_rate
    assert starts == pytest.approx(np.arange(0.5, 5.9, 0.5), abs=0.04)  # two frames


def test_both_envelopes_rise_at_the_same_time() -> None:
    found = onsets_of(clicks(60, 5, sample_rate=22_050, first_s=0.7))
    assert abs(int(found.change.argmax()) % 50 - int(found.strength.argmax()) % 50) <= 2


def test_strength_tells_loud_from_soft_better_than_change() -> None:
    found = onsets_of(clicks(60, 10, sample_rate=22_050, first_s=0.5, strong_every=2))
    at = ((np.arange(10) + 0.5) * found.frame_rate).astype(int)
    change, strength = (
        np.array([values[i - 2 : i + 4].max() for i in at])
        for values in (found.change, found.strength)
    )
    ratio = [float(values[1::2].mean() / values[::2].mean()) for values in (change, strength)]
    assert ratio[0] > 0.65  # 9.5 dB of some 60
    assert ratio[1] == pytest.approx((1 / 9) ** 0.3, abs=0.04)  # a third of the level, as loudness


def test_a_held_tone_begins_once() -> None:
    found = onsets_of(sine(440, 6, sample_rate=22_050))
    assert found.change[:10].max() > 0
    assert found.change[50:-50].max() < 0.02 * found.change[:10].max()


def test_a_gliding_voice_begins_less_than_a_click() -> None:
    time_s = np.arange(6 * 22_050) / 22_050
    glide = 0.3 * np.sin(2 * np.pi * (300 * time_s + 40 * time_s**2))
    gliding = onsets_of(glide.astype(np.float32)).change[50:-50].max()
    assert gliding < 0.2 * onsets_of(clicks(60, 6, sample_rate=22_050)).change.max()


def test_a_gain_moves_no_beginning() -> None:
    loud = onsets_of(clicks(90, 6, sample_rate=22_050))
    soft = onsets_of(clicks(90, 6, sample_rate=22_050) * np.float32(0.05))
    assert soft.change == pytest.approx(loud.change, abs=0.3)  # dB; steps of the 16 bits


@pytest.mark.parametrize("chunk_frames", [1, 7, 64, 249])
def test_chunks_leave_no_seam(chunk_frames: int, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = heard(noise(5, sample_rate=8_000), 8_000).frames
    whole = onsets(frames)
    monkeypatch.setattr(module, "CHUNK_FRAMES", chunk_frames)
    chunked = onsets(frames)
    assert np.array_equal(chunked.change, whole.change)
    assert np.array_equal(chunked.strength, whole.strength)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50), st.integers(1, 60))
def test_a_moving_average_stays_between_the_extremes(values: list[float], width: int) -> None:
    array = np.array(values, np.float32)
    found = moving_average(array, width)
    assert found.shape == array.shape
    assert np.all((found >= array.min() - 1e-3) & (found <= array.max() + 1e-3))
    assert np.all(above_average(array, width) >= 0)


def test_smoothing_keeps_what_it_spreads() -> None:
    spike = np.zeros(21, np.float32)
    spike[10] = 16
    assert smoothed(spike)[8:13].tolist() == [1, 4, 6, 4, 1]
    assert smoothed(spike[:3]).tolist() == [0, 0, 0]


def test_the_largest_of_three_bands() -> None:
    assert over_bands(np.array([[1, 5, 2, 0]], np.float32)).tolist() == [[5, 5, 5, 2]]
