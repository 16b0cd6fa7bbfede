"""What single samples give away: offset, clipping, real bit depth, and where there is silence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songloom.core.audio.silences import Spans

Audio = NDArray[np.float32]

SILENT_PEAK = 1e-3  # -60 dBFS
SHORTEST_SILENCE_S = 0.5
MOST_SILENCES = 5_000
MOST_CLIPPED = 1_000
CLIPS_APART_S = 0.05  # runs that are nearer are heard as one flaw
FULL_SCALE = 0.9999  # 16-bit samples reach 0.99997
CLIPPED_SAMPLES = 3  # so many in a row at full scale are no peak but a cut-off one
DEEPEST_BITS = 24  # what float32 holds


class Samples:
    """Reads every sample of every channel; keeps one number for each 10 ms."""

    def __init__(self, sample_rate: int, n_channels: int) -> None:
        self.spans = Spans(sample_rate)
        self._sample_rate = sample_rate
        self._sums = np.zeros(n_channels)
        self._n_samples = 0
        self._bits: int | None = 0  # set bits of all samples as 24-bit integers; None: no integers
        self._at_top = np.zeros(n_channels, np.int64)  # samples at full scale, so far in a row
        self.n_clipped = 0
        self._clipped: list[list[int]] = []  # [from, to] in samples, in order

    def add(self, block: Audio, loudest: Audio) -> None:
        """Hear some more.

        block  (channels, samples), loudest  (samples,) the largest |sample| of all channels
        """
        if not loudest.size:
            return
        self._sums += block.sum(axis=1, dtype=np.float64)
        self._read_bits(block)
        self._count_clipped(block, loudest)
        self._n_samples += loudest.size
        self.spans.add(loudest)

    def dc_offset(self) -> float:
        """The mean of the channel whose mean is farthest from 0, in full scale."""
        means = self._sums / max(1, self._n_samples)
        return float(means[np.abs(means).argmax()])

    def bit_depth(self) -> int | None:
        """How many bits the samples really use; None where they are no integers of 24 bits."""
        if not self._bits:
            return None
        trailing = (self._bits & -self._bits).bit_length() - 1
        return DEEPEST_BITS - trailing

    def silences_s(self) -> list[list[float]]:
        """[from, to] of each stretch of at least half a second below −60 dBFS, in seconds."""
        found = self.spans.below(SILENT_PEAK, SHORTEST_SILENCE_S)
        return [[start_s, stop_s] for start_s, stop_s in found[:MOST_SILENCES]]

    def clipped_s(self) -> list[list[float]]:
        """[from, to] of the first places at full scale, in seconds; near runs are one place."""
        return [
            [start / self._sample_rate, stop / self._sample_rate] for start, stop in self._clipped
        ]

    def _read_bits(self, block: Audio) -> None:
        if self._bits is None or self._bits & 1:
            return  # no integers, or all bits in use: nothing can change that
        scaled = block * np.float32(1 << (DEEPEST_BITS - 1))
        whole = scaled.astype(np.int32)
        if np.array_equal(whole, scaled):
            self._bits |= int(np.bitwise_or.reduce(whole, axis=None)) & ((1 << DEEPEST_BITS) - 1)
        else:
            self._bits = None

    def _count_clipped(self, block: Audio, loudest: Audio) -> None:
        if not self._at_top.any() and float(loudest.max()) < FULL_SCALE:
            return
        runs: list[tuple[int, int]] = []
        for i, channel in enumerate(block):
            top = np.abs(channel) >= FULL_SCALE
            edges = np.flatnonzero(np.diff(np.concatenate([[False], top, [False]]).astype(np.int8)))
            for start, stop in edges.reshape(-1, 2).tolist():
                before = int(self._at_top[i]) if start == 0 else 0
                if before + stop - start >= CLIPPED_SAMPLES:
                    self.n_clipped += before < CLIPPED_SAMPLES
                    runs.append((self._n_samples + start - before, self._n_samples + stop))
            run = int(edges[-1] - edges[-2]) if top[-1] else 0
            is_all = bool(top.all())
            self._at_top[i] = self._at_top[i] + run if is_all else run
        self._place(runs)

    def _place(self, runs: list[tuple[int, int]]) -> None:
        """Runs of one block, those that began before it included, put to the places so far."""
        gap = CLIPS_APART_S * self._sample_rate
        for start, stop in sorted(runs):
            if self._clipped and start <= self._clipped[-1][1] + gap:
                last = self._clipped[-1]
                last[:] = [min(start, last[0]), max(stop, last[1])]
            elif len(self._clipped) < MOST_CLIPPED:
                self._clipped.append([start, stop])
