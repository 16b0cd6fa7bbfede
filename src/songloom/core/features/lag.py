"""By how much one side comes after the other: from the cross spectrum of left and right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LONGEST_LAG_S = 0.05  # a wall nine metres away
FARTHEST_COSTS = 0.005  # a tone agrees with itself after every turn: the nearest counts
LEAST_AGREEMENT = 0.3  # of sides that differ by a delay alone: 1


def lag_and_agreement(
    cross: NDArray[np.complex128],
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    sample_rate: int,
) -> tuple[int, float]:
    """Samples by which right comes after left, and how well they then agree.

    cross        (bins,) mean of L·R*; left, right  (bins,) mean |L|², |R|², of Hann windows
    returns      the lag (< 0: left comes later), and the correlation there in [−1, 1]

    The inverse transform of the cross spectrum is the correlation at each lag. Two windows that
    are shifted against each other overlap less; that is divided out.
    """
    size = 2 * (cross.size - 1)
    longest = min(round(LONGEST_LAG_S * sample_rate), size // 8)
    found = np.fft.irfft(cross, size)
    lags = np.arange(-longest, longest + 1)
    turn = 2 * np.pi * lags / size
    part = np.abs(lags) / size
    overlap = (1 - part) * (2 / 3 + np.cos(turn) / 3) + np.sin(np.abs(turn)) / (2 * np.pi)
    correlation = found[-lags] / overlap
    power = np.sqrt(np.fft.irfft(left, size)[0] * np.fft.irfft(right, size)[0])
    strength = np.abs(correlation)
    near = int(np.argmax(strength * (1 - FARTHEST_COSTS * np.abs(lags) / longest)))
    best = max(0, near - 2) + int(np.argmax(strength[max(0, near - 2) : near + 3]))
    return int(lags[best]), float(np.clip(correlation[best] / max(power, 1e-30), -1, 1))
