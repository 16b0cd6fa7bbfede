"""Another rate, the same sound: in tune, in place, without images, whatever the blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.audio import Audio
from songloom.core.audio.resampling import resample
from tests.core.audio.sounds import boundaries, cut_at, joined, noise, tone

RATES = [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000]
EDGE_S = 0.02  # where the window hangs over the end


def resampled(sound: Audio, from_hz: int, to_hz: int) -> Audio:
    return joined(resample(iter([sound]), from_hz, to_hz), len(sound))


@pytest.mark.parametrize("from_hz", RATES)
@pytest.mark.parametrize("to_hz", RATES)
def test_a_tone_keeps_its_pitch_level_and_place(from_hz: int, to_hz: int) -> None:
    tone_hz = 0.3 * min(from_hz, to_hz)
    found = resampled(tone(tone_hz, 0.4, from_hz), from_hz, to_hz)
    expected = tone(tone_hz, 0.4, to_hz)
    inside = slice(round(EDGE_S * to_hz), round(0.38 * to_hz))
    assert np.abs(found - expected)[:, inside].max() < 1e-5  # −94 dB below the tone


@pytest.mark.parametrize(
    ("from_hz", "to_hz"), [(44_100, 44_101), (44_101, 44_100), (12_345, 48_000)]
)
def test_odd_ratios_are_as_good(from_hz: int, to_hz: int) -> None:
    tone_hz = 0.3 * min(from_hz, to_hz)
    found = resampled(tone(tone_hz, 0.1, from_hz), from_hz, to_hz)
    expected = tone(tone_hz, 0.1, to_hz)[:, : found.shape[1]]
    inside = slice(round(EDGE_S * to_hz), round(0.08 * to_hz))
    assert np.abs(found - expected)[:, inside].max() < 1e-5


@given(
    n_samples=st.integers(1, 5_000),
    from_hz=st.sampled_from(RATES),
    to_hz=st.sampled_from(RATES),
    cuts=boundaries(5_000),
)
@settings(max_examples=60, deadline=None)
def test_blocks_change_no_bit_and_the_length_is_the_nearest(
    n_samples: int, from_hz: int, to_hz: int, cuts: list[int]
) -> None:
    sound = noise(n_samples)
    whole = resampled(sound, from_hz, to_hz)
    assert whole.dtype == np.float32
    assert abs(whole.shape[1] - n_samples * to_hz / from_hz) <= 0.5
    pieces = joined(resample(cut_at(sound, cuts), from_hz, to_hz))
    assert np.array_equal(pieces, whole)


def test_what_lies_above_the_new_limit_does_not_fold_back() -> None:
    found = resampled(tone(15_000, 0.5), 44_100, 22_050)
    inside = found[:, 500:-500]
    assert np.abs(inside).max() < 0.5 * 10 ** (-90 / 20)


def test_going_up_makes_no_images() -> None:
    found = resampled(tone(5_000, 0.5, 16_000), 16_000, 48_000)[0, 1_000:-1_000]
    spectrum = np.abs(np.fft.rfft(found * np.blackman(found.size)))
    frequency_hz = np.fft.rfftfreq(found.size, 1 / 48_000)
    image = spectrum[(frequency_hz > 8_500)].max()
    assert 20 * np.log10(image / spectrum.max()) < -90


@pytest.mark.parametrize(
    ("from_hz", "to_hz", "most_db"),
    [
        (44_100, 48_000, -110),
        (48_000, 44_100, -110),
        (96_000, 44_100, -127),
        (44_100, 22_050, -127),
    ],
)
def test_what_a_tone_gains_lies_far_below_it(from_hz: int, to_hz: int, most_db: float) -> None:
    for tone_hz in (997.0, 5_000.0, 0.4 * to_hz):
        found = resampled(tone(tone_hz, 1.0, from_hz), from_hz, to_hz)[0]
        inside = found[to_hz // 10 : -to_hz // 10].astype(np.float64)
        turns = 2 * np.pi * tone_hz * np.arange(inside.size) / to_hz
        both = np.stack([np.sin(turns), np.cos(turns)], axis=1)
        fitted = both @ np.linalg.lstsq(both, inside, rcond=None)[0]
        rest_db = 10 * np.log10(np.mean((inside - fitted) ** 2) / np.mean(fitted**2))
        assert rest_db < most_db
        assert 10 * np.log10(2 * np.mean(fitted**2) / 0.5**2) == pytest.approx(0, abs=1e-3)


def test_the_pass_band_is_flat_to_90_percent() -> None:
    for tone_hz, within_db in ((20.0, 0.01), (1_000.0, 0.01), (18_500.0, 0.01), (19_600.0, 0.1)):
        inside = slice(2_000, -2_000)
        found = resampled(tone(tone_hz, 0.5, 48_000), 48_000, 44_100)[0, inside]
        expected = tone(tone_hz, 0.5, 44_100)[0, inside]
        level_db = 10 * np.log10(np.mean(found**2.0) / np.mean(expected**2.0))
        assert abs(level_db) < within_db


def test_there_and_back_is_the_same_length_and_sound() -> None:
    sound = tone(1_000, 0.5)
    back = resampled(resampled(sound, 44_100, 48_000), 48_000, 44_100)
    assert back.shape == sound.shape
    assert np.abs(back - sound)[:, 1_000:-1_000].max() < 2e-5


def test_the_same_rate_is_the_same_sound() -> None:
    sound = noise(1_000)
    assert np.array_equal(resampled(sound, 44_100, 44_100), sound)


def test_channels_do_not_touch_each_other() -> None:
    sound = noise(3_000)
    both = resampled(sound, 44_100, 48_000)
    left = resampled(sound[:1], 44_100, 48_000)
    assert np.abs(both[0] - left[0]).max() < 1e-6


def test_a_constant_stays_one() -> None:
    found = resampled(np.full((1, 20_000), 0.5, np.float32), 44_100, 32_000)
    assert np.abs(found[0, 500:-500] - 0.5).max() < 1e-6


def test_nothing_becomes_nothing() -> None:
    assert joined(resample(iter([]), 44_100, 48_000)).shape[1] == 0
    assert resampled(np.zeros((2, 0), np.float32), 44_100, 48_000).shape[1] == 0


def test_an_independent_resampler_agrees() -> None:
    from scipy.signal import resample

    sound = tone(1_234, 1.0, 8_000)
    found = resampled(sound, 8_000, 16_000)
    expected = resample(sound, 16_000, axis=1)  # by the Fourier transform of the whole
    assert np.abs(found - expected)[:, 2_000:-2_000].max() < 1e-3
