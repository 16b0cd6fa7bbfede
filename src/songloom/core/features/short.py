"""The short spectrogram: 93 ms windows, 50 a second, of the mono mix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import kernels, quick
from songloom.core.features.bands import mel_matrix
from songloom.core.features.rows import Rows
from songloom.core.features.spectrum import Framer, Grid, Spectra, power_scale, transform

Audio = NDArray[np.float32]
Floats = NDArray[np.float32]

HIGHEST_PHASE_HZ = 8_000.0  # above it phases turn too often between frames to follow
MEL_FLOOR = 1e-12  # -120 dB
CENTIBELS = 100  # levels are kept as hundredths of a decibel: 16 bits hold two hours in 29 MB


@dataclass(frozen=True)
class Frames:
    """One row a frame; frame k is centred at k / frame_rate seconds.

    energy      mean square of the windowed sound
    level       (frames, N_MELS) int16, dB · 100 of each mel band, 0 = full scale
    steady      Σ|X|·cos φ″, and `magnitude` Σ|X|: see `kernels.phase_steadiness`
    """

    frame_rate: float
    level: NDArray[np.int16]
    energy: Floats
    centroid_hz: Floats
    bandwidth_hz: Floats
    rolloff_hz: Floats
    flatness: Floats
    steady: Floats
    magnitude: Floats

    def audible(self) -> NDArray[np.bool_]:
        """Frames that count in a mean: at most 60 dB below the loudest, and above −100 dBFS."""
        return self.energy > max(1e-10, float(self.energy.max(initial=0)) * 1e-6)


class Short:
    """Measures each frame as it comes; keeps 7 numbers and 40 levels of each, not the spectrum.

    shapes  whether bandwidth, roll-off, flatness and phases are wanted; else they are left out
    """

    def __init__(self, grid: Grid, *, shapes: bool = True) -> None:
        self._grid, self._shapes = grid, shapes
        self._framer = Framer(1, grid.n_fft, grid.hop, lead=grid.n_fft // 2)
        mel = mel_matrix(grid.n_fft // 2 + 1, grid.sample_rate)
        counts = np.flatnonzero(np.any(mel, axis=1))  # what is higher lies in no band
        self._n_mel = int(counts.max(initial=0)) + 1
        self._mel = mel[: self._n_mel]
        self._scale = np.float32(power_scale(grid.n_fft))
        self._n_phase = int(np.searchsorted(grid.short_hz, HIGHEST_PHASE_HZ))
        self._before = np.zeros((2, self._n_phase), np.complex64)
        self._rows = [Rows(1, np.float32) for _ in range(7)]
        self._levels = Rows(mel.shape[1], np.int16)
        self._loops = quick.loops()

    def add(self, mono: Audio) -> None:
        """Hear some more of the mono mix: (samples,)."""
        for frames in self._framer.add(mono[np.newaxis]):
            self._measure(frames[0])

    def finish(self) -> Frames:
        """All frames, the last ones filled up with zeros; to be called once, it keeps nothing."""
        for frames in self._framer.finish():
            self._measure(frames[0])
        rows = [table.joined()[:, 0] for table in self._rows]
        return Frames(self._grid.frame_rate, self._levels.joined(), *rows)

    def _measure(self, frames: Audio) -> None:
        spectra = transform(frames)
        rows = np.zeros((7, len(spectra)), np.float32)
        power = (self._by_numpy if self._loops is None else self._by_loops)(spectra, rows)
        rows[0] *= self._scale
        for table, row in zip(self._rows, rows, strict=True):
            table.add(row[:, np.newaxis])
        bands = np.maximum(power[:, : self._n_mel] @ self._mel * self._scale, MEL_FLOOR)
        self._levels.add(np.rint(10 * CENTIBELS * np.log10(bands)).astype(np.int16))

    def _by_numpy(self, spectra: Spectra, rows: Floats) -> Floats:
        """Fill in what the frames say; returns the power of each bin."""
        power, hz = kernels.power_of(spectra), self._grid.short_hz
        total = rows[0] = power.sum(axis=1)
        rows[1] = kernels.centroid(power, total, hz)
        if self._shapes:
            rows[2] = kernels.bandwidth(power, total, hz, rows[1])
            rows[3] = kernels.rolloff(power, total, hz)
            rows[4] = kernels.flatness(power, total)
            low = self._with_before(spectra)
            rows[5], rows[6] = kernels.phase_steadiness(low, np.abs(low))
        return power

    def _by_loops(self, spectra: Spectra, rows: Floats) -> Floats:
        """The same, compiled."""
        power = np.empty(spectra.shape, np.float32)
        share = kernels.ROLLOFF_SHARE if self._shapes else 0.0
        self._loops.shape(
            spectra.view(np.float32),
            power,
            self._grid.short_hz,
            share,
            kernels.FLATNESS_FLOOR,
            rows,
        )
        if self._shapes:
            self._loops.steadiness(self._with_before(spectra).view(np.float32), rows[5:])
        return power

    def _with_before(self, spectra: Spectra) -> Spectra:
        """The low bins, after those of the two frames before."""
        low = np.concatenate([self._before, spectra[:, : self._n_phase]])
        self._before = low[-2:]
        return low
