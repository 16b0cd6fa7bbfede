"""The colour of a sound: mel-frequency cepstrum."""

from __future__ import annotations

import numpy as np

from songloom.core.features.heard import Heard
from songloom.core.features.short import CENTIBELS

N_MFCC = 13
RANGE_DB = 80.0  # below the loudest band nothing colours the sound


def mfcc_mean(heard: Heard) -> list[float]:
    """Mean over audible frames of 13 cosine coefficients of the mel levels in dB.

    The first says how loud, the second how dark, the rest the finer shape (orthonormal DCT-II).
    """
    from scipy import fft

    heard.must_sound()
    levels = heard.frames.level[heard.frames.audible()]
    top_db = float(levels.max()) / CENTIBELS
    # The transform is linear: of the mean it is the mean.
    mean_db = np.zeros(levels.shape[1])
    for start in range(0, len(levels), 4_096):
        part = levels[start : start + 4_096] / np.float32(CENTIBELS)
        mean_db += np.maximum(part, top_db - RANGE_DB).sum(axis=0, dtype=np.float64)
    return [float(c) for c in fft.dct(mean_db / len(levels), norm="ortho")[:N_MFCC]]
