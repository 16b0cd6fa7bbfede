"""Where nothing is loud: one rule for what is measured and for where a sound is split."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SPANS_PER_SECOND = 100


class Spans:
    """The highest |sample| of each 10 ms; block by block."""

    def __init__(self, sample_rate: int) -> None:
        self.size = max(1, round(sample_rate / SPANS_PER_SECOND))
        self._sample_rate = sample_rate
        self._n_samples = 0
        self._peaks: list[Floats] = []
        self._open: Floats = np.zeros(0, np.float32)  # |samples| of the span not yet full

    def add(self, loudest: Floats) -> None:
        """Hear some more: (samples,) the largest |sample| of all channels."""
        self._n_samples += loudest.size
        waiting = np.concatenate([self._open, loudest])
        n_spans = waiting.size // self.size
        whole = waiting[: n_spans * self.size].reshape(n_spans, self.size)
        self._peaks.append(whole.max(axis=1, initial=0))
        self._open = waiting[n_spans * self.size :]

    def peaks(self) -> Floats:
        """(spans,) of all that was heard; the last span may be shorter."""
        rest = [np.array([self._open.max()], np.float32)] if self._open.size else []
        return np.concatenate([np.zeros(0, np.float32), *self._peaks, *rest])

    def below(self, level: float, least_s: float) -> list[tuple[float, float]]:
        """(from, to) of each stretch of at least `least_s` that never passes the level; seconds."""
        soft = self.peaks() <= level
        edges = np.flatnonzero(np.diff(np.concatenate([[False], soft, [False]]).astype(np.int8)))
        times_s = np.minimum(edges * self.size, self._n_samples) / self._sample_rate
        found = times_s.reshape(-1, 2)
        long = found[found[:, 1] - found[:, 0] >= least_s]
        return [(float(start_s), float(stop_s)) for start_s, stop_s in long]
