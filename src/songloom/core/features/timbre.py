"""The colour of a sound: mel-frequency cepstrum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.bands import N_MELS
from songloom.core.features.heard import Heard
from songloom.core.features.short import CENTIBELS

Levels = NDArray[np.float32]

N_MFCC = 13
CHUNK_FRAMES = 4_096
RANGE_DB = 80.0  # below the loudest band nothing colours the sound


def mfcc_mean(heard: Heard) -> list[float]:
    """Mean over audible frames of 13 cosine coefficients of the mel levels in dB.

    The first says how loud, the second how dark, the rest the finer shape (orthonormal DCT-II).
    """
    from scipy import fft

    # The transform is linear: of the mean it is the mean.
    total_db, n_frames = np.zeros(N_MELS), 0
    for part in _levels(heard):
        total_db += part.sum(axis=0, dtype=np.float64)
        n_frames += len(part)
    return [float(c) for c in fft.dct(total_db / n_frames, norm="ortho")[:N_MFCC]]


def timbre(heard: Heard) -> list[float]:
    """The sound's colour as 24 numbers, for comparing: how it is, and how it changes.

    Mean over audible frames of the cosine coefficients 2 to 13 of the mel levels in dB, then their
    standard deviations. The first coefficient, which is the level, is left out: a gain changes
    nothing. dB, orthonormal DCT-II.
    """
    from scipy import fft

    sums, squares, n_frames = np.zeros(N_MFCC), np.zeros(N_MFCC), 0
    for part in _levels(heard):
        found = fft.dct(part, norm="ortho", axis=1)[:, :N_MFCC]
        sums += found.sum(axis=0, dtype=np.float64)
        squares += np.square(found).sum(axis=0, dtype=np.float64)
        n_frames += len(found)
    mean = sums / n_frames
    spread = np.sqrt(np.maximum(0, squares / n_frames - mean**2))
    return [float(x) for x in (*mean[1:], *spread[1:])]


def _levels(heard: Heard) -> Iterator[Levels]:
    """(frames, N_MELS) dB of the audible frames, part by part, nothing fainter than RANGE_DB."""
    heard.must_sound()
    level, audible = heard.frames.level, heard.audible()
    starts = range(0, len(level), CHUNK_FRAMES)
    parts = [slice(start, start + CHUNK_FRAMES) for start in starts]  # all at once would be twice
    top = max(int(level[part][audible[part]].max(initial=-12_000)) for part in parts)
    for part in parts:
        db = level[part][audible[part]] / np.float32(CENTIBELS)
        yield np.maximum(db, np.float32(top / CENTIBELS - RANGE_DB))
