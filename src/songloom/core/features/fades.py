"""Fades at the ends: a gain that somebody drew, told from music that dies away by itself.

Whatever the music does, a fade multiplies it by a known shape. Of each length and shape it is tried
how much less the level strays once that shape is taken away: as much of the music as the fade lasts
stands before it for comparison. A quarter of a sine is not among the shapes: it cannot be told from
a straight line of two thirds its length.

A note or a room dies away as well, but in a straight line of decibels, out of one stroke; a faded
song goes on playing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songloom.core.audio.silences import SPANS_PER_SECOND

Doubles = NDArray[np.float64]

SHORTEST_S, LONGEST_S, N_LENGTHS = 0.3, 30.0, 110
N_PARTS = 24  # of a fade, and as many of the music beside it
FINE = 8  # places in a part at which a shape is taken
TOP_PERCENT = 90  # of the spans: about as loud as the loud places are
DEEPEST_DB = 60.0  # below that the fade is over and the silence begins
EXACT_DB = 0.1  # how exact a level is at best: keeps a ratio of two small numbers finite
EXPLAINED = 0.43  # what may remain of the straying; cuts of real music leave 0.53 and more
AS_GOOD = 1.2  # so near to the best the longest counts: the first part of a fade is hardly heard
EDGE = 0.1  # of a fade: an onset nearer to its ends is none inside
BEFORE_S = 0.3  # an onset so little before the fall is what falls
GOES_ON = 2  # onsets inside: music that is faded plays on
QUIETER = 0.5  # of a fade, from the silent end: an ending has its last stroke before, and rings


def _shapes() -> dict[str, Doubles]:
    """(2 · N_PARTS,) dB of each part, counted from the silent end: the fade, and what is beside."""
    u = np.minimum((np.arange(2 * N_PARTS * FINE) + 0.5) / (N_PARTS * FINE), 1)
    gains = {
        "linear": u,
        "cosine": (1 - np.cos(np.pi * u)) / 2,
        "exponential": 10 ** (DEEPEST_DB / 20 * (u - 1)),
    }
    power = {name: (gain**2).reshape(-1, FINE).mean(axis=1) for name, gain in gains.items()}
    return {name: 10 * np.log10(mean) for name, mean in power.items()}


SHAPES = _shapes()
DECAYING = "exponential"  # how strings, bells and rooms die away


@dataclass(frozen=True)
class Fade:
    """A gain that fits: how long, which of SHAPES, and the silence between it and the end."""

    duration_s: float
    shape: str
    silence_s: float


def fade_in_s(peaks: NDArray[np.floating], onsets_s: Doubles) -> float:
    """How long the sound is faded in, in seconds; 0.0 for none.

    peaks     (spans,) the highest |sample| of each 10 ms
    onsets_s  where something begins
    """
    return _duration_s(fitting(peaks), onsets_s)


def fade_out_s(peaks: NDArray[np.floating], onsets_s: Doubles) -> float:
    """How long the sound is faded out, in seconds; 0.0 for none, and for a natural decay."""
    return _duration_s(fitting(peaks[::-1]), peaks.size / SPANS_PER_SECOND - onsets_s)


def _duration_s(fade: Fade | None, inwards_s: Doubles) -> float:
    return fade.duration_s if fade is not None and not is_decay(fade, inwards_s) else 0.0


def is_decay(fade: Fade, inwards_s: Doubles) -> bool:
    """Whether the music dies away here by itself: one stroke, or last ones that ring on.

    `inwards_s` counts the onsets from that end.
    """
    at = (inwards_s - fade.silence_s) / fade.duration_s
    inside = at[(at > EDGE) & (at < 1 - EDGE)]
    if inside.size and inside.min() >= QUIETER:
        return True
    if inside.size >= GOES_ON:
        return False
    starts = (at >= 1 - EDGE) & (at < 1 + BEFORE_S / fade.duration_s)
    return fade.shape == DECAYING or bool(starts.any())


def fitting(peaks: NDArray[np.floating]) -> Fade | None:
    """The fade that explains the first spans of `peaks`; None if none does."""
    top = float(np.percentile(peaks, TOP_PERCENT)) if peaks.size else 0.0
    audible = np.flatnonzero(peaks > top * 10 ** (-DEEPEST_DB / 20))
    if not audible.size or top <= 0:
        return None
    music = peaks[audible[0] :].astype(np.float64)
    longest_s = min(LONGEST_S, music.size / SPANS_PER_SECOND / 2)
    if longest_s <= SHORTEST_S:
        return None
    lengths_s = np.geomspace(SHORTEST_S, longest_s, N_LENGTHS)
    level_db = np.maximum(levels_db(music, lengths_s), 20 * np.log10(top) - DEEPEST_DB)
    left = np.stack([straying(level_db - shape) for shape in SHAPES.values()])
    left = left / straying(level_db)
    best = float(left.min())
    if best > EXPLAINED:
        return None
    shape = int(np.unravel_index(left.argmin(), left.shape)[0])
    length = int(np.flatnonzero(left[shape] <= best * AS_GOOD)[-1])
    silence_s = float(audible[0]) / SPANS_PER_SECOND
    return Fade(float(lengths_s[length]), list(SHAPES)[shape], silence_s)


def levels_db(music: Doubles, lengths_s: Doubles) -> Doubles:
    """(lengths, 2 · N_PARTS) dB of the parts of the first 2 · length seconds."""
    power = np.concatenate([[0.0], np.cumsum(np.square(music))])
    edges = lengths_s[:, np.newaxis] * np.arange(2 * N_PARTS + 1) / N_PARTS * SPANS_PER_SECOND
    sums = np.interp(edges, np.arange(power.size), power)
    mean = np.diff(sums, axis=1) / np.diff(edges, axis=1)
    return np.asarray(10 * np.log10(np.maximum(mean, 1e-14)))


def straying(level_db: Doubles) -> Doubles:
    """Mean distance from the median along the last axis, in dB; never 0."""
    middle = np.median(level_db, axis=-1, keepdims=True)
    return np.asarray(np.abs(level_db - middle).mean(axis=-1) + EXACT_DB)
