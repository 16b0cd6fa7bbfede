"""The target is met within 0.3 LU, no peak passes the ceiling, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from songloom.core.audio import Audio, Blocks, decode, levelling
from songloom.core.audio.levelling import HOP, Levelling, fitted, hop_peaks, measure
from songloom.core.features.true_peak import TruePeak
from tests.core.audio.sounds import cut_at, joined, noise, tone

RATE = 48_000


def starts(sound: Audio) -> Callable[[], Blocks]:
    return lambda: cut_at(sound, range(10_000, sound.shape[1], 10_000))


def drums(seconds: float = 6.0) -> Audio:
    """Short loud strokes over soft noise: high peaks, low loudness."""
    sound = noise(round(seconds * RATE), level=0.01)
    stroke = np.exp(-np.arange(4_000) / 300) * np.sin(np.arange(4_000) * 0.05)
    for at in range(0, sound.shape[1] - 4_000, 24_000):
        sound[:, at : at + 4_000] += (0.9 * stroke).astype(np.float32)
    return sound


@pytest.mark.parametrize("target_lufs", [-40.0, -23.0, -16.0])
def test_where_peaks_allow_it_is_a_plain_gain(target_lufs: float) -> None:
    sound = tone(1_000, 3.0, RATE, level=0.1)
    found = fitted(starts(sound), RATE, 2, target_lufs=target_lufs, ceiling_dbtp=-1)
    assert found is not None
    levels, reached = found
    assert levels.curve_db is None
    assert reached == pytest.approx(target_lufs, abs=1e-6)
    made = joined(levels.apply(starts(sound)()))
    ratio = made[sound != 0] / sound[sound != 0]
    assert np.ptp(ratio) < 1e-6
    assert measure(iter([made]), RATE, 2).lufs == pytest.approx(target_lufs, abs=0.01)


@pytest.mark.parametrize("target_lufs", [-20.0, -16.0, -14.0, -11.0])
def test_where_they_do_not_a_limiter_keeps_both_promises(target_lufs: float) -> None:
    sound = drums()
    found = fitted(starts(sound), RATE, 2, target_lufs=target_lufs, ceiling_dbtp=-1)
    assert found is not None
    made = joined(found[0].apply(starts(sound)()))
    levels = measure(iter([made]), RATE, 2)
    assert levels.lufs == pytest.approx(target_lufs, abs=0.3)
    assert levels.true_peak_dbtp is not None
    assert levels.true_peak_dbtp <= -1.0
    assert found[1] == pytest.approx(levels.lufs, abs=0.01)


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("target_lufs", [-23.0, -14.0, -9.0])
def test_both_promises_hold_on_a_real_song(real_song: Path, target_lufs: float) -> None:
    sound, rate = decode.read(str(real_song))
    found = fitted(starts(sound), rate, len(sound), target_lufs=target_lufs, ceiling_dbtp=-1)
    assert found is not None
    levels = measure(found[0].apply(starts(sound)()), rate, len(sound))
    assert levels.lufs == pytest.approx(target_lufs, abs=0.3)
    assert levels.true_peak_dbtp is not None
    assert levels.true_peak_dbtp <= -1.0


def test_what_cannot_be_reached_is_told_by_the_loudness_that_is() -> None:
    sound = np.zeros((2, 3 * RATE), np.float32)
    sound[:, :: RATE // 2] = 0.5  # one sample twice a second
    found = fitted(starts(sound), RATE, 2, target_lufs=-6, ceiling_dbtp=-1)
    assert found is not None
    made = joined(found[0].apply(starts(sound)()))
    levels = measure(iter([made]), RATE, 2)
    assert levels.true_peak_dbtp is not None
    assert levels.true_peak_dbtp <= -1
    assert found[1] < -20


@pytest.mark.parametrize(
    "sound", [np.zeros((2, 3 * RATE), np.float32), tone(1_000, 0.3, RATE), noise(0)]
)
def test_silence_and_what_is_too_short_have_no_level(sound: Audio) -> None:
    assert fitted(starts(sound), RATE, 2, target_lufs=-16, ceiling_dbtp=-1) is None


def test_setting_the_same_loudness_again_changes_nothing() -> None:
    sound = drums()
    once = fitted(starts(sound), RATE, 2, target_lufs=-16, ceiling_dbtp=-1)
    assert once is not None
    made = joined(once[0].apply(starts(sound)()))
    again = fitted(starts(made), RATE, 2, target_lufs=-16, ceiling_dbtp=-1)
    assert again is not None
    assert abs(again[0].gain_db) <= 0.3


def test_blocks_do_not_change_a_limited_sound() -> None:
    sound = drums(3.0)
    levels = Levelling(3.0, np.linspace(-6, 0, sound.shape[1] // HOP + 1).astype(np.float32))
    whole = joined(levels.apply(iter([sound])))
    pieces = joined(levels.apply(cut_at(sound, [1, 77, 5_000, 5_001, 99_999])))
    assert np.abs(whole - pieces).max() < 1e-7


def test_hop_peaks_are_true_peaks() -> None:
    sound = tone(RATE / 4 - 10, 0.5, RATE, level=0.7)  # its samples mostly miss the crests
    peaks = np.concatenate(list(hop_peaks(cut_at(sound, [5, 1_000, 20_001]))))
    assert peaks.size == -(-sound.shape[1] // HOP)
    meter = TruePeak(2)
    meter.add(sound)
    highest_dbtp = meter.dbtp()
    assert highest_dbtp is not None
    assert 20 * np.log10(peaks.max()) == pytest.approx(highest_dbtp, abs=0.01)


def test_a_hop_peak_stands_where_the_stroke_is() -> None:
    sound = np.zeros((2, 100 * HOP), np.float32)
    sound[1, 37 * HOP + 5] = 0.8
    peaks = np.concatenate(list(hop_peaks(iter([sound]))))
    assert peaks.argmax() == 37
    assert peaks[37] >= 0.8
    assert peaks[:30].max() == peaks[45:].max() == 0


def test_the_limiter_is_down_before_the_peak_and_comes_back_slowly() -> None:
    peaks = np.full(2_000, 0.1, np.float32)
    peaks[1_000] = 1.0
    curve = levelling._curve(peaks, 0.0, -6.0, HOP / RATE, 60.0)
    assert curve[1_000] == pytest.approx(-6, abs=1e-3)
    assert curve[990] == 0  # 13 ms before nothing happens yet
    assert -6 < curve[998] < 0
    assert curve[1_010] < -5
    assert (np.diff(curve[1_000:]) <= 60 * HOP / RATE + 1e-6).all()
    assert (curve <= 0).all()


def test_a_limiter_that_has_nothing_to_do_does_nothing() -> None:
    assert not levelling._curve(np.full(100, 0.1, np.float32), 0.0, -1.0, 0.001, 60.0).any()
