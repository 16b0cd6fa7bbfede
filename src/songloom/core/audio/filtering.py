"""High-pass and low-pass by Butterworth: flat where it passes, 3 dB down at its frequency."""

from __future__ import annotations

from math import ceil, cos, log, pi, tan

import numpy as np
from numpy.typing import NDArray

from songloom.core.audio import Blocks
from songloom.core.features.biquads import sosfilt

Doubles = NDArray[np.float64]
SETTLED = 1e-7  # −140 dB: what is left of an impulse where a filter may start anew


def butterworth(order: int, cutoff_hz: float, sample_rate: int, *, is_high: bool) -> Doubles:
    """A Butterworth filter as second-order sections, by the bilinear transform.

    order    poles; each makes it 6 dB per octave steeper
    returns  (sections, 6) float64: b0 b1 b2 1 a1 a2 of each
    """
    k = tan(pi * cutoff_hz / sample_rate)
    sections = []
    for pair in range(order // 2):
        damping = 2 * cos(pi * (2 * pair + 1 + order % 2) / (2 * order))
        sections.append(_second_order(k, damping, is_high=is_high))
    if order % 2:
        gain = (1.0 if is_high else k) / (1 + k)
        sections.append([gain, -gain if is_high else gain, 0.0, 1.0, (k - 1) / (k + 1), 0.0])
    return np.array(sections)


def _second_order(k: float, damping: float, *, is_high: bool) -> list[float]:
    """The poles of s² + damping · s + 1; `damping` is 1 / Q."""
    norm = 1 / (1 + damping * k + k * k)
    gain = norm if is_high else k * k * norm
    middle = -2 * gain if is_high else 2 * gain
    return [gain, middle, gain, 1.0, 2 * (k * k - 1) * norm, (1 - damping * k + k * k) * norm]


def filtered(blocks: Blocks, sections: Doubles) -> Blocks:
    """The blocks through a filter that starts at rest."""
    state: Doubles | None = None
    for block in blocks:
        if state is None:
            state = np.zeros((len(sections), len(block), 2))
        made, state = sosfilt(sections, block, state)
        yield made.astype(np.float32)


def settling_samples(sections: Doubles) -> int:
    """How long a filter remembers: after so many samples what it heard before is −140 dB."""
    radius = max(float(np.abs(np.roots(section[3:])).max()) for section in sections)
    return ceil(len(sections) * log(SETTLED) / log(radius)) if 0 < radius < 1 else 1
