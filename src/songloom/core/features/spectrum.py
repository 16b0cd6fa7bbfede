"""The two shared spectrograms: a short one for what moves, a long one for what is tuned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log2

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
Floats = NDArray[np.float32]
Spectra = NDArray[np.complex64]

WINDOW_S = 0.093
FRAMES_PER_SECOND = 50
LONG = 4  # how many short windows make a long one
BATCH_SAMPLES = 131_072  # of all frames and channels together: they stay in the cache of one core


@dataclass(frozen=True)
class Grid:
    """How sound of one sample rate is cut into frames.

    n_fft is the power of two nearest to 93 ms, so that frequencies resolve alike at any rate.
    """

    sample_rate: int

    @cached_property
    def n_fft(self) -> int:
        return int(2 ** round(log2(WINDOW_S * self.sample_rate)))

    @cached_property
    def n_long(self) -> int:
        return LONG * self.n_fft

    @cached_property
    def hop(self) -> int:
        return round(self.sample_rate / FRAMES_PER_SECOND)

    @property
    def frame_rate(self) -> float:
        """Frames per second: 50, but for rates that 50 does not divide."""
        return self.sample_rate / self.hop

    @cached_property
    def short_hz(self) -> Floats:
        """(n_fft // 2 + 1,) the frequency of each bin of the short spectrogram."""
        return np.linspace(0, self.sample_rate / 2, self.n_fft // 2 + 1, dtype=np.float32)

    @cached_property
    def long_hz(self) -> Floats:
        """(n_long // 2 + 1,) the frequency of each bin of the long spectrogram."""
        return np.linspace(0, self.sample_rate / 2, self.n_long // 2 + 1, dtype=np.float32)


@lru_cache(maxsize=16)
def hann(size: int) -> Floats:
    """(size,) a periodic Hann window."""
    n = np.arange(size)
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * n / size), dtype=np.float32)


class Framer:
    """Cuts a stream of blocks into overlapping frames; holds back less than one frame.

    hop   ≤ size
    lead  zeros before the first sample: size // 2 puts the centre of frame k at sample k · hop
    """

    def __init__(self, n_channels: int, size: int, hop: int, *, lead: int = 0) -> None:
        self.size, self.hop, self.lead = size, hop, lead
        self.batch = max(1, BATCH_SAMPLES // (size * n_channels))
        self._pending: Audio = np.zeros((n_channels, lead), np.float32)

    def add(self, block: Audio) -> Iterator[Audio]:
        """Yields (channels, frames, size) views of at most `batch` whole frames."""
        samples = np.concatenate([self._pending, block], axis=1)
        n_frames = max(0, (samples.shape[1] - self.size) // self.hop + 1)
        if n_frames:
            frames = np.lib.stride_tricks.sliding_window_view(samples, self.size, axis=1)
            frames = frames[:, :: self.hop]
            for start in range(0, n_frames, self.batch):
                yield frames[:, start : start + self.batch]
        self._pending = samples[:, n_frames * self.hop :]

    def finish(self) -> Iterator[Audio]:
        """The frames whose centre still lies in the sound, filled up with zeros."""
        yield from self.add(np.zeros((len(self._pending), self.lead), np.float32))


def transform(frames: Audio) -> Spectra:
    """Windowed spectrum of each frame; a full-scale sine has magnitude n_fft / 4.

    frames   (…, size) float32
    returns  (…, size // 2 + 1) complex64
    """
    from scipy import fft

    return np.asarray(fft.rfft(frames * hann(frames.shape[-1]), overwrite_x=True))


def power_scale(size: int) -> float:
    """What makes Σ over bins of |X|² a mean square: Parseval, one-sided, over the window's power.

    White noise and tones alike: a full-scale sine sums to ½.
    """
    return 2.0 / (size * float(np.sum(hann(size).astype(np.float64) ** 2)))
