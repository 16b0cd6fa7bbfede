"""From a raw rendering to a finished recording: loudness, peaks, a clean end."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.loudness import Meter

Audio = NDArray[np.float32]
TARGET_LUFS = -16.0
CEILING_DBTP = -1.0
MOST_REDUCTION_DB = 5.0  # beyond it the whole is left softer rather than pressed flat
BLOCK_S = 0.005
RELEASE_S = 0.12
FADE_SHARE = 0.6  # of the tail
METER_SAMPLES = 1 << 18


def mastered(audio: Audio, *, sample_rate: int, tail_s: float, gains: Audio | None = None) -> Audio:
    """The recording at about −16 LUFS, true peaks at most −1 dBTP, faded out over its tail.

    audio    (channels, samples) float32; changed in place
    tail_s   ringing at the end, the last part of which fades to nothing
    gains    (1, samples) of ones: what each sample was multiplied by, afterwards
    returns  the same array; silence stays silence
    """
    both = [audio] if gains is None else [audio, gains]
    for one in both:
        fade_out(one, round(FADE_SHARE * tail_s * sample_rate))
    loudness, peak_db = _measured(audio, sample_rate)
    if loudness == -inf or peak_db == -inf:
        return audio
    gain_db = TARGET_LUFS - loudness
    gain_db = min(gain_db, CEILING_DBTP + MOST_REDUCTION_DB - peak_db)
    for one in both:
        one *= np.float32(10 ** (gain_db / 20))
    if peak_db + gain_db > CEILING_DBTP:
        ceiling = 10 ** ((CEILING_DBTP - 0.3) / 20)
        limit(audio, sample_rate=sample_rate, ceiling=ceiling, also=both[1:])
        _, peak_db = _measured(audio, sample_rate)
        if peak_db > CEILING_DBTP:
            for one in both:
                one *= np.float32(10 ** ((CEILING_DBTP - 0.01 - peak_db) / 20))
    return audio


def _measured(audio: Audio, sample_rate: int) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP; −inf for silence."""
    meter = Meter(sample_rate, len(audio))
    for start in range(0, audio.shape[1], METER_SAMPLES):
        meter.add(np.ascontiguousarray(audio[:, start : start + METER_SAMPLES]))
    return _finite(meter.integrated_lufs()), _finite(meter.true_peak_dbtp())


def _finite(measured: float | None) -> float:
    return -inf if measured is None else float(measured)


def limit(audio: Audio, *, sample_rate: int, ceiling: float, also: Sequence[Audio] = ()) -> None:
    """Turn down, in place, just where samples would exceed `ceiling`; `also` goes down with it.

    The gain moves in straight lines between blocks of 5 ms and is at every block's edges no higher
    than either neighbour needs, so no sample exceeds the ceiling; it comes back within ~0.1 s.
    """
    size = max(1, round(BLOCK_S * sample_rate))
    n_blocks = -(-audio.shape[1] // size)
    peaks = np.zeros(n_blocks, dtype=np.float32)
    for channel in audio:
        padded = np.zeros(n_blocks * size, dtype=np.float32)
        padded[: len(channel)] = np.abs(channel)
        peaks = np.maximum(peaks, padded.reshape(n_blocks, size).max(axis=1))
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    held = _released(needed, RELEASE_S / BLOCK_S)
    edges = np.minimum(np.append(held, 1.0), np.insert(held, 0, 1.0))
    for block in np.flatnonzero((edges[:-1] < 1.0) | (edges[1:] < 1.0)):
        line = np.linspace(edges[block], edges[block + 1], size + 1, dtype=np.float32)
        for one in (audio, *also):
            part = one[:, block * size : (block + 1) * size]
            part *= line[: part.shape[1]]


def _released(needed: NDArray[np.float64], blocks: float) -> NDArray[np.float64]:
    """The gain that is needed, coming back slowly after each dip."""
    held = needed.astype(np.float64).copy()
    share = 1 / blocks
    for index in np.flatnonzero(needed < 1.0):
        following = index + 1
        while following < len(held):
            back = held[following - 1] + (1 - held[following - 1]) * share
            if back >= held[following] or back > 0.999:
                break
            held[following] = back
            following += 1
    return held


def fade_out(audio: Audio, n_samples: int) -> None:
    """Let the last samples go to nothing along a quarter of a cosine, in place."""
    n_samples = min(n_samples, audio.shape[1])
    if n_samples:
        audio[:, -n_samples:] *= np.cos(np.linspace(0, np.pi / 2, n_samples)).astype(np.float32)
