"""Which beats begin a bar, and whether bars have three or four."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import beats
from songloom.core.features.beat_ear import BeatOdds
from songloom.core.features.onsets import Onsets, smoothed

Doubles = NDArray[np.floating]
Indices = NDArray[np.intp]

METRES = (3, 4)
SLIP = 14.0  # log-odds against a bar with a beat too many or too few
STARTS = 5.0  # log-odds for music to begin with a bar: it decides where nothing else does
FEWEST_BEATS = 8
SIGNS = ("bass", "middle", "change", "ear", "harmony_1", "harmony_2", "harmony_3")
# How much each sign counts: by itself, against the beats beside it, and against those two away. A
# logistic model of music of which the network learnt nothing (benchmarks/learn_beats.py).
WEIGHTS = np.array(
    [
        [-0.12, 0.02, -0.10, 0.04, -0.20, -1.18, -0.26],
        [0.26, -0.06, -0.10, 0.77, 1.57, -0.18, -0.66],
        [0.08, -0.06, 0.33, 0.78, -0.39, 1.53, 0.59],
    ]
)
SELDOM = -2.29  # log-odds of a beat of which nothing is known


@dataclass(frozen=True)
class Bars:
    """How many beats a bar has, and the numbers of the beats that begin one."""

    metre: int
    first: Indices


def bars(
    beats_s: Doubles, onsets: Onsets, odds: BeatOdds, notes: Doubles, notes_s: Doubles
) -> Bars | None:
    """The bars of a piece; None if it has too few beats.

    notes    (frames, 12) shares of the pitch classes
    notes_s  (frames,) the middle of each of these frames
    """
    if beats_s.size < FEWEST_BEATS:
        return None
    firsts = downbeat_odds(signs(beats_s, onsets, odds, notes, notes_s))
    firsts[0] += STARTS
    found = [counted_in(firsts, metre) for metre in METRES]
    best = int(np.argmax([score for score, _ in found]))
    return Bars(METRES[best], found[best][1])


def signs(
    beats_s: Doubles, onsets: Onsets, odds: BeatOdds, notes: Doubles, notes_s: Doubles
) -> Doubles:
    """What may mark the first beat of a bar: (3, beats, SIGNS), each in standard deviations.

    Bars begin with a bass note or a drum, and chords change with them: how far the pitch classes
    of one, two, three beats before differ from those of as many after.
    """
    at = np.clip(np.rint(beats_s * onsets.frame_rate), 0, onsets.change.size - 1).astype(np.intp)
    change = smoothed(onsets.change)
    heard = onsets.rises[:, 0], onsets.rises[:, 1], change, odds.first
    loud = [beats.around(values, at) for values in heard]
    harmony = by_beat(beats_s, notes, notes_s)
    rows = np.stack([*loud, *(novelty(harmony, n) for n in (1, 2, 3))], axis=1).astype(np.float64)
    rows = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-6)
    wide = np.pad(rows, ((2, 2), (0, 0)))
    beside = (wide[1:-3] + wide[3:-1]) / 2
    two_away = (wide[:-4] + wide[4:]) / 2
    return np.stack([rows, rows - beside, rows - two_away])


def downbeat_odds(found: Doubles) -> Doubles:
    """(beats,) log-odds for each beat to begin a bar."""
    return np.asarray(np.einsum("kbs,ks->b", found, WEIGHTS) + SELDOM)


def by_beat(beats_s: Doubles, notes: Doubles, notes_s: Doubles) -> Doubles:
    """(beats, 12) what sounds until the next beat, of unit length; if nothing, what did before."""
    of_beat = np.searchsorted(beats_s, notes_s) - 1
    within = of_beat >= 0
    root = np.sqrt(notes[within])
    sums = np.zeros((beats_s.size, 12))
    np.add.at(
        sums, of_beat[within], root / np.maximum(np.linalg.norm(root, axis=1, keepdims=True), 1e-9)
    )
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    known = np.maximum.accumulate(np.where(length[:, 0] > 1e-9, np.arange(beats_s.size), 0))
    return np.asarray((sums / np.maximum(length, 1e-9))[known])


def novelty(harmony: Doubles, n_beats: int) -> Doubles:
    """(beats,) 1 − cosine between the n beats before each and the n from it on; 0 at the ends."""
    sums = np.concatenate([np.zeros((1, 12)), np.cumsum(harmony, axis=0)])
    at = np.arange(len(harmony))
    before = sums[at] - sums[np.maximum(at - n_beats, 0)]
    after = sums[np.minimum(at + n_beats, len(harmony))] - sums[at]
    length = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    same = np.einsum("bn,bn->b", before, after) / np.maximum(length, 1e-9)
    return np.asarray(np.where(length > 1e-9, 1 - same, 0))


def counted_in(odds: Doubles, metre: int) -> tuple[float, Indices]:
    """The likeliest way to count the beats in this metre (Viterbi; a slip costs SLIP).

    returns  its log-odds, and the numbers of the first beats
    """
    score = [float(odds[0])] + [0.0] * (metre - 1)  # plain numbers: three or four at a time
    came = [[0] * metre]
    usual = [(place - 1) % metre for place in range(metre)]
    for here in odds[1:].tolist():
        total = max(score)
        best, slipped = score.index(total), total - SLIP
        came.append([i if score[i] >= slipped else best for i in usual])
        score = [max(score[i], slipped) for i in usual]
        score[0] += here
    total = max(score)
    place = score.index(total)
    first = []
    for t in range(odds.size - 1, -1, -1):
        if place == 0:
            first.append(t)
        place = came[t][place]
    return total, np.array(first[::-1], np.intp)
