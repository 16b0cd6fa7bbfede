"""Every feature has a sound on which it must change, and one on which it must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import isclose
from typing import Any

import numpy as np
import pytest

from songloom.core.features import BASIC, FEATURES_VERSION
from songloom.core.features.heard import EVERYTHING
from songloom.core.features.registry import FEATURES
from tests.core.features.listening import value
from tests.core.features.signals import (
    Audio,
    chords,
    clicks,
    drums,
    noise,
    sine,
    song,
    steps,
    stereo,
)

RATE = 22_050
ISSUE_ORDER = [
    "duration_s",
    "sample_rate",
    "channels",
    "bit_depth",
    "sounding_s",
    "silences_s",
    "fade_in_s",
    "fade_out_s",
    "clipped_runs",
    "clipped_s",
    "highlight_s",
    "dominant_hz",
    "centroid_hz",
    "brightness",
    "bandwidth_hz",
    "rolloff_hz",
    "flatness",
    "zero_crossing_rate",
    "octave_energy_db",
    "octave_contrast_db",
    "crest_db",
    "cutoff_hz",
    "tempo_bpm",
    "tempo_confidence",
    "tempo_alternatives_bpm",
    "tempo_stability",
    "onset_rate_hz",
    "beats_s",
    "downbeats_s",
    "metre",
    "key",
    "mode",
    "key_confidence",
    "key_changes",
    "chords",
    "tuning_cents",
    "loudness_lufs",
    "loudness_range_lu",
    "true_peak_dbtp",
    "momentary_max_lufs",
    "short_term_max_lufs",
    "loudness_over_time",
    "dynamic_range_db",
    "replaygain_track_gain_db",
    "replaygain_track_peak",
    "loudness_histogram",
    "stereo_correlation",
    "stereo_width",
    "octave_phase_correlation",
    "octave_width",
    "correlation_over_time",
    "width_over_time",
    "delay_samples",
    "polarity",
    "mono_loss_db",
    "dc_offset",
    "phase_deviation",
    "mfcc_mean",
    "timbre",
    "chroma",
    "fingerprint",
    "peaks",
    "peaks_fine",
]

Make = Callable[[], Audio]


def tone() -> Audio:
    return sine(440, 4, sample_rate=RATE)


def softer_tone() -> Audio:
    return sine(440, 4, sample_rate=RATE, level=0.1)


def hiss() -> Audio:
    return noise(4, sample_rate=RATE)


def softer_hiss() -> Audio:
    return hiss() * np.float32(0.25)


def wide_hiss() -> Audio:
    return np.stack([noise(4, sample_rate=RATE, seed=1), noise(4, sample_rate=RATE, seed=2)])


def beat() -> Audio:
    return drums(120, 12, sample_rate=RATE)


def softer_beat() -> Audio:
    return beat() * np.float32(0.2)


def c_major() -> Audio:
    return song(0, n_bars=4)


def c_major_faster() -> Audio:
    return song(0, n_bars=8, tempo_bpm=160)


def in_four() -> Audio:
    return chords(["C", "F"] * 6)


def in_three() -> Audio:
    return chords(["C", "F"] * 6, metre=3)


def running_away() -> Audio:
    """A drum that gets faster and faster."""
    sound = np.zeros(20 * RATE, np.float32)
    hit = clicks(60, 1, sample_rate=RATE, first_s=0)[: RATE // 20]
    for at_s in np.cumsum(np.geomspace(0.58, 0.5, 34)):
        sound[round(at_s * RATE) : round(at_s * RATE) + hit.size] += hit
    return sound


def whole(bits: int) -> Audio:
    """Hiss whose samples are integers of so many bits."""
    steps_ = 2 ** (bits - 1)
    return np.asarray(np.rint(hiss() * steps_) / steps_, dtype=np.float32)


def turned_up(faded_s: float, level: float = 1.0) -> Audio:
    """Twelve seconds of hiss that come up in a straight line."""
    sound = noise(12, sample_rate=RATE)
    return np.asarray(
        sound * level * np.minimum(np.arange(sound.size) / (faded_s * RATE), 1), dtype=np.float32
    )


def with_a_gap() -> Audio:
    sound = even().copy()
    sound[:, 3 * RATE : 5 * RATE] = 0
    return sound


def cut_off(level: float) -> Audio:
    return np.clip(sine(50, 2, sample_rate=RATE, level=level), -1, 1)


def stereo_left(sound: Audio) -> Audio:
    return np.stack([sound, np.zeros_like(sound)])


def late() -> Audio:
    """Twenty seconds of soft hiss, then a song of half a minute and more."""
    hissing = noise(20, sample_rate=RATE, level=0.01)
    return np.concatenate([hissing, song(0, n_bars=14)])


def below(cut_hz: float) -> Audio:
    spectrum = np.fft.rfft(hiss())
    spectrum[np.fft.rfftfreq(hiss().size, 1 / RATE) > cut_hz] = 0
    return np.asarray(np.fft.irfft(spectrum), dtype=np.float32)


def apart(n_samples: int) -> Audio:
    return np.stack([hiss(), np.roll(hiss(), n_samples)])


def hiss_without_offset() -> Audio:
    return np.asarray(hiss() - hiss().mean(), dtype=np.float32)


def even() -> Audio:
    return steps([(-20, 8)], sample_rate=RATE)


def swelling() -> Audio:
    return steps([(-32, 4), (-20, 4)], sample_rate=RATE)


def ahead() -> Audio:
    return np.stack([tone(), sine(440, 4, sample_rate=RATE, phase=1.0)])


def ahead_and_softer() -> Audio:
    return ahead() * np.float32(0.3)


@dataclass(frozen=True)
class Case:
    """Going from `base` to `changed` must move the feature, from `base` to `same` must not."""

    base: Make
    changed: Make
    same: Make


CASES = {
    "duration_s": Case(tone, lambda: sine(440, 3, sample_rate=RATE), hiss),
    "channels": Case(tone, lambda: stereo(tone()), hiss),
    "bit_depth": Case(lambda: whole(16), lambda: whole(12), lambda: -whole(16)),
    "sounding_s": Case(even, with_a_gap, lambda: even() * np.float32(0.5)),
    "silences_s": Case(with_a_gap, even, lambda: with_a_gap() * np.float32(0.5)),
    "fade_in_s": Case(lambda: turned_up(3), lambda: turned_up(1), lambda: turned_up(3, 0.2)),
    "fade_out_s": Case(
        lambda: turned_up(3)[::-1], lambda: turned_up(1)[::-1], lambda: turned_up(3, 0.2)[::-1]
    ),
    "clipped_runs": Case(
        lambda: cut_off(2.0), lambda: cut_off(0.9), lambda: stereo_left(cut_off(2.0))
    ),
    "clipped_s": Case(
        lambda: cut_off(2.0),
        lambda: np.concatenate([cut_off(0.9), cut_off(2.0)]),
        lambda: stereo_left(cut_off(2.0)),
    ),
    "highlight_s": Case(late, lambda: late()[::-1], lambda: late() * np.float32(0.5)),
    "octave_contrast_db": Case(c_major, hiss, lambda: stereo(c_major())),
    "crest_db": Case(tone, hiss, softer_tone),
    "cutoff_hz": Case(hiss, lambda: below(3_000), softer_hiss),
    "momentary_max_lufs": Case(
        swelling, lambda: swelling()[:, : 3 * RATE], lambda: swelling()[:, ::-1]
    ),
    "short_term_max_lufs": Case(
        swelling, lambda: swelling()[:, : 4 * RATE], lambda: swelling()[:, RATE:]
    ),
    "loudness_over_time": Case(even, swelling, lambda: -even()),
    "dynamic_range_db": Case(even, lambda: stereo(hiss()), lambda: even() * np.float32(0.5)),
    "replaygain_track_gain_db": Case(even, swelling, lambda: even()[:, : 6 * RATE]),
    "loudness_histogram": Case(even, swelling, lambda: even()[::-1]),
    "replaygain_track_peak": Case(tone, softer_tone, lambda: stereo(tone())),
    "octave_width": Case(ahead, wide_hiss, ahead_and_softer),
    "correlation_over_time": Case(ahead, wide_hiss, ahead_and_softer),
    "width_over_time": Case(ahead, wide_hiss, ahead_and_softer),
    "delay_samples": Case(lambda: apart(9), lambda: apart(-4), lambda: apart(9) * np.float32(0.2)),
    "polarity": Case(
        lambda: apart(9), lambda: apart(9) * np.array([[1], [-1]], np.float32), lambda: apart(3)
    ),
    "mono_loss_db": Case(wide_hiss, lambda: stereo(hiss()), lambda: wide_hiss() * np.float32(0.2)),
    "dc_offset": Case(tone, lambda: tone() + np.float32(0.1), hiss_without_offset),
    "timbre": Case(hiss, tone, lambda: stereo(hiss())),
    "dominant_hz": Case(tone, lambda: sine(660, 4, sample_rate=RATE), softer_tone),
    "centroid_hz": Case(tone, lambda: sine(660, 4, sample_rate=RATE), softer_tone),
    "brightness": Case(
        tone, lambda: sine(2_000, 4, sample_rate=RATE), lambda: sine(500, 4, sample_rate=RATE)
    ),
    "bandwidth_hz": Case(tone, hiss, softer_tone),
    "rolloff_hz": Case(tone, hiss, softer_tone),
    "flatness": Case(hiss, tone, softer_hiss),
    "zero_crossing_rate": Case(tone, lambda: sine(880, 4, sample_rate=RATE), softer_tone),
    "octave_energy_db": Case(tone, softer_tone, lambda: stereo(tone())),
    "tempo_bpm": Case(beat, lambda: drums(100, 12, sample_rate=RATE), softer_beat),
    "tempo_confidence": Case(beat, c_major, softer_beat),
    "beats_s": Case(
        lambda: clicks(100, 6, sample_rate=RATE, first_s=0.1),
        lambda: clicks(100, 6, sample_rate=RATE, first_s=0.3),
        lambda: clicks(100, 6, sample_rate=RATE, first_s=0.1) * np.float32(0.5),
    ),
    "tempo_alternatives_bpm": Case(beat, lambda: drums(100, 12, sample_rate=RATE), softer_beat),
    "tempo_stability": Case(beat, running_away, softer_beat),
    "onset_rate_hz": Case(
        lambda: clicks(120, 8, sample_rate=RATE),
        lambda: clicks(180, 8, sample_rate=RATE),
        lambda: clicks(120, 8, sample_rate=RATE) * np.float32(0.3),
    ),
    "downbeats_s": Case(in_four, in_three, lambda: stereo(in_four())),
    "metre": Case(in_four, in_three, lambda: in_four() * np.float32(0.3)),
    "key_changes": Case(c_major, lambda: song(5, n_bars=4), c_major_faster),
    "chords": Case(in_four, lambda: chords(["C", "Gm"] * 6), lambda: stereo(in_four())),
    "key": Case(c_major, lambda: song(5, n_bars=4), c_major_faster),
    "mode": Case(c_major, lambda: song(0, n_bars=4, is_minor=True), c_major_faster),
    "key_confidence": Case(
        c_major,
        lambda: np.concatenate([song(0, n_bars=4), song(6, n_bars=4)]),
        lambda: stereo(c_major()),
    ),
    "tuning_cents": Case(c_major, lambda: song(0, n_bars=4, cents=25), lambda: stereo(c_major())),
    "loudness_lufs": Case(even, swelling, lambda: even()[:, : 6 * RATE]),
    "loudness_range_lu": Case(even, swelling, lambda: even() * np.float32(0.5)),
    "true_peak_dbtp": Case(tone, softer_tone, lambda: stereo(tone())),
    "stereo_correlation": Case(ahead, wide_hiss, ahead_and_softer),
    "stereo_width": Case(ahead, wide_hiss, ahead_and_softer),
    "octave_phase_correlation": Case(ahead, wide_hiss, ahead_and_softer),
    "phase_deviation": Case(tone, hiss, softer_tone),
    "mfcc_mean": Case(hiss, tone, lambda: stereo(hiss())),
    "chroma": Case(c_major, lambda: song(5, n_bars=4), lambda: stereo(c_major())),
    "fingerprint": Case(c_major, lambda: song(5, n_bars=4), lambda: c_major() * np.float32(0.5)),
    "peaks": Case(even, swelling, lambda: even()[:1]),
    "peaks_fine": Case(even, swelling, lambda: -even()),
}


@cache
def measured(make: Make, name: str) -> Any:
    found = value(make(), name, sample_rate=RATE)
    assert found is not None
    return found


def alike(a: Any, b: Any) -> bool:
    """The same word; numbers within half a percent, or within 0.02 of their unit."""
    if isinstance(a, list):
        return len(a) == len(b) and all(alike(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, float) and isinstance(b, float):
        return isclose(a, b, rel_tol=0.005, abs_tol=0.02 if abs(a) > 0.1 else 1e-4)
    return bool(a == b)


@pytest.mark.parametrize("name", CASES)
def test_it_changes_when_it_must(name: str) -> None:
    case = CASES[name]
    assert not alike(measured(case.base, name), measured(case.changed, name))


@pytest.mark.parametrize("name", CASES)
def test_it_stays_when_it_must(name: str) -> None:
    case = CASES[name]
    assert alike(measured(case.base, name), measured(case.same, name))


def test_the_sample_rate_is_the_files_own() -> None:
    for sample_rate in (8_000, 44_100):
        sound = sine(440, 1, sample_rate=sample_rate)
        assert value(sound, "sample_rate", sample_rate=sample_rate) == sample_rate
        assert value(sound, "duration_s", sample_rate=sample_rate) == 1.0


def test_no_feature_is_left_out_of_the_cases() -> None:
    assert set(FEATURES) == {*CASES, "sample_rate"}


def test_the_features_are_those_of_the_first_design_in_its_order() -> None:
    assert list(FEATURES) == ISSUE_ORDER


def test_the_basic_ones_are_features() -> None:
    assert set(BASIC) <= set(FEATURES)
    assert FEATURES_VERSION >= 1


def test_every_feature_says_its_unit_and_reads_known_parts() -> None:
    for feature in FEATURES.values():
        assert feature.needs <= EVERYTHING
        suffix = feature.name.rpartition("_")[2]
        unit = {"hz": "Hz", "s": "s", "db": "dB", "bpm": "BPM", "lufs": "LUFS", "lu": "LU"}
        assert feature.unit == unit.get(suffix, feature.unit)
