"""How fast, and where the beats fall."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import beats, tempi
from songloom.core.features.onsets import Floats, Onsets, smoothed

Doubles = NDArray[np.floating]
Indices = NDArray[np.intp]

LEAST_PULSE = 0.03  # correlation: below it nobody taps a foot
CHANCE = 4.5  # what noise does not reach, times the root of the number of frames; music has 9
EVENNESS = 8  # beats over which an interval is taken: one beat is at best as exact as its frame
LATE_S = 0.005  # a window notices an onset a little before its centre has passed it
N_ALTERNATIVES = 2
SHIFTS = (1 / 3, 1 / 2, 2 / 3)  # of the way between two beats: where off-beats lie
STAYS = 0.1  # how much better another place must be
FEWEST_TO_MOVE = 8
STEADY = 0.04  # of the median interval: what strays farther is not steady


@dataclass(frozen=True)
class Rhythm:
    """tempo_bpm and its confidence in [0, 1]; the next likely tempi; beats in seconds."""

    tempo_bpm: float
    confidence: float
    alternatives_bpm: list[float]
    beats_s: Doubles


def rhythm(onsets: Onsets) -> Rhythm | None:
    """The pulse of a piece; None if nothing repeats.

    The likeliest tempo's beats give the tempo: the median of intervals over 8 beats.
    """
    change = smoothed(onsets.change)
    _, pulse = tempi.pulses(smoothed(onsets.strength), onsets.frame_rate)
    if float(pulse.max()) < chance(change.size):
        return None
    grid_bpm, pulse = tempi.pulses(onsets.change, onsets.frame_rate)
    ranked = tempi.ranked(onsets)
    if not ranked:
        return None
    bpm = ranked[0].bpm
    found = on_the_beat(beats.track(change, 60 * onsets.frame_rate / bpm), onsets.rises, change)
    found = beats.without_faint_ends(found, change)
    beats_s = beats.between_frames(found, change) / onsets.frame_rate + LATE_S
    sure = float(np.clip(np.interp(bpm, grid_bpm, pulse), 0, 1)) * min(1.0, found.size / 8)
    others = [other.bpm for other in ranked[1 : 1 + N_ALTERNATIVES]]
    return Rhythm(tempo_of(beats_s, bpm), sure, others, np.maximum(beats_s, 0))


def on_the_beat(found: Indices, rises: Floats, change: Floats) -> Indices:
    """The beats, or what lies a third, half or two thirds between them if that is more of a beat.

    Loud off-beats draw a tracker to themselves; the bass says where the beat is.
    """
    if found.size < FEWEST_TO_MOVE:
        return found
    step = np.diff(found)
    wide = np.concatenate([[found[0] - step[0]], found, [found[-1] + step[-1]]])
    shifted = [found] + [
        np.rint(wide[:-1] + part * np.diff(wide)).astype(np.intp) for part in SHIFTS
    ]
    inside = [at[(at >= 0) & (at < change.size)] for at in shifted]
    bass, any_ = (
        np.array([_around(values, at) for at in inside]) for values in (rises[:, 0], change)
    )
    worth = bass / max(float(bass.max()), 1e-9) + any_ / max(float(any_.max()), 1e-9) / 2
    worth[0] += STAYS
    return inside[int(worth.argmax())]


def _around(values: Floats, at: Indices) -> float:
    """Mean of the largest value within two frames of each place."""
    wide = beats.around(values, np.arange(values.size))
    return float(beats.around(wide, at).mean())


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
