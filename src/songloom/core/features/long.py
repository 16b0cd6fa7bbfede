"""The long spectrogram: windows four times as long, of each channel; for pitch and for phase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.pitch import PitchClasses
from songloom.core.features.spectrum import Framer, Grid, Spectra, hann, power_scale, transform

Audio = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Sums:
    """Mean power of each bin over the whole sound; Σ over bins is a mean square.

    mono   of the mean of the channels
    all    mean over the channels: what is heard even where channels cancel
    left, right, cross  of the first two channels; cross is L·R*
    sides  (frames, 3): mean square of left and of right and their product, frame by frame
    """

    bin_hz: NDArray[np.float32]
    mono: Doubles
    all: Doubles
    left: Doubles
    right: Doubles
    cross: NDArray[np.complex128]
    sides: NDArray[np.float32]
    pitch: PitchClasses


class Long:
    """Adds up spectra of all channels; the mono spectrum is their mean, without a transform.

    Windows overlap by half. A sound shorter than one window becomes one window of its own length.
    """

    def __init__(self, grid: Grid, n_channels: int) -> None:
        self._grid, self._n_channels = grid, n_channels
        self._framer = Framer(n_channels, grid.n_long, grid.n_long // 2)
        self._start: Audio | None = np.zeros((n_channels, 0), np.float32)
        n_bins = grid.n_long // 2 + 1
        self._mono, self._all, self._left, self._right = np.zeros((4, n_bins))
        self._cross = np.zeros(n_bins, np.complex128)
        self._pitch = PitchClasses(grid)
        self._n_frames = 0
        self._sides: list[NDArray[np.float32]] = []

    def add(self, block: Audio) -> None:
        """Hear some more: (channels, samples)."""
        if self._start is not None:
            self._start = np.concatenate([self._start, block], axis=1)
            if self._start.shape[1] < self._grid.n_long:
                return
            block, self._start = self._start, None
        for frames in self._framer.add(block):
            self._measure(transform(frames))

    def finish(self) -> Sums:
        """What was added up, divided by the number of windows."""
        scale = power_scale(self._grid.n_long)
        if self._start is not None and self._start.size:
            scale = self._measure_short(self._start)
        each = scale / max(1, self._n_frames)
        return Sums(
            self._grid.long_hz,
            self._mono * each,
            self._all * each,
            self._left * each,
            self._right * each,
            self._cross * each,
            np.concatenate([np.zeros((0, 3), np.float32), *self._sides]) * np.float32(scale),
            self._pitch,
        )

    def _measure_short(self, sound: Audio) -> float:
        """One window as long as the sound, filled up with zeros; returns its power scale."""
        size, n_long = sound.shape[1], self._grid.n_long
        window = hann(size + 1)[1:]
        whole = np.pad(sound * window, ((0, 0), (0, n_long - size)))
        self._measure(np.fft.rfft(whole[:, np.newaxis]).astype(np.complex64))
        return 2.0 / (n_long * float(np.sum(window.astype(np.float64) ** 2)))

    def _measure(self, spectra: Spectra) -> None:
        """spectra  (channels, frames, bins)."""
        self._n_frames += spectra.shape[1]
        powers = np.square(np.abs(spectra))
        sums = powers.sum(axis=1, dtype=np.float64)
        if self._n_channels == 1:
            mono = np.abs(spectra[0])
            alike = powers[0].sum(axis=1)
            self._sides.append(np.stack([alike, alike, alike], axis=1))
        else:
            mono = np.abs(spectra.sum(axis=0)) * np.float32(1 / self._n_channels)
            turned = spectra[1].conj()
            self._cross += np.einsum("fb,fb->b", spectra[0], turned)
            product = np.einsum("fb,fb->f", spectra[0], turned).real
            left, right = powers[0].sum(axis=1), powers[1].sum(axis=1)
            self._sides.append(np.stack([left, right, product], axis=1))
        self._mono += np.square(mono).sum(axis=0, dtype=np.float64)
        self._all += sums.mean(axis=0)
        self._left += sums[0]
        self._right += sums[min(1, self._n_channels - 1)]
        self._pitch.add(mono)
