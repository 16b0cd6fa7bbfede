"""Which of several possible tempi a listener would tap."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import beats
from songloom.core.features.beat_ear import BeatOdds
from songloom.core.features.onsets import Floats, Onsets, smoothed

Doubles = NDArray[np.float64]
Indices = NDArray[np.intp]

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
BETWEEN = 0.08  # of a period: how near to ⅓ or ½ an off-beat is

# How much each sign counts: a logistic model of music of which the network learnt nothing
# (benchmarks/learn_beats.py). They are log-odds for a whole unit of the sign.
WEIGHTS = {
    "octaves": 1.66,
    "octaves_2": 0.90,
    "octaves_4": -1.91,
    "change_repeats_2/3": 1.60,
    "change_repeats_1": 2.19,
    "strength_repeats_1/2": -0.48,
    "strength_repeats_3": 0.21,
    "strength_repeats_4": 2.51,
    "change_third": -2.34,
    "change_half": 0.05,
    "strength_third": -0.39,
    "strength_half": 0.22,
    "alternating_2": 2.65,
    "bass_alternating_2": -1.43,
    "uneven": -39.50,
    "ear_repeats_1": 3.25,
    "ear_repeats_1/2": 3.19,
    "ear_repeats_2/3": 0.45,
    "bars_repeat_1": -1.88,
    "bars_repeat_2": -2.06,
    "bars_repeat_3_or_4": 4.81,
    "ear_sum": 1.68,
    "ear_mean": 0.05,
    "ear_recall": 4.52,
    "ear_half": -0.34,
    "ear_third": 0.18,
}


@dataclass(frozen=True)
class Candidate:
    """A tempo, and the log-odds for it; only differences between candidates mean something."""

    bpm: float
    odds: float


def ranked(onsets: Onsets, odds: BeatOdds) -> list[Candidate]:
    """The tempi a piece may have, likeliest first.

    1. A comb on the autocorrelation of the onsets, and of the odds for a beat, gives the tempi at
       which they repeat; each brings its half, its double and its thirds.
    2. Each is tried out with real beats; what they are like decides.
    """
    signs = signs_of(onsets, odds)
    total = {bpm: sum(WEIGHTS[name] * of[name] for name in WEIGHTS) for bpm, of in signs.items()}
    return [Candidate(bpm, total[bpm]) for bpm in sorted(total, key=lambda bpm: -total[bpm])]


def signs_of(onsets: Onsets, odds: BeatOdds) -> dict[float, dict[str, float]]:
    """What speaks for and against each candidate, by its tempo."""
    change = smoothed(onsets.change)
    n_lags = round(60 * onsets.frame_rate / SLOWEST_BPM * LONGEST_LAG) + 4
    repeats = [
        autocorrelation(values, n_lags)
        for values in (change, smoothed(onsets.strength), odds.share, odds.first_share)
    ]
    middle = _middle(change.size, round(JUDGED_S * onsets.frame_rate))
    marks = beats.marks(odds.beat, change)[middle]
    tried = [
        beats.widened(values[middle])
        for values in (change, onsets.strength, onsets.rises[:, 0], odds.beat)
    ]
    share = odds.share[middle]
    signs = {}
    for bpm in candidates(onsets, odds):
        period = 60 * onsets.frame_rate / bpm
        found = beats.track(marks, period)
        signs[bpm] = _usual(bpm) | _repeating(period, *repeats)
        signs[bpm] |= _beating(period, found, *tried[:3])
        signs[bpm] |= _agreeing(found, tried[3], share, onsets.frame_rate)
    return signs


def candidates(onsets: Onsets, odds: BeatOdds) -> list[float]:
    """Tempi at which the onsets repeat, and their relatives, in BPM; at most MOST_CANDIDATES.

    Where the ear hears beats repeat comes first of all.
    """
    bpm, pulse = pulses(onsets.change, onsets.frame_rate)
    _, by_ear = pulses(odds.share, onsets.frame_rate)
    usual = np.exp(-0.5 * (np.log2(bpm / USUAL_BPM) / USUAL_OCTAVES) ** 2)
    roots = [float(bpm[i]) for i in tops(np.maximum(pulse, 0) * usual)]
    found = [*roots, *(float(bpm[i]) for i in tops(np.maximum(by_ear, 0) * usual)[:N_ROOTS])]
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


def _repeating(
    period: float, change: Doubles, strength: Doubles, share: Doubles, first: Doubles
) -> dict[str, float]:
    """How well onsets and odds repeat after a beat, parts of it and several."""
    return {
        "change_repeats_2/3": at_lag(change, period * 2 / 3),
        "change_repeats_1": at_lag(change, period),
        "strength_repeats_1/2": at_lag(strength, period / 2),
        "strength_repeats_3": at_lag(strength, 3 * period),
        "strength_repeats_4": at_lag(strength, 4 * period),
        "ear_repeats_1": at_lag(share, period),
        "ear_repeats_1/2": at_lag(share, period / 2),
        "ear_repeats_2/3": at_lag(share, period * 2 / 3),
        "bars_repeat_1": at_lag(first, period),
        "bars_repeat_2": at_lag(first, 2 * period),
        "bars_repeat_3_or_4": max(at_lag(first, 3 * period), at_lag(first, 4 * period)),
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
    "bass_alternating_2",
    "uneven",
)


def _beating(
    period: float, found: Indices, change: Floats, strength: Floats, bass: Floats
) -> dict[str, float]:
    """What beats of this period are like.

    third, half     onsets a third and half a beat after the beats, over those on the beats
    alternating     the fainter of every other beat over the louder: 1 all alike
    uneven          how far intervals stray from the period
    """
    if found.size < FEWEST_BEATS:
        return dict.fromkeys(BEATING, 0.0)
    loud, rise, low = strength[found], change[found], bass[found]
    mean = max(float(loud.mean()), 1e-9)
    rising = max(float(rise.mean()), 1e-9)
    return {
        "change_third": between(change, found, 0.33) / rising,
        "change_half": between(change, found, 0.5) / rising,
        "strength_third": between(strength, found, 0.33) / mean,
        "strength_half": between(strength, found, 0.5) / mean,
        "alternating_2": evenness(loud),
        "bass_alternating_2": evenness(low),
        "uneven": float(np.diff(found).std()) / period,
    }


AGREEING = (
    "ear_sum",
    "ear_mean",
    "ear_recall",
    "ear_half",
    "ear_third",
)


def _agreeing(found: Indices, beat: Floats, share: Floats, frame_rate: float) -> dict[str, float]:
    """How far the beats are those that the ear hears.

    sum, mean      the odds on the beats: of a quarter of a second, and of a beat
    recall         which part of all that sounds like a beat is one
    half, third    the odds between the beats
    """
    if found.size < FEWEST_BEATS:
        return dict.fromkeys(AGREEING, 0.0)
    on_beat = beat[found]
    near = beats.around(np.convolve(share, np.ones(3, np.float32), "same"), found)
    return {
        "ear_sum": float(on_beat.sum()) * frame_rate / beat.size / 4,
        "ear_mean": float(on_beat.mean()),
        "ear_recall": float(near.sum()) / max(float(share.sum()), 1e-6),
        "ear_half": between(beat, found, 0.5),
        "ear_third": between(beat, found, 0.33),
    }


def between(values: Floats, found: Indices, part: float) -> float:
    """Mean of the largest value near this part of the way from each beat to the next."""
    steps = np.diff(found)
    starts = found[:-1] + ((part - BETWEEN) * steps).astype(int)
    stops = found[:-1] + np.ceil((part + BETWEEN) * steps).astype(int) + 1
    edges = np.stack([starts, np.minimum(stops, values.size - 1)], axis=1).ravel()
    return float(np.maximum.reduceat(values, edges)[::2].mean())


def evenness(values: Floats) -> float:
    """Of the means of every other beat, the less over the more."""
    odd, even = float(values[1::2].mean()), float(values[::2].mean())
    return min(odd, even) / max(odd, even, 1e-9)


def _middle(size: int, wanted: int) -> slice:
    start = max(0, (size - wanted) // 2)
    return slice(start, start + wanted)
