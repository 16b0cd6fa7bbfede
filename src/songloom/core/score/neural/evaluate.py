"""How good a melody model is: bits per note on tunes it never saw, and what its tunes are like.

Bits per note: −log2 p over every pitch, duration, bar cut and end of a tune, per sounding note. Key
and metre are given; the number of bars and the pickup are part of the order, so they are paid for
too, by how often they occur in the training tunes. A symbol out of the vocabulary pays an escape.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from songloom.core.score.neural.encoding import (
    CUT,
    FIELDS,
    LOWEST,
    N_DURATIONS,
    OFFSETS,
    RARE,
    REST,
    Line,
    Position,
    Step,
    line_features,
)
from songloom.core.score.neural.runtime import MelodyModel
from songloom.core.score.notes import Note

ESCAPE_BITS = math.log2(1024)  # any MIDI pitch or tick count, spelt out
SCALES = {
    "major": {0, 2, 4, 5, 7, 9, 11},
    "minor": {0, 2, 3, 5, 7, 8, 10, 11},
    "dorian": {0, 2, 3, 5, 7, 9, 10},
    "mixolydian": {0, 2, 4, 5, 7, 9, 10},
}
WIDEST = 12


def model_bits(model: MelodyModel, lines: Sequence[Line]) -> NDArray[np.float64]:
    """Bits of each line under a model, the order not counted: (lines,)."""
    longest = max(len(line.steps) for line in lines)
    seen = np.zeros((len(lines), longest, len(FIELDS)), dtype=np.int32)
    symbols = np.zeros((len(lines), longest), dtype=np.int32)
    lengths = np.full((len(lines), longest), -1, dtype=np.int32)
    for row, line in enumerate(lines):
        n = len(line.steps)
        seen[row, :n] = line_features(line) - OFFSETS
        symbols[row, :n] = [step.symbol for step in line.steps]
        lengths[row, :n] = [
            -1 if step.symbol >= CUT and step.symbol != RARE else step.duration_index
            for step in line.steps
        ]
    counts = np.asarray([len(line.steps) for line in lines])
    reader = model.reader(len(lines))
    bits = np.zeros(len(lines))
    rows = np.arange(len(lines))
    for place in range(longest):
        pitch_bits = _bits(reader.step(seen[:, place]))[rows, symbols[:, place]]
        length_bits = _bits(reader.durations(symbols[:, place]))[rows, lengths[:, place]]
        length_bits = np.where(lengths[:, place] < 0, 0.0, length_bits)
        bits += np.where(place < counts, pitch_bits + length_bits, 0.0)
    return bits + [escape_bits(line.steps) for line in lines]


def bits_per_note(bits: Iterable[float], lines: Sequence[Line]) -> float:
    """All bits over all sounding notes: long tunes weigh more."""
    return float(sum(bits)) / sum(line.n_notes for line in lines)


def escape_bits(steps: Iterable[Step]) -> float:
    """What symbols out of the vocabulary cost beyond saying so."""
    rare = sum(step.symbol == RARE for step in steps)
    odd = sum(bool(step.ticks) and step.duration_index == N_DURATIONS - 1 for step in steps)
    return ESCAPE_BITS * (rare + odd)


class OrderCost:
    """Bits of (bars, pickup) given the metre, by counts of training tunes, one added."""

    KINDS = 200 * 24

    def __init__(self, lines: Iterable[Line]) -> None:
        self.counts: dict[tuple[int, int], Counter[tuple[int, int]]] = {}
        for line in lines:
            ordered = self.counts.setdefault(line.metre, Counter())
            ordered[line.n_bars, line.pickup_ticks] += 1

    def bits(self, line: Line) -> float:
        """−log2 p of what was ordered."""
        counts = self.counts.get(line.metre, Counter())
        seen = counts[line.n_bars, line.pickup_ticks]
        n, kinds = counts.total(), len(counts)
        p = (seen + kinds / self.KINDS) / (n + kinds) if n else 1 / self.KINDS
        return -math.log2(p)


def _bits(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    normed = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    bits: NDArray[np.float64] = -normed / math.log(2)
    return bits


@dataclass(frozen=True)
class Character:
    """What a set of tunes is like.

    in_scale       share of notes in the scale of the mode
    steps          (2 * WIDEST + 1,) share of each move in semitones, −12 … 12
    bars_repeated  share of bars heard before in the same tune
    """

    in_scale: float
    steps: NDArray[np.float64]
    bars_repeated: float

    def step_distance(self, other: Character) -> float:
        """Total variation between the moves: 0 the same, 1 nothing in common."""
        return float(np.abs(self.steps - other.steps).sum() / 2)


def character(tunes: Sequence[Sequence[Note]], *, mode: str, bar_ticks: int) -> Character:
    """The character of tunes on the tonic C."""
    scale = SCALES[mode]
    pitches = [[note.pitch for note in tune] for tune in tunes]
    moves = [b - a for tune in pitches for a, b in pairwise(tune)]
    counts = np.bincount(np.clip(moves, -WIDEST, WIDEST) + WIDEST, minlength=2 * WIDEST + 1)
    sounding = [pitch % 12 in scale for tune in pitches for pitch in tune]
    return Character(
        in_scale=sum(sounding) / max(1, len(sounding)),
        steps=counts / max(1, counts.sum()),
        bars_repeated=float(np.mean([_repeated(tune, bar_ticks) for tune in tunes])),
    )


def _repeated(tune: Sequence[Note], bar_ticks: int) -> float:
    bars: dict[int, list[tuple[int, int, int]]] = {}
    for note in tune:
        shape = (note.onset_ticks % bar_ticks, note.duration_ticks, note.pitch)
        bars.setdefault(note.onset_ticks // bar_ticks, []).append(shape)
    return 1 - len({tuple(bar) for bar in bars.values()}) / max(1, len(bars))


def notes_of_line(line: Line) -> list[Note]:
    """A held-out tune as notes, to be compared with composed ones."""
    position = Position(line.metre, line.mode, line.n_bars, pickup_ticks=line.pickup_ticks)
    notes = []
    for step in line.steps:
        if step.symbol < REST:
            onset = position.time + line.pickup_ticks
            notes.append(Note(onset, step.ticks, step.symbol + LOWEST))
        position.advance(step)
    return notes
