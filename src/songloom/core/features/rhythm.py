"""How fast, and where the beats fall."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import beats
from songloom.core.features.onsets import Floats, Onsets, smoothed

Doubles = NDArray[np.float64]

SLOWEST_BPM, FASTEST_BPM = 45.0, 230.0
USUAL_BPM, USUAL_OCTAVES = 120.0, 0.7  # where tempi lie, and how far they spread (log-normal)
N_GRID = 800
N_CANDIDATES = 6
LEAST_SHARE = 0.25  # of the best candidate's score, to be looked at closer
LEAST_PULSE = 0.03  # correlation: below it nobody taps a foot
COMB = (1, 2, 3, 4)  # a pulse repeats after one period, and after two, three, four
JUDGED_S = 90.0  # from the middle: enough to tell the beat from its half and its double
EVENNESS = 8  # beats over which an interval is taken: one beat is at best as exact as its frame
LATE_S = 0.005  # a window notices an onset a little before its centre has passed it

OFFBEAT_LIMIT = 0.72  # off-beats about as strong as beats: the beat is faster
ALTERNATION_LIMIT = 0.5  # every other beat much fainter: the beat is slower
DECISION_WIDTH = 0.1
DOUBT = 0.35


@dataclass(frozen=True)
class Rhythm:
    """tempo_bpm, its confidence in [0, 1], and the beats in seconds from the start."""

    tempo_bpm: float
    confidence: float
    beats_s: Doubles


def rhythm(onsets: Onsets) -> Rhythm | None:
    """The pulse of a piece; None if nothing repeats.

    1. A comb on the autocorrelation of the onsets, weighted by how usual a tempo is, gives a few
       candidates: mostly the tempo, its half, its double, and thirds.
    2. Each is tried out with real beats. Where off-beats are as strong as beats the candidate is
       too slow, where every other beat is faint it is too fast.
    3. The winner's beats give the tempo: the median of intervals over 8 beats.
    """
    change = smoothed(onsets.change)
    bpm, pulse = pulses(onsets)
    usual = np.exp(-0.5 * (np.log2(bpm / USUAL_BPM) / USUAL_OCTAVES) ** 2)
    score = pulse * usual
    candidates = tops(score)
    if not candidates.size or pulse[candidates[0]] < chance(onsets.change.size):
        return None
    candidates = candidates[score[candidates] >= LEAST_SHARE * score[candidates[0]]]
    middle = _middle(onsets.change.size, round(JUDGED_S * onsets.frame_rate))
    fits = [
        float(score[i]) * fit(change[middle], onsets.strength[middle], period)
        for i in candidates
        for period in [60 * onsets.frame_rate / bpm[i]]
    ]
    chosen = candidates[int(np.argmax(fits))]
    found = beats.track(change, 60 * onsets.frame_rate / bpm[chosen])
    found = beats.without_faint_ends(found, change)
    beats_s = beats.between_frames(found, change) / onsets.frame_rate + LATE_S
    confidence = float(np.clip(pulse[chosen], 0, 1)) * min(1.0, found.size / 8)
    return Rhythm(tempo_of(beats_s, float(bpm[chosen])), confidence, np.maximum(beats_s, 0))


def chance(n_frames: int) -> float:
    """What the best pulse of mere noise of this length does not reach."""
    return max(LEAST_PULSE, 2.2 / sqrt(max(1, n_frames)))


def pulses(onsets: Onsets) -> tuple[Doubles, Doubles]:
    """How well the onsets repeat at each tempo.

    returns  (N_GRID,) BPM, evenly spaced in logarithm, and (N_GRID,) correlation in [-1, 1]
    """
    bpm = np.geomspace(SLOWEST_BPM, FASTEST_BPM, N_GRID)
    lag = 60 * onsets.frame_rate / bpm
    correlation = autocorrelation(onsets.change, round(lag[0] * COMB[-1]) + 2)
    at = np.arange(correlation.size)
    return bpm, np.mean([np.interp(lag * n, at, correlation, right=0) for n in COMB], axis=0)


def autocorrelation(values: Floats, n_lags: int) -> Doubles:
    """(≤ n_lags,) correlation of the envelope with itself, later; 1 at lag 0, each lag unbiased."""
    from scipy import fft

    n_lags = min(n_lags, values.size // 2)
    if not n_lags:
        return np.zeros(0)
    centred = values - values.mean(dtype=np.float64)
    size = fft.next_fast_len(2 * values.size, real=True)
    power = np.square(np.abs(fft.rfft(centred, size)))
    found = fft.irfft(power, size)[:n_lags] / (values.size - np.arange(n_lags))
    return np.asarray(found / found[0]) if found[0] > 1e-12 else np.zeros(n_lags)


def tops(score: Doubles) -> NDArray[np.intp]:
    """The highest local maxima, best first; at most N_CANDIDATES."""
    inner = (score[1:-1] > score[:-2]) & (score[1:-1] >= score[2:])
    found = np.flatnonzero(inner) + 1
    return found[np.argsort(-score[found], kind="stable")][:N_CANDIDATES]


def fit(change: Floats, strength: Floats, period_frames: float) -> float:
    """How far beats of this period behave like beats; 0.1 hardly, 1.8 fully."""
    found = beats.track(change, period_frames)
    if found.size < 3:
        return DOUBT * DOUBT
    on = beats.around(strength, found)
    offbeat = _between(strength, found) / max(float(on.mean()), 1e-9)
    even, odd = float(on[::2].mean()), float(on[1::2].mean())
    alternation = min(even, odd) / max(even, odd, 1e-9)
    slow_enough = _step((OFFBEAT_LIMIT - offbeat) / DECISION_WIDTH)
    fast_enough = _step((alternation - ALTERNATION_LIMIT) / DECISION_WIDTH)
    return (DOUBT + slow_enough) * (DOUBT + fast_enough)


def _between(strength: Floats, found: NDArray[np.intp]) -> float:
    """Mean of the strongest onset from 40 to 70 % of the way to the next beat (swing included)."""
    wide = beats.around(strength, np.arange(strength.size))
    starts = found[:-1] + (0.4 * np.diff(found)).astype(int)
    stops = found[:-1] + np.ceil(0.7 * np.diff(found)).astype(int) + 1
    edges = np.stack([starts, np.minimum(stops, strength.size - 1)], axis=1).ravel()
    return float(np.maximum.reduceat(wide, edges)[::2].mean())


def _step(x: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(x, -50, 50))))


def _middle(size: int, wanted: int) -> slice:
    start = max(0, (size - wanted) // 2)
    return slice(start, start + wanted)


def tempo_of(beats_s: Doubles, guess_bpm: float) -> float:
    """60 over the median interval, each taken over several beats; the guess if beats are few."""
    span = min(EVENNESS, beats_s.size - 1)
    if span < 2:
        return guess_bpm
    return 60 * span / float(np.median(beats_s[span:] - beats_s[:-span]))
