"""Beats of a known period (Ellis, "Beat tracking by dynamic programming", 2007)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import quick

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

STEADINESS = 100.0  # how much a beat that comes early or late costs
ONSETS_COUNT = 0.5  # log-odds of an onset that stands out by a standard deviation
FAINT = 0.4  # of the typical beat: fainter ones at both ends are cut off


def marks(odds: Floats, change: Floats) -> Floats:
    """(frames,) what a chain of beats goes by: the odds for a beat, and how much begins.

    The odds tell beats from what lies between them, the onsets where exactly a beat is.
    """
    return np.asarray(odds + ONSETS_COUNT * change / max(float(change.std()), 1e-9), np.float32)


def track(change: Floats, period_frames: float) -> Indices:
    """The frames of the beats: a chain that is strong in onsets and even in time.

    Frames half a period long depend only on earlier ones: so many are solved at once.

    change         (frames,) how much speaks for a beat, as `marks` or an onset envelope says it
    period_frames  how far apart beats should be
    returns        (beats,) increasing; none only if there is no frame
    """
    n_frames = change.size
    if not n_frames:
        return np.zeros(0, np.intp)
    shortest, longest = max(1, round(period_frames / 2)), round(period_frames * 2)
    lags = np.arange(longest, shortest - 1, -1)
    cost = -STEADINESS * np.log(lags / period_frames) ** 2
    onset = change / max(float(change.std()), 1e-9)
    score = np.zeros(n_frames + longest)  # `longest` zeros stand before the start
    before = np.zeros(n_frames, np.intp)
    loops = quick.loops()
    if loops is not None:
        loops.chain(onset.astype(np.float64), cost, shortest, score, before)
        return _backwards(score[longest:], before, round(period_frames))
    reach = np.lib.stride_tricks.sliding_window_view(score, lags.size)  # it sees what is filled in
    for start in range(0, n_frames, shortest):
        stop = min(start + shortest, n_frames)
        paths = reach[start:stop] + cost
        best = paths.argmax(axis=1)
        rows = np.arange(stop - start)
        score[start + longest : stop + longest] = onset[start:stop] + paths[rows, best]
        before[start:stop] = rows + start - lags[best]
    return _backwards(score[longest:], before, round(period_frames))


def _backwards(score: NDArray[np.float64], before: Indices, period: int) -> Indices:
    last = max(0, score.size - period)
    frame = last + int(score[last:].argmax())
    found = [frame]
    while (frame := int(before[frame])) >= 0:
        found.append(frame)
    return np.array(found[::-1], np.intp)


def without_faint_ends(frames: Indices, change: Floats) -> Indices:
    """Beats before the music begins and after it ends are guesses: they go."""
    strong = around(change, frames)
    heard = np.flatnonzero(strong > FAINT * np.median(strong)) if strong.size else frames
    return frames[heard[0] : heard[-1] + 1] if heard.size else frames


def around(values: Floats, frames: Indices) -> Floats:
    """The largest value within one frame of each of `frames`."""
    return widened(values)[frames]


def widened(values: Floats) -> Floats:
    """(frames,) the largest of each value and its two neighbours."""
    found = values.copy()
    np.maximum(found[1:], values[:-1], out=found[1:])
    np.maximum(found[:-1], values[1:], out=found[:-1])
    return found


def between_frames(frames: Indices, change: Floats) -> NDArray[np.float64]:
    """Beat positions finer than a frame: the top of a parabola through the onset and neighbours."""
    wide = np.pad(change.astype(np.float64), 2)
    near = np.stack([wide[frames + 1 + i] for i in range(3)])
    top = near.argmax(axis=0) - 1
    left, middle, right = (wide[frames + 2 + top + i] for i in (-1, 0, 1))
    curve = np.minimum(left - 2 * middle + right, -1e-9)
    return np.asarray(frames + top + np.clip(0.5 * (left - right) / curve, -0.5, 0.5))
