"""How fast, and where the beats fall."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import beats, tempi
from songloom.core.features.beat_ear import BeatOdds
from songloom.core.features.onsets import Onsets, smoothed

Doubles = NDArray[np.floating]

LEAST_PULSE = 0.03  # correlation: below it nobody taps a foot
CHANCE = 4.5  # what noise does not reach, times the root of the number of frames; music has 9
EVENNESS = 8  # beats over which an interval is taken: one beat is at best as exact as its frame
LATE_S = 0.005  # a window notices an onset a little before its centre has passed it
N_ALTERNATIVES = 2
STEADY = 0.04  # of the median interval: what strays farther is not steady


@dataclass(frozen=True)
class Rhythm:
    """tempo_bpm and its confidence in [0, 1]; the next likely tempi; beats in seconds."""

    tempo_bpm: float
    confidence: float
    alternatives_bpm: list[float]
    beats_s: Doubles


def rhythm(onsets: Onsets, odds: BeatOdds) -> Rhythm | None:
    """The pulse of a piece; None if nothing repeats.

    The likeliest tempo's beats give the tempo: the median of intervals over 8 beats.
    """
    change = smoothed(onsets.change)
    _, pulse = tempi.pulses(smoothed(onsets.strength), onsets.frame_rate)
    if float(pulse.max()) < chance(change.size):
        return None
    grid_bpm, pulse = tempi.pulses(onsets.change, onsets.frame_rate)
    ranked = tempi.ranked(onsets, odds)
    if not ranked:
        return None
    bpm = ranked[0].bpm
    found = beats.track(beats.marks(odds.beat, change), 60 * onsets.frame_rate / bpm)
    found = beats.without_faint_ends(found, change)
    beats_s = beats.between_frames(found, change) / onsets.frame_rate + LATE_S
    sure = float(np.clip(np.interp(bpm, grid_bpm, pulse), 0, 1)) * min(1.0, found.size / 8)
    others = [other.bpm for other in ranked[1 : 1 + N_ALTERNATIVES]]
    return Rhythm(tempo_of(beats_s, bpm), sure, others, np.maximum(beats_s, 0))


def chance(n_frames: int) -> float:
    """What the best pulse of mere noise of this length does not reach."""
    return max(LEAST_PULSE, CHANCE / sqrt(max(1, n_frames)))


def tempo_of(beats_s: Doubles, guess_bpm: float) -> float:
    """60 over the median interval, each taken over several beats; the guess if beats are few."""
    span = min(EVENNESS, beats_s.size - 1)
    if span < 2:
        return guess_bpm
    return 60 * span / float(np.median(beats_s[span:] - beats_s[:-span]))


def stability(beats_s: Doubles) -> float:
    """Share of the intervals between beats that are within 4 % of their median."""
    steps = np.diff(beats_s)
    return float(np.mean(np.abs(steps / np.median(steps) - 1) <= STEADY))
