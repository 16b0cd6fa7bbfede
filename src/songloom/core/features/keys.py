"""The key of a stretch of music: from how often its notes sound, and from its chords."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.chords import N_TRIADS, Indices, most_likely, runs

Doubles = NDArray[np.floating]

N_KEYS = 24
# How well each degree fits a key: Krumhansl & Kessler, "Tracing the dynamic changes in perceived
# tonal organization", 1982; Temperley, "The cognition of basic musical structures", 2001.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
SHARE_MAJOR = (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400)
SHARE_MINOR = (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330)
# The triads of a key as (steps above the tonic, is minor). A minor key has a major dominant, which
# tells it from its relative: without that it was taken for its III or VI.
OWN_MAJOR = ((0, 0), (5, 0), (7, 0), (2, 1), (4, 1), (9, 1))
OWN_MINOR = ((0, 1), (5, 1), (7, 0), (3, 0), (8, 0), (10, 0))
# How much each sign counts: a logistic model of pieces drawn at random, some cut off at both ends
# (benchmarks/learn_ears.py). They are log-odds for a whole unit of the sign.
PERCEIVED, COUNTED, OWN_TRIADS, TONIC_TRIAD, BEGINS, ENDS = 5.5, 1.2, 13.9, 0.5, 0.7, 1.1
BEGINNING_FRAMES, END_FRAMES = 8, 16  # 1.5 and 3 s
WINDOW_S, STEP_S = 12.0, 2.0  # over how much music a key is heard, and how often anew
MODULATES = 12.0  # log-odds against another key a step later: a borrowed chord is no change of key
SHORTEST_KEY_S = 8.0


@dataclass(frozen=True)
class Key:
    """tonic 0–11 (C = 0), is_minor, confidence in [0, 1]: how likely against all others."""

    tonic: int
    is_minor: bool
    confidence: float


def key_of(shares: Doubles, path: Indices) -> Key:
    """The likeliest key of a whole piece.

    shares  (12,) of the pitch classes, C first
    path    (frames,) its chords, as numbers of CHORDS
    """
    signs = likelihood(shares, chord_shares(path))
    signs += BEGINS * chord_shares(path[:BEGINNING_FRAMES])
    signs += ENDS * chord_shares(path[-END_FRAMES:])
    best = int(signs.argmax())
    confidence = 1 / float(np.exp(signs - signs[best]).sum())
    return Key(best % 12, best >= 12, confidence)


def changes(notes: Doubles, path: Indices, frame_s: float, whole: Key) -> list[tuple[float, int]]:
    """(second, key) of each stretch in one key; keys in the order of `profiles`.

    notes  (frames, 12) shares of the pitch classes
    whole  the key of all of it, which stands where it never changes
    """
    size, step = max(1, round(WINDOW_S / frame_s)), max(1, round(STEP_S / frame_s))
    starts = range(0, max(1, len(notes) - size + step), step)
    windows = np.array([_window(notes[i : i + size], path[i : i + size]) for i in starts])
    found = [
        (0.0 if first == 0 else (first * step + size / 2) * frame_s, key)
        for first, end, key in runs(most_likely(windows, MODULATES))
        if first == 0 or (end - first) * STEP_S >= SHORTEST_KEY_S
    ]
    if len({key for _, key in found}) == 1:
        return [(0.0, whole.tonic + 12 * whole.is_minor)]
    return [one for i, one in enumerate(found) if i == 0 or one[1] != found[i - 1][1]]


def _window(notes: Doubles, path: Indices) -> Doubles:
    total = notes.sum(axis=0)
    return likelihood(total / max(float(total.sum()), 1e-9), chord_shares(path))


def likelihood(shares: Doubles, chords: Doubles) -> Doubles:
    """(24,) how likely each key is from pitch classes (12,) and shares of chords (24,)."""
    notes, harmony = _weights()
    return np.asarray(notes @ normalised(shares) + harmony @ chords)


@cache
def _weights() -> tuple[Doubles, Doubles]:
    """What pitch classes and what chords say about each key: (24, 12) and (24, 24)."""
    notes = PERCEIVED * profiles(MAJOR, MINOR) + COUNTED * profiles(SHARE_MAJOR, SHARE_MINOR)
    # Keys and triads stand in the same order: the tonic triad of a key has its number.
    return notes, OWN_TRIADS * own_triads() + TONIC_TRIAD * np.eye(N_KEYS)


def chord_shares(path: Indices) -> Doubles:
    """(24,) how much of the time each triad sounds."""
    return np.bincount(path, minlength=N_TRIADS + 1)[:N_TRIADS] / max(1, path.size)


def own_triads() -> Doubles:
    """(24, 24): 1 where the triad (column) belongs to the key (row)."""
    found = np.zeros((N_KEYS, N_TRIADS))
    for key in range(N_KEYS):
        for step, is_minor in OWN_MINOR if key >= 12 else OWN_MAJOR:
            found[key, (key + step) % 12 + 12 * is_minor] = 1
    return found


def profiles(major: tuple[float, ...], minor: tuple[float, ...]) -> Doubles:
    """(24, 12) normalised: C major to B major, then C minor to B minor."""
    return np.array(
        [np.roll(normalised(np.array(p)), k) for p in (major, minor) for k in range(12)]
    )


def normalised(values: Doubles) -> Doubles:
    """Without its mean, of unit length; all 0 if every value is the same."""
    centred = values - values.mean()
    length = float(np.linalg.norm(centred))
    return np.asarray(centred / length if length > 1e-12 else np.zeros_like(centred))
