"""Which of several possible tempi a listener would tap."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import beats
from songloom.core.features.onsets import Floats, Onsets, smoothed

Doubles = NDArray[np.float64]

SLOWEST_BPM, FASTEST_BPM = 45.0, 230.0
USUAL_BPM, USUAL_OCTAVES = 110.0, 1.0  # where candidates are looked for first
N_GRID = 800
N_TOPS, N_ROOTS, MOST_CANDIDATES = 6, 3, 14
RELATIVES = (1 / 2, 2, 2 / 3, 3 / 2, 3 / 4, 4 / 3, 1 / 3, 3)  # what a pulse is mistaken for
SAME_OCTAVES = 0.035  # nearer than that two candidates are one
COMB = (1, 2, 3, 4)  # a pulse repeats after one period, and after two, three, four
LONGEST_LAG = 4  # periods
JUDGED_S = 60.0  # from the middle: enough to tell the beat from its half and its double
FEWEST_BEATS = 5
OFFBEAT_LIMIT = 0.72  # off-beats about as strong as beats: the beat is faster
ALTERNATION_LIMIT = 0.5  # every other beat much fainter: the beat is slower
DECISION_WIDTH = 0.1
BETWEEN = 0.08  # of a period: how near to ⅓ or ½ an off-beat is

# How much each sign counts: a logistic model of pieces and drum patterns drawn at random
# (benchmarks/learn_ears.py). They are log-odds for a whole unit of the sign.
WEIGHTS = {
    "octaves": 2.49,
    "octaves_2": -0.32,
    "octaves_4": -2.62,
    "change_repeats_2/3": -3.67,
    "change_repeats_1": 2.13,
    "strength_repeats_1/2": -2.57,
    "strength_repeats_3": 0.65,
    "strength_repeats_4": 6.06,
    "change_third": -5.72,
    "change_half": 0.81,
    "strength_third": -1.02,
    "strength_half": 1.40,
    "alternating_2": 1.28,
    "alternating_4": 3.33,
    "middle_alternating_2": -2.72,
    "bass_alternating_2": -1.73,
    "is_slow_enough": 1.32,
    "is_fast_enough": 2.98,
    "on_beat": 3.02,
    "uneven": -57.38,
}


@dataclass(frozen=True)
class Candidate:
    """A tempo, and the log-odds for it; only differences between candidates mean something."""

    bpm: float
    odds: float


def ranked(onsets: Onsets) -> list[Candidate]:
    """The tempi a piece may have, likeliest first.

    1. A comb on the autocorrelation of the onsets gives the tempi at which it repeats; each brings
       its half, its double and its thirds.
    2. Each is tried out with real beats; what they are like decides.
    """
    signs = signs_of(onsets)
    odds = {bpm: sum(WEIGHTS[name] * of[name] for name in WEIGHTS) for bpm, of in signs.items()}
    return [Candidate(bpm, odds[bpm]) for bpm in sorted(odds, key=lambda bpm: -odds[bpm])]


def signs_of(onsets: Onsets) -> dict[float, dict[str, float]]:
    """What speaks for and against each candidate, by its tempo."""
    change, strength = smoothed(onsets.change), smoothed(onsets.strength)
    n_lags = round(60 * onsets.frame_rate / SLOWEST_BPM * LONGEST_LAG) + 4
    repeats = autocorrelation(change, n_lags), autocorrelation(strength, n_lags)
    middle = _middle(change.size, round(JUDGED_S * onsets.frame_rate))
    tried = change[middle], onsets.strength[middle], onsets.rises[middle]
    found = {}
    for bpm in candidates(onsets):
        period = 60 * onsets.frame_rate / bpm
        found[bpm] = _usual(bpm) | _repeating(period, *repeats) | _beating(period, *tried)
    return found


def candidates(onsets: Onsets) -> list[float]:
    """Tempi at which the onsets repeat, and their relatives, in BPM; at most MOST_CANDIDATES."""
    bpm, pulse = pulses(onsets.change, onsets.frame_rate)
    usual = np.exp(-0.5 * (np.log2(bpm / USUAL_BPM) / USUAL_OCTAVES) ** 2)
    roots = [float(bpm[i]) for i in tops(np.maximum(pulse, 0) * usual)]
    found = list(roots)
    for root in roots[:N_ROOTS]:
        for ratio in RELATIVES:
            near = np.flatnonzero(np.abs(np.log2(bpm / (root * ratio))) < SAME_OCTAVES)
            if near.size:
                found.append(float(bpm[near[pulse[near].argmax()]]))
    apart: list[float] = []
    for one in found:
        if all(abs(log2(one / other)) > SAME_OCTAVES for other in apart):
            apart.append(one)
    return apart[:MOST_CANDIDATES]


def pulses(values: Floats, frame_rate: float) -> tuple[Doubles, Doubles]:
    """How well onsets repeat at each tempo.

    returns  (N_GRID,) BPM, evenly spaced in logarithm, and (N_GRID,) correlation in [-1, 1]
    """
    bpm = np.geomspace(SLOWEST_BPM, FASTEST_BPM, N_GRID)
    lag = 60 * frame_rate / bpm
    correlation = autocorrelation(values, round(lag[0] * COMB[-1]) + 2)
    at = np.arange(correlation.size)
    if not at.size:
        return bpm, np.zeros(N_GRID)
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
    """The highest local maxima, best first; at most N_TOPS."""
    inner = (score[1:-1] > score[:-2]) & (score[1:-1] >= score[2:])
    found = np.flatnonzero(inner) + 1
    return found[np.argsort(-score[found], kind="stable")][:N_TOPS]


def _usual(bpm: float) -> dict[str, float]:
    """How usual the tempo is: powers of its distance from USUAL_BPM in octaves."""
    octaves = log2(bpm / USUAL_BPM)
    return {"octaves": octaves, "octaves_2": octaves**2, "octaves_4": octaves**4}


def _repeating(period: float, change: Doubles, strength: Doubles) -> dict[str, float]:
    """How well the onsets repeat after a beat, parts of it and several."""
    return {
        "change_repeats_2/3": at_lag(change, period * 2 / 3),
        "change_repeats_1": at_lag(change, period),
        "strength_repeats_1/2": at_lag(strength, period / 2),
        "strength_repeats_3": at_lag(strength, 3 * period),
        "strength_repeats_4": at_lag(strength, 4 * period),
    }


def at_lag(correlation: Doubles, lag: float) -> float:
    """The correlation near a lag (± 1.5 %); 0 beyond what was measured."""
    if lag * 1.015 >= correlation.size - 1:
        return 0.0
    near = np.linspace(lag * 0.985, lag * 1.015, 5)
    return float(np.interp(near, np.arange(correlation.size), correlation).max())


BEATING = (
    "change_third",
    "change_half",
    "strength_third",
    "strength_half",
    "alternating_2",
    "alternating_4",
    "middle_alternating_2",
    "bass_alternating_2",
    "is_slow_enough",
    "is_fast_enough",
    "on_beat",
    "uneven",
)


def _beating(period: float, change: Floats, strength: Floats, rises: Floats) -> dict[str, float]:
    """What beats of this period are like.

    third, half     onsets a third and half a beat after the beats, over those on the beats
    alternating     the faintest of every 2nd (4th) beat over the loudest: 1 all alike
    is_slow_enough  0 where off-beats are about as strong as beats: the beat is faster
    is_fast_enough  0 where every other beat is much fainter: the beat is slower
    on_beat         a tenth of how much louder beats are than the rest
    uneven          how far intervals stray from the period
    """
    found = beats.track(change, period)
    if found.size < FEWEST_BEATS:
        return dict.fromkeys(BEATING, 0.0)
    loud, rise, low, mids = (
        beats.around(values, found) for values in (strength, change, rises[:, 0], rises[:, 1])
    )
    mean = max(float(loud.mean()), 1e-9)
    rising = max(float(rise.mean()), 1e-9)
    offbeat = between(strength, found, 0.55, 0.15) / mean
    return {
        "change_third": between(change, found, 0.33) / rising,
        "change_half": between(change, found, 0.5) / rising,
        "strength_third": between(strength, found, 0.33) / mean,
        "strength_half": between(strength, found, 0.5) / mean,
        "alternating_2": evenness(loud, 2),
        "alternating_4": evenness(loud, 4),
        "middle_alternating_2": evenness(mids, 2),
        "bass_alternating_2": evenness(low, 2),
        "is_slow_enough": step((OFFBEAT_LIMIT - offbeat) / DECISION_WIDTH),
        "is_fast_enough": step((evenness(loud, 2) - ALTERNATION_LIMIT) / DECISION_WIDTH),
        "on_beat": mean / max(float(strength.mean()), 1e-9) / 10,
        "uneven": float(np.diff(found).std()) / period,
    }


def between(values: Floats, found: NDArray[np.intp], part: float, within: float = BETWEEN) -> float:
    """Mean of the largest value near this part of the way from each beat to the next."""
    wide = beats.around(values, np.arange(values.size))
    steps = np.diff(found)
    starts = found[:-1] + ((part - within) * steps).astype(int)
    stops = found[:-1] + np.ceil((part + within) * steps).astype(int) + 1
    edges = np.stack([starts, np.minimum(stops, values.size - 1)], axis=1).ravel()
    return float(np.maximum.reduceat(wide, edges)[::2].mean())


def evenness(values: Floats, every: int) -> float:
    """Of the means of every n-th beat, counted from each of n, the least over the most."""
    means = [float(values[i::every].mean()) for i in range(every)]
    return min(means) / max(max(means), 1e-9)


def step(x: float) -> float:
    """0 far below 0, 1 far above."""
    return float(1 / (1 + np.exp(-np.clip(x, -50, 50))))


def _middle(size: int, wanted: int) -> slice:
    start = max(0, (size - wanted) // 2)
    return slice(start, start + wanted)
