"""A small network that hears beats and the beginnings of bars in the levels of the mel bands.

A first layer joins three pairs of frames, then seven dilated convolutions look ten seconds to each
side (Davies & Böck, "Temporal convolutional networks for musical audio beat tracking", 2019).
`benchmarks/learn_beats.py` trained it; `assets/models/beats.toml` says on what.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.short import CENTIBELS

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).resolve().parents[2] / "assets/models/beats.safetensors"
RANGE_DB, SCALE_DB = 70.0, 20.0  # what the network was trained with
JOINED = 2  # frames become one step
SPAN = 3  # steps the first layer sees
CHUNK_STEPS = 2_048  # so many at a time: what one holds stays in a core's cache
TILE_STEPS = 16_384  # eleven minutes: so much of a long sound is held by the layers at once
SEEN_STEPS = 256  # to each side of a tile: no layer sees farther
SUREST = 5.0  # log-odds beyond which it makes no difference


@dataclass(frozen=True)
class BeatOdds:
    """Log-odds of each frame for a beat, and for the first of a bar: (frames,), within ± SUREST."""

    beat: Floats
    first: Floats

    @cached_property
    def share(self) -> Floats:
        """The same of the beat as a probability."""
        return np.asarray(1 / (1 + np.exp(-self.beat)))

    @cached_property
    def first_share(self) -> Floats:
        """And of the first beat of a bar."""
        return np.asarray(1 / (1 + np.exp(-self.first)))


def beat_odds(level: NDArray[np.int16]) -> BeatOdds:
    """How much speaks for a beat in each frame.

    level    (frames, N_MELS) hundredths of a decibel
    """
    n_steps, weights = -(-len(level) // JOINED), _weights()
    usual = _usual(level)
    found = np.empty((n_steps * JOINED, 2), np.float32)
    for start in range(0, n_steps, TILE_STEPS):
        stop = min(start + TILE_STEPS, n_steps)
        first, last = max(0, start - SEEN_STEPS), min(stop + SEEN_STEPS, n_steps)
        steps = _front(level[first * JOINED : last * JOINED], last - first, usual, weights)
        for i in range(sum(name.startswith("mix_bias") for name in weights)):
            steps = _wider(steps, i, weights)
        odds = steps[start - first : stop - first] @ weights["head"] + weights["head_bias"]
        found[start * JOINED : stop * JOINED] = odds.reshape(-1, 2)
    beat, first_of_bar = np.clip(found[: len(level)].T, -SUREST, SUREST)
    return BeatOdds(beat, first_of_bar)


def _usual(level: NDArray[np.int16]) -> tuple[int, Floats]:
    """The faintest level that counts, and the mean of each band: (bands,) hundredths of a dB."""
    faintest = int(level.max(initial=-12_000)) - round(RANGE_DB * CENTIBELS)
    chunk = CHUNK_STEPS * JOINED
    starts = range(0, len(level), chunk)
    sums = [np.maximum(level[i : i + chunk], faintest).sum(axis=0, dtype=np.int64) for i in starts]
    return faintest, (np.sum(sums, axis=0) / max(1, len(level))).astype(np.float32)


def _front(
    level: NDArray[np.int16], n_steps: int, usual: tuple[int, Floats], weights: dict[str, Floats]
) -> Floats:
    """The first layer: (steps, units)."""
    faintest, mean = usual
    n_bands = level.shape[1]
    width = n_bands * JOINED
    out = np.empty((n_steps, weights["front"].shape[1]), np.float32)
    for start in range(0, n_steps, CHUNK_STEPS):
        stop = min(start + CHUNK_STEPS, n_steps)
        first, last = max(0, start - 1), min(stop + 1, n_steps)
        part = np.maximum(level[first * JOINED : last * JOINED], faintest).astype(np.float32)
        part = (part - mean) * np.float32(1 / CENTIBELS / SCALE_DB)
        wide = np.zeros(((stop - start + 2) * JOINED, n_bands), np.float32)
        at = (first - start + 1) * JOINED
        wide[at : at + len(part)] = part
        seen = np.lib.stride_tricks.sliding_window_view(wide.reshape(-1, width), SPAN, axis=0)
        rows = np.ascontiguousarray(seen.transpose(0, 2, 1)).reshape(stop - start, SPAN * width)
        out[start:stop] = rows @ weights["front"] + weights["front_bias"]
    return np.maximum(out, 0)


def _wider(steps: Floats, i: int, weights: dict[str, Floats]) -> Floats:
    """One dilated convolution, whose answer is added to what it saw."""
    wide, mix = weights[f"wide_{i}"], weights[f"mix_{i}"]
    n_steps, units = steps.shape
    taps = len(wide) // units
    apart = 2**i
    reach = taps // 2 * apart
    padded = np.pad(steps, ((reach, reach), (0, 0)))
    out = np.empty_like(steps)
    near = np.empty((min(CHUNK_STEPS, n_steps), taps * units), np.float32)
    for start in range(0, n_steps, CHUNK_STEPS):
        n = min(CHUNK_STEPS, n_steps - start)
        for tap in range(taps):
            at = start + tap * apart
            near[:n, tap * units : (tap + 1) * units] = padded[at : at + n]
        hidden = np.maximum(near[:n] @ wide + weights[f"wide_bias_{i}"], 0)
        out[start : start + n] = steps[start : start + n] + hidden @ mix + weights[f"mix_bias_{i}"]
    return out


@cache
def _weights() -> dict[str, Floats]:
    from safetensors.numpy import load_file

    return dict(load_file(str(WEIGHTS)))
