"""The highest point of the curve between the samples (BS.1770-4, annex 2)."""

from __future__ import annotations

from math import log10

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import quick

Audio = NDArray[np.float32]
Doubles = NDArray[np.float64]

OVERSAMPLING = 4
TAPS = 24  # of each phase; 12 read 0.18 dB low, 24 less than 0.02 dB up to 0.4 × the sample rate
CHUNK = 32  # samples that are measured or left out together
BLOCK_SAMPLES = 65_536
FIRST_LOOK = 64  # the most promising chunks: they raise the bar for all others


def interpolators() -> Doubles:
    """Kaiser-windowed sinc filters for the points ¼, ½ and ¾ after a sample.

    returns  (3, TAPS) float64; each sums to 1
    """
    centre = TAPS // 2 - 1
    offset = np.arange(1, OVERSAMPLING)[:, np.newaxis] / OVERSAMPLING
    time = np.arange(TAPS) - centre - offset
    window = np.i0(7.0 * np.sqrt(1 - (time / (TAPS / 2)) ** 2))
    taps = np.sinc(time) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True))


def bounds(taps: Doubles) -> tuple[float, float, float]:
    """What the interpolated curve can at most reach, in two ways; both hold for every signal.

    |y| ≤ steep·max|x|, and |y| ≤ level·max|x| + bend·max|x[n−1] − 2x[n] + x[n+1]|: the filter is
    split into a straight line between two samples and a rest that sees only curvature.

    returns  steep, level, bend
    """
    centre = TAPS // 2 - 1
    total = taps.sum(axis=1)
    moment = taps @ (np.arange(TAPS) - centre)
    rest = taps.copy()
    rest[:, centre] -= total - moment
    rest[:, centre + 1] -= moment
    curvature = np.cumsum(np.cumsum(rest, axis=1), axis=1)
    level = np.abs(total - moment) + np.abs(moment)
    return (
        float(np.abs(taps).sum(axis=1).max()),
        float(level.max()),
        float(np.abs(curvature).sum(axis=1).max()),
    )


def chunk_matrix(taps: Doubles) -> Audio:
    """One matrix that interpolates a whole chunk.

    returns  (CHUNK + TAPS, 3 · CHUNK) float32
    """
    matrix = np.zeros((CHUNK + TAPS, OVERSAMPLING - 1, CHUNK))
    for i in range(CHUNK):
        matrix[i + 1 : i + 1 + TAPS, :, i] = taps.T
    return matrix.reshape(CHUNK + TAPS, -1).astype(np.float32)


class TruePeak:
    """The peak of what was added so far, 4 times oversampled.

    Chunks that cannot reach the peak found so far are left out; the result is the same as if all
    were measured. Works on all channels together.
    """

    def __init__(self, n_channels: int) -> None:
        taps = interpolators()
        slack = 1 + 1e-5  # float32 rounding of the interpolation itself
        self._steep, self._level, self._bend = (bound * slack for bound in bounds(taps))
        self._matrix, self._taps = chunk_matrix(taps), taps.astype(np.float32)
        self._loops = quick.loops()
        self._pending: Audio = np.zeros((n_channels, CHUNK), np.float32)
        self._peak = 0.0

    def add(self, block: Audio) -> None:
        """Hear some more.

        block  (channels, samples), any number of samples
        """
        for start in range(0, block.shape[1], BLOCK_SAMPLES):
            part = block[:, start : start + BLOCK_SAMPLES]
            self._pending = self._measure(np.concatenate([self._pending, part], axis=1))

    def dbtp(self) -> float | None:
        """The true peak in dB of full scale; None if every sample is zero."""
        rest = np.pad(self._pending, ((0, 0), (0, 3 * CHUNK)))
        self._measure(rest)
        return 20 * log10(self._peak) if self._peak > 0 else None

    def _measure(self, samples: Audio) -> Audio:
        """Raise the peak by all chunks that have both neighbours; return what must wait."""
        n_chunks = samples.shape[1] // CHUNK
        if n_chunks < 3:
            return samples
        loudest, bend = self._extent(samples[:, : n_chunks * CHUNK])
        self._peak = max(self._peak, float(loudest[:, 1:].max()))
        reach = self._reach(loudest, bend)
        channel, chunk = np.nonzero(reach > self._peak)
        if channel.size > FIRST_LOOK:
            promise = reach[channel, chunk]
            first = np.argpartition(promise, -FIRST_LOOK)[-FIRST_LOOK:]
            self._interpolate(samples, channel[first], chunk[first])
            channel, chunk = np.nonzero(reach > self._peak)
        self._interpolate(samples, channel, chunk)
        return samples[:, (n_chunks - 2) * CHUNK :].copy()

    def _extent(self, whole: Audio) -> tuple[Audio, Audio]:
        """The largest |sample| and the largest bend between neighbours: (channels, chunks) each."""
        if self._loops is not None:
            loudest, bend = np.empty((2, len(whole), whole.shape[1] // CHUNK), np.float32)
            self._loops.extent(whole, loudest, bend)
            return loudest, bend
        bends = np.zeros_like(whole)
        step = whole[:, 1:] - whole[:, :-1]
        np.subtract(step[:, 1:], step[:, :-1], out=bends[:, 1:-1])
        return loudest_of_chunks(whole), loudest_of_chunks(bends)

    def _reach(self, loudest: Audio, bend: Audio) -> Audio:
        """What each inner chunk can at most reach: (channels, chunks); 0 for first and last."""
        level, curve = over_neighbours(loudest), over_neighbours(bend)
        reach = np.zeros_like(loudest)
        reach[:, 1:-1] = np.minimum(self._steep * level, self._level * level + self._bend * curve)
        return reach

    def _interpolate(
        self, samples: Audio, channel: NDArray[np.intp], chunk: NDArray[np.intp]
    ) -> None:
        if not channel.size:
            return
        if self._loops is not None:
            found = self._loops.interpolated_peak(samples, channel, chunk, self._taps, CHUNK)
            self._peak = max(self._peak, found)
            return
        start = chunk * CHUNK - TAPS // 2
        windows = samples[channel[:, None], start[:, None] + np.arange(CHUNK + TAPS)]
        self._peak = max(self._peak, float(np.abs(windows @ self._matrix).max()))


def loudest_of_chunks(samples: Audio) -> Audio:
    """(channels, chunks) the largest |value| of each chunk of (channels, chunks · CHUNK)."""
    found = np.maximum.reduceat(np.abs(samples).ravel(), np.arange(0, samples.size, CHUNK))
    return found.reshape(len(samples), -1)


def over_neighbours(values: Audio) -> Audio:
    """The largest of each value and its two neighbours; two columns fewer."""
    return np.maximum(np.maximum(values[:, :-2], values[:, 1:-1]), values[:, 2:])
