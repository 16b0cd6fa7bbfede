"""The long spectrogram: windows four times as long, of each channel; for pitch and for phase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import quick
from songloom.core.features.kernels import power_of
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

    n_channels  of what will be added; one where only the mono mix is wanted
    """

    def __init__(self, grid: Grid, n_channels: int) -> None:
        self._grid, self._n_channels = grid, n_channels
        self._framer = Framer(n_channels, grid.n_long, grid.n_long // 2)
        self._start: Audio | None = np.zeros((n_channels, 0), np.float32)
        self._sums = np.zeros((6, grid.n_long // 2 + 1))  # mono, left, right, cross (2 parts), all
        self._pitch = PitchClasses(grid)
        self._n_frames = 0
        self._sides: list[NDArray[np.float32]] = []
        self._loops = quick.loops()

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
        mono, left, right, real, imaginary, all_ = self._sums * (scale / max(1, self._n_frames))
        return Sums(
            self._grid.long_hz,
            mono,
            all_ if self._n_channels > 2 else (left + right) / 2,
            left,
            right,
            real + 1j * imaginary,
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
        if self._n_channels == 1:
            mono = self._one(spectra[0])
        elif self._n_channels == 2 and self._loops is not None:
            mono = np.empty(spectra.shape[1:], np.float32)
            self._sides.append(np.empty((len(mono), 3), np.float32))
            left, right = spectra.view(np.float32)
            self._loops.sides(left, right, mono, self._sums, self._sides[-1])
        else:
            mono = self._many(spectra)
        self._pitch.add(mono)

    def _one(self, spectra: Spectra) -> NDArray[np.float32]:
        """One channel: the magnitude of each bin."""
        mono = np.abs(spectra)
        power = np.square(mono)
        self._sums[:3] += power.sum(axis=0)
        self._sides.append(np.repeat(power.sum(axis=1)[:, np.newaxis], 3, axis=1))
        return mono

    def _many(self, spectra: Spectra) -> NDArray[np.float32]:
        """Some channels, of which the first two are left and right: magnitude of their mean."""
        mono: NDArray[np.float32] = np.abs(spectra.sum(axis=0)) * np.float32(1 / self._n_channels)
        powers = power_of(spectra)
        cross = spectra[0] * spectra[1].conj()
        sums = powers.sum(axis=1)  # of a few frames: float32 holds them
        self._sums[0] += np.square(mono).sum(axis=0)
        self._sums[1:3] += sums[:2]
        self._sums[3] += cross.real.sum(axis=0)
        self._sums[4] += cross.imag.sum(axis=0)
        self._sums[5] += sums.mean(axis=0)
        left, right = powers[0].sum(axis=1), powers[1].sum(axis=1)
        self._sides.append(np.stack([left, right, cross.real.sum(axis=1)], axis=1))
        return mono
