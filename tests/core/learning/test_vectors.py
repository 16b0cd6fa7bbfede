"""A track as a vector: differences count as they are heard."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.registry import FEATURES
from songloom.core.learning.vectors import FAMILIES, KEYS, N_COLUMNS, Floats, vector

SONG: dict[str, Any] = {
    "tempo_bpm": 120.0,
    "tempo_confidence": 0.8,
    "key": "D",
    "mode": "minor",
    "chroma": [0.05, 0.05, 0.2, 0.05, 0.05, 0.15, 0.05, 0.05, 0.05, 0.2, 0.05, 0.05],
    "loudness_lufs": -14.0,
    "loudness_range_lu": 6.0,
    "true_peak_dbtp": -1.0,
    "centroid_hz": 1_000.0,
    "bandwidth_hz": 1_500.0,
    "rolloff_hz": 2_000.0,
    "flatness": 0.01,
    "zero_crossing_rate": 0.05,
    "octave_energy_db": [-30.0 + i for i in range(10)],
    "mfcc_mean": [-200.0, *(float(i) for i in range(12))],
    "stereo_correlation": 0.9,
    "stereo_width": 0.05,
    "octave_phase_correlation": [0.9] * 10,
    "phase_deviation": 0.8,
}


def part(name: str, values: dict[str, Any]) -> Floats:
    """The columns of one family."""
    start = 0
    for family in FAMILIES:
        if family.name == name:
            return vector(values)[start : start + family.n_columns]
        start += family.n_columns
    raise LookupError(name)


def test_a_whole_song_has_a_number_in_every_column() -> None:
    row = vector(SONG)
    assert row.shape == (N_COLUMNS,)
    assert row.dtype == np.float32
    assert np.isfinite(row).all()


def test_of_nothing_nothing_is_said() -> None:
    assert np.isnan(vector({})).all()


def test_every_feature_that_is_read_is_one_that_is_measured() -> None:
    """Leaving one out must change the vector; what is never measured would be dead weight."""
    for name in SONG:
        assert name in FEATURES
        without = {key: value for key, value in SONG.items() if key != name}
        assert not np.array_equal(vector(without), vector(SONG), equal_nan=True)


@given(st.sampled_from(sorted(SONG)))
def test_what_cannot_be_said_is_missing_and_disturbs_no_other_family(name: str) -> None:
    changed = vector({**SONG, name: None})
    same = changed == vector(SONG)
    missing = np.isnan(changed)
    assert missing.any() or name == "mode"
    start = 0
    for family in FAMILIES:
        columns = slice(start, start + family.n_columns)
        assert same[columns].all() or missing[columns].any()
        start += family.n_columns


@given(st.floats(20, 400), st.floats(0.25, 4))
def test_tempo_counts_in_octaves(bpm: float, factor: float) -> None:
    slow, fast = (float(part("tempo", {"tempo_bpm": b})[0]) for b in (bpm, bpm * factor))
    assert fast - slow == pytest.approx(math.log2(factor), abs=1e-4)


def test_keys_a_fifth_apart_are_neighbours_and_a_tritone_is_far() -> None:
    def gap(one: str, other: str) -> float:
        a, b = (part("key", {"key": key, "mode": "major"}) for key in (one, other))
        return float(np.linalg.norm(a - b))

    assert gap("C", "G") < gap("C", "D") < gap("C", "F#")
    assert gap("C", "G") == pytest.approx(gap("F#", "C#"), abs=1e-6)


@pytest.mark.parametrize("tonic", range(12))
def test_a_minor_key_stands_where_its_relative_major_does(tonic: int) -> None:
    minor = part("key", {"key": KEYS[tonic], "mode": "minor"})
    major = part("key", {"key": KEYS[(tonic + 3) % 12], "mode": "major"})
    assert minor[:2] == pytest.approx(major[:2], abs=1e-6)
    assert minor[2] != major[2]


@given(st.integers(0, 11))
def test_harmony_does_not_change_when_a_song_is_transposed(semitones: int) -> None:
    tonic = KEYS.index(SONG["key"])
    moved = {
        **SONG,
        "key": KEYS[(tonic + semitones) % 12],
        "chroma": np.roll(SONG["chroma"], semitones).tolist(),
    }
    assert part("harmony", moved) == pytest.approx(part("harmony", SONG))


@given(st.floats(-30, 30))
def test_balance_does_not_change_with_the_level(gain_db: float) -> None:
    louder = {**SONG, "octave_energy_db": [x + gain_db for x in SONG["octave_energy_db"]]}
    assert part("balance", louder) == pytest.approx(part("balance", SONG), abs=1e-4)


def test_timbre_leaves_out_the_coefficient_of_the_level() -> None:
    louder = {**SONG, "mfcc_mean": [0.0, *SONG["mfcc_mean"][1:]]}
    assert np.array_equal(part("timbre", louder), part("timbre", SONG))


@pytest.mark.parametrize(
    "odd",
    [
        {"tempo_bpm": 0.0},
        {"tempo_bpm": math.inf},
        {"tempo_bpm": "fast"},
        {"octave_energy_db": [None] * 10},
        {"octave_energy_db": "loud"},
        {"mfcc_mean": [1.0]},
        {"mfcc_mean": [1.0] * 99},
        {"key": "H", "mode": "major"},
        {"chroma": [0.1] * 5},
    ],
)
def test_odd_values_are_missing_and_never_an_error(odd: dict[str, Any]) -> None:
    row = vector({**SONG, **odd})
    assert row.shape == (N_COLUMNS,)
    assert not np.isinf(row).any()
