"""Tunes as padded batches: what a training step and a validation step read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songloom.core.score.neural.encoding import CUT, Ints, Line, line_features

BATCH = 48
LENGTHS = (72, 104, 136, 176, 256, 400)  # steps; longer tunes are cut for training
Floats = NDArray[np.float32]
Batch = tuple[list[Ints], list[Ints], list[Floats]]


@dataclass
class Encoded:
    """One tune as arrays: features (steps, fields), pitch and duration symbols (steps,)."""

    seen: Ints
    pitch: Ints
    duration: Ints
    has_duration: NDArray[np.float32]


def encode(line: Line) -> Encoded:
    """One tune, its features and its targets, END included."""
    return Encoded(
        line_features(line),
        np.asarray([step.symbol for step in line.steps], dtype=np.int32),
        np.asarray([step.duration_index for step in line.steps], dtype=np.int32),
        np.asarray([step.symbol < CUT or step.ticks > 0 for step in line.steps], dtype=np.float32),
    )


def batches(tunes: list[Encoded], rng: np.random.Generator, size: int = BATCH) -> Iterator[Batch]:
    """Shuffled batches of tunes of like length, padded to one of LENGTHS.

    yields  inputs [seen (size, steps, fields), pitch (size, steps)], targets [pitch, duration]
            and weights of both (size, steps): 0 for padding, and for lengths of CUT and END
    """
    groups: dict[int, list[Encoded]] = {}
    for index in rng.permutation(len(tunes)):
        tune = tunes[index]
        length = next((n for n in LENGTHS if len(tune.pitch) <= n), LENGTHS[-1])
        groups.setdefault(length, []).append(tune)
    cuts = [
        (length, start) for length, group in groups.items() for start in range(0, len(group), size)
    ]
    for index in rng.permutation(len(cuts)):
        length, start = cuts[index]
        yield _padded(groups[length][start : start + size], length, size)


def _padded(tunes: list[Encoded], length: int, size: int) -> Batch:
    seen = np.zeros((size, length, tunes[0].seen.shape[1]), dtype=np.int32)
    pitch, duration = np.zeros((2, size, length), dtype=np.int32)
    heard, lasts = np.zeros((2, size, length), dtype=np.float32)
    for row, tune in enumerate(tunes):
        n = min(len(tune.pitch), length)
        seen[row, :n], pitch[row, :n] = tune.seen[:n], tune.pitch[:n]
        duration[row, :n], heard[row, :n] = tune.duration[:n], 1.0
        lasts[row, :n] = tune.has_duration[:n]
    return [seen, pitch], [pitch, duration], [heard, lasts]
