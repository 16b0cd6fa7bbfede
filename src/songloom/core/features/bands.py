"""Groups of bins: octaves for people, mel bands for machines."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

OCTAVES_HZ = (31.5, 63.0, 125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0)
N_MELS = 40
LOWEST_MEL_HZ, HIGHEST_MEL_HZ = 30.0, 11_000.0


def octave_edges(bin_hz: Floats) -> NDArray[np.intp]:
    """(11,) the first bin of each octave band, and the end of the last.

    Bands reach from centre/√2 to centre·√2; a band above the last bin is empty (start = end).
    """
    edges = np.array([*OCTAVES_HZ, 2 * OCTAVES_HZ[-1]]) / np.sqrt(2)
    return np.asarray(np.searchsorted(bin_hz, edges))


def octave_sums(values: NDArray[np.float64], bin_hz: Floats) -> list[float | None]:
    """What the bins of each octave add up to; None for an octave above half the sample rate."""
    edges = octave_edges(bin_hz)
    sums = [float(values[a:b].sum()) for a, b in pairwise(edges)]
    half = float(bin_hz[-1])
    return [
        total if centre_hz < half else None
        for total, centre_hz in zip(sums, OCTAVES_HZ, strict=True)
    ]


def hz_to_mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """O'Shaughnessy's scale: steps that sound alike."""
    return 2_595 * np.log10(1 + hz / 700)


@lru_cache(maxsize=8)
def mel_matrix(n_bins: int, sample_rate: int) -> Floats:
    """Triangles of one unit height that overlap by half, evenly spaced in mel.

    returns  (n_bins, N_MELS) float32; bands above half the sample rate are all zero
    """
    lowest, highest = hz_to_mel(np.array([LOWEST_MEL_HZ, HIGHEST_MEL_HZ]))
    edges = np.linspace(lowest, highest, N_MELS + 2)
    bins = hz_to_mel(np.linspace(0, sample_rate / 2, n_bins))[:, np.newaxis]
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.asarray(np.maximum(0, np.minimum(rise, fall)), dtype=np.float32)
