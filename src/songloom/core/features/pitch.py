"""Which pitches sound, whatever the octave and the tuning: from peaks of the long spectrogram."""

from __future__ import annotations

from functools import cache
from math import log2

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import quick
from songloom.core.features.kernels import TINY, between_bins, is_peak
from songloom.core.features.spectrum import Grid

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Bytes = NDArray[np.uint8]

LOWEST_HZ, HIGHEST_HZ = 40.0, 3_000.0
# Notes count most around F3. The bell over the octaves has no edge, so noise has no pitch class.
MIDDLE_HZ, SPREAD_OCTAVES = 180.0, 1.0
TUNED_HZ = (80.0, 2_000.0)
# A bass lies around 75 Hz; what is higher counts for it only as a partial.
BASS_HZ, BASS_OCTAVES, BASS_SUBHARMONICS = 75.0, 0.6, 3
SUBHARMONICS, SUBHARMONIC_WEIGHT = 5, 0.6  # a peak may be the 2nd to 5th partial of a lower note
FAINTEST = 1e-3  # of the loudest peak of its frame
STEPS = 120  # of the octave: 10 cents each
C4_HZ = 440.0 * 2 ** (-9 / 12)
MIDDLE_CENTS = 1_200 * log2(MIDDLE_HZ / C4_HZ)
BASS_CENTS = 1_200 * log2(BASS_HZ / C4_HZ)
PARTIALS = (*range(1, SUBHARMONICS + 1), *range(1, BASS_SUBHARMONICS + 1))
SHIFTS = 1_200 * np.log2(np.array(PARTIALS, np.float64))


class PitchClasses:
    """A histogram of pitch in steps of 10 cents, each frame with the same weight.

    Peaks count with the square root of their magnitude, so that a soft inner voice is not lost.
    Of each frame two such histograms are kept, of all notes and of the bass: 240 bytes.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._first, self._last = np.searchsorted(grid.long_hz, [LOWEST_HZ, HIGHEST_HZ])
        self.histogram: Doubles = np.zeros(STEPS)
        self._tuning = 0j
        self._tuning_weight = 0.0
        self._heights = self._squares = 0.0
        self._loops = quick.loops()
        self._rows: tuple[list[Bytes], list[Bytes]] = [], []

    def add(self, magnitude: Floats) -> None:
        """Count the peaks of some frames: (frames, bins)."""
        self._weigh(magnitude)
        frames, bass = (self._by_numpy if self._loops is None else self._by_loops)(magnitude)
        self.histogram += frames.sum(axis=0)
        for rows, shares in zip(self._rows, (frames, bass), strict=True):
            rows.append(np.rint(255 * np.sqrt(shares)).astype(np.uint8))

    def _by_numpy(self, magnitude: Floats) -> tuple[Doubles, Doubles]:
        """(frames, STEPS) of all notes and of the bass."""
        frame, hz, height = self._peaks(magnitude)
        cents = 1_200 * np.log2(hz / C4_HZ)
        weight = np.sqrt(height)
        tuned = (hz > TUNED_HZ[0]) & (hz < TUNED_HZ[1])
        turns = np.exp(2j * np.pi * cents[tuned] / 100)
        self._tuning += complex(np.sum(weight[tuned] * turns))
        self._tuning_weight += float(weight[tuned].sum())
        size = len(magnitude)
        return (
            counted(frame, cents, weight, size, MIDDLE_CENTS, SPREAD_OCTAVES, SUBHARMONICS),
            counted(frame, cents, weight, size, BASS_CENTS, BASS_OCTAVES, BASS_SUBHARMONICS),
        )

    def _by_loops(self, magnitude: Floats) -> tuple[Doubles, Doubles]:
        """The same, compiled; bells are read off a table, straight between whole cents."""
        lowest, table = bells()
        found = np.zeros((len(table), len(magnitude), STEPS))
        turned = np.zeros(3)
        scale = np.array([self._grid.sample_rate / self._grid.n_long, C4_HZ, lowest])
        self._loops.pitches(
            *(magnitude, int(self._first), int(self._last), FAINTEST, scale),
            *(np.array(TUNED_HZ), table, SHIFTS, found, turned),
        )
        self._tuning += complex(turned[0], turned[1])
        self._tuning_weight += float(turned[2])
        return (
            shared_out(found[:SUBHARMONICS].sum(axis=0)),
            shared_out(found[SUBHARMONICS:].sum(axis=0)),
        )

    def _weigh(self, magnitude: Floats) -> None:
        near = magnitude[:, self._first : self._last]
        powers = np.einsum("fb,fb->f", near, near).astype(np.float64)
        self._heights += float(np.sqrt(powers).sum())
        self._squares += float(powers.sum())

    def lasting_frames(self) -> float:
        """Over how many frames what sounds is spread: a steady note over all, a click over two."""
        return self._heights**2 / max(self._squares, TINY)

    def _peaks(self, magnitude: Floats) -> tuple[NDArray[np.intp], Doubles, Doubles]:
        """Frame, frequency and magnitude of each peak not lost under its frame's loudest."""
        near = magnitude[:, self._first - 1 : self._last + 2]
        loudest = magnitude.max(axis=1, keepdims=True)  # leakage of what is higher is no pitch
        frame, column = np.nonzero(is_peak(near) & (near > np.maximum(loudest * FAINTEST, 1e-6)))
        logs = [np.log(np.maximum(near[frame, column + i], TINY)) * 2 for i in (-1, 0, 1)]
        offset, top = between_bins(*logs)
        bin_hz = self._grid.sample_rate / self._grid.n_long
        hz = (column + self._first - 1 + offset.astype(np.float64)) * bin_hz
        return frame, hz, np.exp(top.astype(np.float64) / 2)

    def tuning(self) -> tuple[float, float]:
        """How far all pitches lie off A = 440 Hz, and how well they agree about it.

        returns  cents in (−50, 50], agreement in [0, 1]
        """
        cents = float(np.angle(self._tuning)) / (2 * np.pi) * 100
        return cents, abs(self._tuning) / max(self._tuning_weight, TINY)

    def chroma(self) -> Doubles:
        """(12,) the share of each pitch class, C first; sums to 1, or all 0 if nothing has pitch.

        A step counts less the farther it lies from the (tuned) middle of its semitone.
        """
        total = self.histogram @ self._folding()
        return np.asarray(total / max(total.sum(), TINY))

    def over_time(self) -> tuple[Floats, Floats]:
        """Shares of the pitch classes in each frame, of all notes and of the bass.

        returns  two (frames, 12), C first; all 0 for a frame without pitch
        """
        folding = self._folding().astype(np.float32)
        found = []
        for rows in self._rows:
            parts = [np.square(part / np.float32(255)) @ folding for part in rows]
            found.append(np.concatenate([np.zeros((0, 12), np.float32), *parts]))
        return found[0], found[1]

    def _folding(self) -> Doubles:
        """(STEPS, 12): which note a step belongs to, and how well it hits it."""
        cents = 10 * np.arange(STEPS) - self.tuning()[0]
        note = np.rint(cents / 100)
        folding = np.zeros((STEPS, 12))
        folding[np.arange(STEPS), note.astype(int) % 12] = np.cos(np.pi * (cents / 100 - note)) ** 2
        return folding


