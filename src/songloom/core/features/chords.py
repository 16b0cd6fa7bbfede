"""Which triad sounds when: 24 of them, or none."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.floating]
Indices = NDArray[np.intp]

NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
NONE = "N"
CHORDS = (*NOTES, *(f"{note}m" for note in NOTES), NONE)
N_TRIADS = 24
MAJOR_TRIAD, MINOR_TRIAD = (0, 4, 7), (0, 3, 7)
ROOT_IN_BASS = 0.2  # what a root in the bass adds; with more, every walking bass changes the chord
SHARPNESS = 10.0  # log-odds between a frame that is the triad and one that has nothing of it
STAY = 4.0  # log-odds against a change from one frame to the next: chords last
NO_TRIAD = 6.5  # what fits less is no triad: noise fits at 6.0, drums at 6.6, chords at 10


def triads() -> Doubles:
    """(24, 12) of unit length: C major to B major, then C minor to B minor."""
    found = np.zeros((N_TRIADS, 12))
    for i in range(N_TRIADS):
        found[i, [(i + step) % 12 for step in (MINOR_TRIAD if i >= 12 else MAJOR_TRIAD)]] = 1
    return np.asarray(found / np.sqrt(3))


def fits(notes: Doubles, bass: Doubles) -> Doubles:
    """How well each triad, or none, fits each frame.

    notes, bass  (frames, 12) shares of the pitch classes; their roots are compared, so that a
                 loud melody does not hide the chord
    returns      (frames, 25) log-likelihood but for a constant, in the order of CHORDS
    """
    roots = _unit(np.sqrt(bass))[:, np.arange(N_TRIADS) % 12]
    found = SHARPNESS * (_unit(np.sqrt(notes)) @ triads().T + ROOT_IN_BASS * roots)
    none = np.full((len(notes), 1), NO_TRIAD)
    return np.concatenate([found, none], axis=1)


def most_likely(likelihood: Doubles, stay: float) -> Indices:
    """The likeliest states over time where each change costs `stay` (Viterbi).

    likelihood  (frames, states)
    returns     (frames,)
    """
    if not len(likelihood):
        return np.zeros(0, np.intp)
    same = np.arange(likelihood.shape[1])
    came = np.zeros(likelihood.shape, np.int16)
    score = likelihood[0].copy()
    for t in range(1, len(likelihood)):
        best = int(score.argmax())
        changed = score[best] - stay
        came[t] = np.where(score >= changed, same, best)
        score = np.maximum(score, changed) + likelihood[t]
    path = [int(score.argmax())]
    for t in range(len(likelihood) - 1, 0, -1):
        path.append(int(came[t, path[-1]]))
    return np.array(path[::-1], np.intp)


def runs(path: Indices) -> list[tuple[int, int, int]]:
    """(first, end, state) of each stretch of the same state."""
    cuts = np.flatnonzero(np.diff(path)) + 1
    edges = [0, *cuts.tolist(), path.size]
    return [(a, b, int(path[a])) for a, b in pairwise(edges) if b > a]


def on_beats(edges_s: Doubles, beats_s: Doubles, within_s: float) -> Doubles:
    """Each edge moved to the nearest beat if one is so near: chords change on beats."""
    if not beats_s.size:
        return edges_s
    right = np.clip(np.searchsorted(beats_s, edges_s), 1, max(1, beats_s.size - 1))
    near = np.stack([beats_s[right - 1], beats_s[np.minimum(right, beats_s.size - 1)]])
    nearest = near[np.abs(near - edges_s).argmin(axis=0), np.arange(edges_s.size)]
    return np.asarray(np.where(np.abs(nearest - edges_s) <= within_s, nearest, edges_s))


def _unit(rows: Doubles) -> Doubles:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
