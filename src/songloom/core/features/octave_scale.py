"""The upright edge of a spectrogram: octaves at equal steps. Imports nothing heavy."""

from __future__ import annotations

from math import log2

LOWEST_HZ, HIGHEST_HZ = 32.0, 20_000.0
MARKS_HZ = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)


def top_of(sample_rate: int) -> float:
    """The upper edge in Hz: 20 kHz, or as far as the sample rate goes."""
    return min(HIGHEST_HZ, sample_rate / 2)


def marks(top_hz: float) -> list[tuple[int, float]]:
    """Round frequencies and their place from the lower edge: [(100, 0.18), …]."""
    octaves = log2(top_hz / LOWEST_HZ)
    return [(hz, log2(hz / LOWEST_HZ) / octaves) for hz in MARKS_HZ if hz <= top_hz]
