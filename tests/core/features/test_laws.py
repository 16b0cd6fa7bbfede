"""Laws that every measurement obeys, on one piece: turned over, swapped, reversed, faster."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.core.features.listening import analysed
from tests.core.features.signals import Audio, drums, mixed, noise, song

RATE = 22_050
NOT_OF_LEVEL = [
    "dominant_hz",
    "centroid_hz",
    "bandwidth_hz",
    "rolloff_hz",
    "flatness",
    "zero_crossing_rate",
    "tempo_bpm",
    "key",
    "mode",
    "tuning_cents",
    "stereo_correlation",
    "stereo_width",
    "octave_phase_correlation",
    "phase_deviation",
    "chroma",
]
OF_THE_SPECTRUM = [
    "dominant_hz",
    "centroid_hz",
    "bandwidth_hz",
    "rolloff_hz",
    "zero_crossing_rate",
    "octave_energy_db",
    "key",
    "mode",
    "tuning_cents",
    "stereo_correlation",
    "stereo_width",
    "octave_phase_correlation",
    "chroma",
]
OF_FREQUENCY = ("centroid_hz", "bandwidth_hz", "rolloff_hz")


@cache
def piece() -> Audio:
    """A cadence in A minor with drums, its sides alike but for some hiss; 12 seconds at 110 BPM."""
    start = np.zeros(round(0.2 * RATE), np.float32)  # where the drums have their first beat
    music = np.concatenate([start, song(9, is_minor=True, tempo_bpm=110, n_bars=6)])
    rhythm = drums(110, 12)
    middle = mixed(music, rhythm)[: 12 * RATE]
    hiss = [noise(12, sample_rate=RATE, level=0.01, seed=seed)[: middle.size] for seed in (1, 2)]
    return np.stack([mixed(middle, side) for side in hiss])


@cache
def measured() -> dict[str, Any]:
    return analysed(piece()).features


def assert_alike(found: Any, expected: Any, name: str, *, rel: float, off: float = 0.0) -> None:
    if isinstance(expected, list):
        assert len(found) == len(expected), name
        for a, b in zip(found, expected, strict=True):
            assert_alike(a, b, name, rel=rel, off=off)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=rel, abs=off), name
    else:
        assert found == expected, name


def test_the_piece_is_understood() -> None:
    found = measured()
    assert (found["key"], found["mode"]) == ("A", "minor")
    assert found["tempo_bpm"] == pytest.approx(110, rel=0.01)
    unsaid = {name for name, value in found.items() if value is None}
    assert unsaid == {"bit_depth"}  # it was computed


def test_turning_the_wave_over_changes_nothing() -> None:
    found = analysed(-piece()).features
    for name, value in measured().items():
        if name == "dc_offset":
            assert found[name] == pytest.approx(-value, rel=1e-4)
        else:
            assert_alike(found[name], value, name, rel=1e-4, off=1e-4)


def test_swapping_the_sides_changes_nothing() -> None:
    found = analysed(piece()[::-1].copy()).features
    for name, value in measured().items():
        assert_alike(found[name], value, name, rel=1e-4, off=1e-4)


@pytest.mark.parametrize("gain_db", [-30.0, -12.0])
def test_a_gain_moves_levels_by_itself_and_nothing_else(gain_db: float) -> None:
    found = analysed(piece() * np.float32(10 ** (gain_db / 20))).features
    for name in NOT_OF_LEVEL:
        assert_alike(found[name], measured()[name], name, rel=0.01, off=0.01)
    for name in ("loudness_lufs", "true_peak_dbtp"):
        assert found[name] - measured()[name] == pytest.approx(gain_db, abs=0.02)
    for softer, louder in zip(
        found["octave_energy_db"], measured()["octave_energy_db"], strict=True
    ):
        assert (softer is None) == (louder is None)
        if softer is not None and softer > -115:
            assert softer - louder == pytest.approx(gain_db, abs=0.02)


def test_played_backwards_it_has_the_same_spectrum_key_and_sides() -> None:
    found = analysed(piece()[:, ::-1].copy()).features
    for name in OF_THE_SPECTRUM:
        assert_alike(found[name], measured()[name], name, rel=0.03, off=1.0)
    assert found["loudness_lufs"] == pytest.approx(measured()["loudness_lufs"], abs=0.1)
    assert sum(found["peaks"]) == pytest.approx(sum(measured()["peaks"]), rel=0.02)


def test_played_twice_as_fast_all_frequencies_double() -> None:
    """The same samples at twice the rate: an octave higher, so still in A minor."""
    faster = analysed(piece(), sample_rate=2 * RATE).features
    assert faster["duration_s"] == pytest.approx(measured()["duration_s"] / 2)
    for name in OF_FREQUENCY:
        assert faster[name] == pytest.approx(2 * measured()[name], rel=0.1), (
            name
        )  # a window holds more
    assert faster["tempo_bpm"] in (
        pytest.approx(2 * measured()["tempo_bpm"], rel=0.01),
        pytest.approx(measured()["tempo_bpm"], rel=0.01),  # 220 is felt as 110
    )
    assert (faster["key"], faster["mode"]) == ("A", "minor")
    assert faster["zero_crossing_rate"] == measured()["zero_crossing_rate"]
    assert faster["stereo_width"] == measured()["stereo_width"]


def test_silence_before_it_moves_the_beats_and_nothing_that_is_a_mean() -> None:
    later = np.concatenate([np.zeros((2, 2 * RATE), np.float32), piece()], axis=1)
    found = analysed(later).features
    for name in ("centroid_hz", "bandwidth_hz", "rolloff_hz", "flatness", "key", "mode"):
        assert_alike(found[name], measured()[name], name, rel=0.06)
    assert found["tempo_bpm"] == pytest.approx(measured()["tempo_bpm"], rel=0.005)
    before = np.array(measured()["beats_s"])
    after = np.array(found["beats_s"]) - 2.0
    missed = np.abs(before[:, np.newaxis] - after).min(axis=1) > 0.05
    assert np.count_nonzero(missed) <= 1
    assert found["loudness_lufs"] == pytest.approx(measured()["loudness_lufs"], abs=0.2)


def test_heard_twice_in_a_row_it_is_the_same_piece() -> None:
    found = analysed(np.concatenate([piece(), piece()], axis=1)).features
    assert found["duration_s"] == pytest.approx(2 * measured()["duration_s"])
    for name in ("centroid_hz", "rolloff_hz", "key", "mode", "tuning_cents", "stereo_width"):
        assert_alike(found[name], measured()[name], name, rel=0.02, off=0.3)
    assert found["loudness_lufs"] == pytest.approx(measured()["loudness_lufs"], abs=0.1)
    assert found["true_peak_dbtp"] == pytest.approx(measured()["true_peak_dbtp"], abs=0.1)


def test_a_second_copy_of_both_sides_as_further_channels_changes_no_mix() -> None:
    found = analysed(np.concatenate([piece(), piece()])).features
    for name in (*NOT_OF_LEVEL, "octave_energy_db", "true_peak_dbtp", "peaks"):
        assert_alike(found[name], measured()[name], name, rel=1e-3, off=1e-3)
    assert found["channels"] == 4
    louder_lu = found["loudness_lufs"] - measured()["loudness_lufs"]
    assert louder_lu == pytest.approx(10 * np.log10(1 + 1.41), abs=0.05)  # two of them are behind


def test_noise_under_the_music_makes_it_flatter_brighter_and_wider() -> None:
    hiss = np.stack([noise(12, sample_rate=RATE, level=0.05, seed=seed) for seed in (8, 9)])
    found = analysed(piece() + hiss[:, : piece().shape[1]]).features
    for name in ("flatness", "centroid_hz", "rolloff_hz", "stereo_width", "phase_deviation"):
        assert found[name] > measured()[name], name
    assert found["stereo_correlation"] < measured()["stereo_correlation"]
    assert (found["key"], found["mode"]) == ("A", "minor")
