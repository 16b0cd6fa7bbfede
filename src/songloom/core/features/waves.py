"""What is read straight off the samples: sums, crossings and the outline of the wave."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]

N_PEAKS = 800  # the whole at one look
FINE_PER_S, MOST_FINE = 20, 24_000  # a look from near: 50 ms each, longer beyond twenty minutes
MOST_SPANS = 2 * MOST_FINE  # what is kept while the length is unknown


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
        self._peaks: Audio = np.zeros(MOST_SPANS, np.float32)  # the first `_n` are in use
        self._n = 0
        self._open: Audio = np.zeros(0, np.float32)  # |samples| of the span not yet full
        self._n_samples = 0

    def add(self, loudest: Audio) -> None:
        """Hear some more: (samples,) the largest |sample| of all channels."""
        self._n_samples += loudest.size
        while self._n_samples // self._span > MOST_SPANS:
            self._join()
        waiting = np.concatenate([self._open, loudest]) if self._open.size else loudest
        n_spans = waiting.size // self._span
        whole = waiting[: n_spans * self._span].reshape(n_spans, self._span)
        self._peaks[self._n : self._n + n_spans] = whole.max(axis=1, initial=0)
        self._n += n_spans
        self._open = waiting[n_spans * self._span :]

    def _join(self) -> None:
        """Twice the span; an odd span at the end waits as samples of its own height."""
        if self._n % 2:
            self._n -= 1
            last = np.full(self._span, self._peaks[self._n], np.float32)
            self._open = np.concatenate([last, self._open])
        joined = self._peaks[: self._n].reshape(-1, 2).max(axis=1, initial=0)
        self._n = joined.size
        self._peaks[: self._n] = joined
        self._span *= 2

    def peaks(self, n_peaks: int = N_PEAKS) -> Audio:
        """(n,) in [0, 1]: the loudest sample of n equal parts; n is smaller if samples are few."""
        spans = self._peaks[: self._n]
        if self._open.size:
            spans = np.append(spans, self._open.max())
        if not spans.size:
            return spans
        n_peaks = min(n_peaks, spans.size)
        starts = np.arange(n_peaks) * spans.size // n_peaks
        return np.minimum(np.maximum.reduceat(spans, starts), 1.0)

    def fine(self, sample_rate: int) -> Audio:
        """The same from near: a peak for each 50 ms, but no more than MOST_FINE of all."""
        duration_s = self._n_samples / sample_rate
        return self.peaks(min(MOST_FINE, ceil(duration_s * FINE_PER_S)))
