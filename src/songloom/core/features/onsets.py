"""Where something begins: two envelopes from the mel levels of the short spectrogram."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.bands import N_MELS
from songloom.core.features.short import CENTIBELS, Frames

Floats = NDArray[np.float32]

LAG = 2  # frames: a window of 93 ms takes that long to notice
RANGE_DB = 70.0  # below the loudest band of the piece nothing begins
LOUDNESS_POWER = 0.3  # loudness grows about so with power
REGIONS = (0, 3, 19, N_MELS)  # bass, middle, treble: the mel bands below 200 Hz, 2 kHz and all
CHUNK_FRAMES = 4_096
ONSET_DB = 0.5  # above what is usual around it: noise by itself exceeds it once in five seconds
ONSET_MEAN_S = 0.22
ONSET_APART = 2  # frames: nearer beginnings are one, as for the ear
NEPERS = np.float32(np.log(10) / 10)  # a decibel of power, for an exponential that is fast


@dataclass(frozen=True)
class Onsets:
    """Two views of the same beginnings, one value a frame.

    rising  how many dB the bands rise, on average; every instrument counts alike
    change  the same as far as it exceeds the mean of the second around it
    rises   (frames, 3): how much louder bass, middle and treble get; a drum counts more than a
            hi-hat, and a bass drum no less than a snare, though it fills fewer bands
    """

    frame_rate: float
    rising: Floats
    rises: Floats

    @cached_property
    def change(self) -> Floats:
        return above_average(self.rising, round(self.frame_rate))

    @property
    def strength(self) -> Floats:
        """The three rises together."""
        return np.asarray(self.rises.sum(axis=1))


def onsets(frames: Frames) -> Onsets:
    """Both envelopes; a rise is taken over the loudest of three bands before, so that a voice that
    glides is no beginning (Böck & Widmer, "Maximum filter vibrato suppression", 2013).
    """
    level = frames.level
    top_db = float(level.max(initial=-12_000)) / CENTIBELS
    rising = np.zeros(len(level), np.float32)
    rises = np.zeros((len(level), len(REGIONS) - 1), np.float32)
    for start in range(LAG, len(level), CHUNK_FRAMES):
        stop = min(start + CHUNK_FRAMES, len(level))
        db = level[start - LAG : stop].astype(np.float32) / np.float32(CENTIBELS) - np.float32(
            top_db
        )
        np.maximum(db, -RANGE_DB, out=db)
        loud = np.add.reduceat(np.exp(db * NEPERS), REGIONS[:-1], axis=1) ** LOUDNESS_POWER
        rising[start:stop] = np.maximum(0, db[LAG:] - over_bands(db[:-LAG])).mean(axis=1)
        rises[start:stop] = np.maximum(0, loud[LAG:] - loud[:-LAG])
    return Onsets(frames.frame_rate, rising, rises)


def onset_frames(onsets: Onsets) -> NDArray[np.intp]:
    """The frames in which a note or a stroke begins.

    A rise that is the highest of its surroundings and stands out of their mean: how loud anything
    is elsewhere in the piece does not matter (Böck, Krebs & Schedl, "Evaluating the online
    capabilities of onset detection methods", 2012).
    """
    rising = onsets.rising
    wide = np.pad(rising, ONSET_APART)
    around = np.lib.stride_tricks.sliding_window_view(wide, 2 * ONSET_APART + 1)
    usual = moving_average(rising, round(ONSET_MEAN_S * onsets.frame_rate))
    is_top = around.argmax(axis=1) == ONSET_APART
    return np.flatnonzero(is_top & (rising > usual + ONSET_DB))


def over_bands(levels: Floats) -> Floats:
    """The largest of each band and its two neighbours: (frames, bands)."""
    wide = np.pad(levels, ((0, 0), (1, 1)), mode="edge")
    return np.asarray(np.maximum(np.maximum(wide[:, :-2], wide[:, 1:-1]), wide[:, 2:]))


def above_average(values: Floats, width: int) -> Floats:
    """What exceeds the mean of its surroundings."""
    return np.asarray(np.maximum(0, values - moving_average(values, width)))


def moving_average(values: Floats, width: int) -> Floats:
    """Centred mean; at the ends over what is there."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    at = np.arange(values.size)
    first, last = np.maximum(at - width // 2, 0), np.minimum(at + width // 2 + 1, values.size)
    return np.asarray((sums[last] - sums[first]) / (last - first), dtype=np.float32)


def smoothed(values: Floats) -> Floats:
    """Each value with its four neighbours, weighted 1, 4, 6, 4, 1."""
    kernel = np.array([1, 4, 6, 4, 1], np.float32) / 16
    if values.size < kernel.size:
        return values
    return np.asarray(np.convolve(values, kernel, mode="same"), dtype=np.float32)
