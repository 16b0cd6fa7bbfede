"""What is read straight off the samples: sums, crossings and the outline of the wave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]

N_PEAKS = 800  # what is drawn
MOST_SPANS = 8 * N_PEAKS  # what is kept while the length is unknown


class Waves:
    """Energies of the first two channels, their product, and the crossings of the mono mix."""

    def __init__(self) -> None:
        self.n_samples = self.n_crossings = 0
        self.left = self.right = self.product = self.mono = self.all = 0.0  # sums of squares
        self._was_negative: np.bool_ | None = None

    def add(self, block: Audio, mono: Audio) -> None:
        """Hear some more.

        block  (channels, samples), mono  (samples,) the mean of the channels
        """
        if not mono.size:
            return
        left, right = block[0], block[min(1, len(block) - 1)]
        self.n_samples += mono.size
        self.left += float(np.dot(left, left))
        self.right += float(np.dot(right, right))
        self.product += float(np.dot(left, right))
        self.mono += float(np.dot(mono, mono))
        self.all += float(np.vdot(block, block)) / len(block)
        negative = np.signbit(mono)
        self.n_crossings += int(np.count_nonzero(negative[1:] != negative[:-1]))
        if self._was_negative is not None and self._was_negative != negative[0]:
            self.n_crossings += 1
        self._was_negative = negative[-1]


class Outline:
    """The highest |sample| of equal spans, for drawing; memory does not grow with length.

    Spans start at one sample; whenever there are too many, neighbours are joined.
    """

    def __init__(self) -> None:
        self._span = 1
        self._peaks: Audio = np.zeros(0, np.float32)
        self._open: Audio = np.zeros(0, np.float32)  # |samples| of the span not yet full
        self._n_samples = 0

    def add(self, loudest: Audio) -> None:
        """Hear some more: (samples,) the largest |sample| of all channels."""
        self._n_samples += loudest.size
        while self._n_samples // self._span > MOST_SPANS:
            self._join()
        waiting = np.concatenate([self._open, loudest])
        n_spans = waiting.size // self._span
        whole = waiting[: n_spans * self._span].reshape(n_spans, self._span)
        self._peaks = np.concatenate([self._peaks, whole.max(axis=1, initial=0)])
        self._open = waiting[n_spans * self._span :]

    def _join(self) -> None:
        """Twice the span; an odd span at the end waits as samples of its own height."""
        if self._peaks.size % 2:
            last = np.full(self._span, self._peaks[-1], np.float32)
            self._open = np.concatenate([last, self._open])
            self._peaks = self._peaks[:-1]
        self._peaks = self._peaks.reshape(-1, 2).max(axis=1, initial=0)
        self._span *= 2

    def peaks(self, n_peaks: int = N_PEAKS) -> Audio:
        """(n,) in [0, 1]: the loudest sample of n equal parts; n is smaller if samples are few."""
        spans = self._peaks
        if self._open.size:
            spans = np.append(spans, self._open.max())
        if not spans.size:
            return spans
        n_peaks = min(n_peaks, spans.size)
        starts = np.arange(n_peaks) * spans.size // n_peaks
        return np.minimum(np.maximum.reduceat(spans, starts), 1.0)
