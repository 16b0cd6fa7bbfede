"""A track as a vector: what was measured, put on scales on which differences are heard alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Values = Mapping[str, Any]
KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
N_OCTAVES, N_MFCC, N_CHROMA = 10, 13, 12
MISSING = math.nan
VECTOR_VERSION = 1  # rises when a column changes its meaning: models are then learnt again


@dataclass(frozen=True)
class Family:
    """Columns that speak of one thing; in a distance they share one weight."""

    name: str
    n_columns: int
    read: Callable[[Values], Sequence[float]]


def vector(values: Values) -> Floats:
    """The features of one track as one row.

    values   {feature: JSON}, as the analyse room stores them
    returns  (N_COLUMNS,) float32; NaN where nothing can be said
    """
    columns: list[float] = []
    for family in FAMILIES:
        read = [*family.read(values)]
        columns += (read + [MISSING] * family.n_columns)[: family.n_columns]
    return np.asarray(columns, dtype=np.float32)


def _number(values: Values, name: str) -> float:
    value = values.get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else MISSING


def _plain(*names: str) -> Callable[[Values], Sequence[float]]:
    return lambda values: [_number(values, name) for name in names]


def _logarithms(*names: str) -> Callable[[Values], Sequence[float]]:
    """Octaves: twice as high or as fast is one step, wherever it begins."""

    def read(values: Values) -> list[float]:
        numbers = [_number(values, name) for name in names]
        return [math.log2(number) if number > 0 else MISSING for number in numbers]

    return read


def _listed(name: str, n: int) -> Callable[[Values], Sequence[float]]:
    def read(values: Values) -> list[float]:
        found = values.get(name)
        numbers = found if isinstance(found, list) else []
        return [MISSING if x is None else float(x) for x in numbers[:n]]

    return read


def _shape(name: str, n: int) -> Callable[[Values], Sequence[float]]:
    """A profile in dB without its level: how loud a track is stands elsewhere."""
    read = _listed(name, n)

    def level_free(values: Values) -> list[float]:
        numbers = list(read(values))
        known = [x for x in numbers if not math.isnan(x)]
        mean = sum(known) / len(known) if known else 0.0
        return [x - mean for x in numbers]

    return level_free


def _timbre(values: Values) -> Sequence[float]:
    """MFCC without the first, which is the level again."""
    return _listed("mfcc_mean", N_MFCC)(values)[1:]


def _key(values: Values) -> Sequence[float]:
    """Where the key stands on the circle of fifths: neighbours share six of seven notes.

    A minor key stands where its relative major does; the third column is the mode.
    """
    name, mode = values.get("key"), values.get("mode")
    if name not in KEYS or mode not in ("major", "minor"):
        return [MISSING] * 3
    tonic = KEYS.index(name) + (3 if mode == "minor" else 0)
    angle = 2 * math.pi * (7 * tonic % 12) / 12
    return [math.cos(angle), math.sin(angle), 1.0 if mode == "major" else -1.0]


def _harmony(values: Values) -> Sequence[float]:
    """Chroma from the tonic up, so that the same tune in another key is the same tune."""
    chroma = _listed("chroma", N_CHROMA)(values)
    if values.get("key") not in KEYS or len(chroma) != N_CHROMA:
        return [MISSING] * N_CHROMA
    tonic = KEYS.index(values["key"])
    return [*chroma[tonic:], *chroma[:tonic]]


FAMILIES = (
    Family("tempo", 1, _logarithms("tempo_bpm")),
    Family("beat", 1, _plain("tempo_confidence")),
    Family("key", 3, _key),
    Family("harmony", N_CHROMA, _harmony),
    Family("loudness", 1, _plain("loudness_lufs")),
    Family("dynamics", 2, _plain("loudness_range_lu", "true_peak_dbtp")),
    Family("brightness", 3, _logarithms("centroid_hz", "bandwidth_hz", "rolloff_hz")),
    Family("noise", 2, lambda v: [*_logarithms("flatness")(v), *_plain("zero_crossing_rate")(v)]),
    Family("balance", N_OCTAVES, _shape("octave_energy_db", N_OCTAVES)),
    Family("timbre", N_MFCC - 1, _timbre),
    Family("width", 2, _plain("stereo_correlation", "stereo_width")),
    Family("phase", N_OCTAVES, _listed("octave_phase_correlation", N_OCTAVES)),
    Family("attack", 1, _plain("phase_deviation")),
)
N_COLUMNS = sum(family.n_columns for family in FAMILIES)