def counted(
    frame: NDArray[np.intp],
    cents: Doubles,
    weight: Doubles,
    n_frames: int,
    middle_cents: float,
    spread_octaves: float,
    subharmonics: int,
) -> Doubles:
    """How much of each step of the octave sounds in each frame.

    Each peak speaks for the notes whose partial it may be, weighted by a bell over the octaves.

    returns  (n_frames, STEPS); each row sums to 1, or is all 0
    """
    found = np.zeros(n_frames * STEPS)
    for n in range(1, subharmonics + 1):
        low = cents - 1_200 * np.log2(n)
        away = ((low - middle_cents) / (1_200 * spread_octaves)).astype(np.float32)
        share = weight * SUBHARMONIC_WEIGHT ** (n - 1) * np.exp(-0.5 * away**2)
        step = np.rint(low / 10).astype(int) % STEPS
        found += np.bincount(frame * STEPS + step, share, minlength=found.size)
    return shared_out(found.reshape(-1, STEPS))


def shared_out(frames: Doubles) -> Doubles:
    """Each row divided by its sum, if it has one."""
    return np.asarray(frames / np.maximum(frames.sum(axis=1, keepdims=True), TINY))


@cache
def bells() -> tuple[float, Doubles]:
    """What `counted` makes of a peak: for each cent how much it counts as each partial.

    returns  the cents of the first column, and (SUBHARMONICS + BASS_SUBHARMONICS, cents)
    """
    lowest = 1_200 * log2(LOWEST_HZ / C4_HZ) - 400  # half a bin below, where bins are widest
    cents = lowest + np.arange(1_200 * log2(HIGHEST_HZ / LOWEST_HZ) + 800)
    ends = (
        (MIDDLE_CENTS, SPREAD_OCTAVES, SUBHARMONICS),
        (BASS_CENTS, BASS_OCTAVES, BASS_SUBHARMONICS),
    )
    rows = [
        SUBHARMONIC_WEIGHT ** (n - 1)
        * np.exp(-0.5 * ((cents - 1_200 * log2(n) - middle) / (1_200 * octaves)) ** 2)
        for middle, octaves, most in ends
        for n in range(1, most + 1)
    ]
    return lowest, np.array(rows)
