"""Sounds whose truth is known because they are made here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]


def stereo(mono: NDArray[np.floating]) -> Audio:
    """The same sound left and right."""
    return np.stack([mono, mono]).astype(np.float32)


def sine(
    tone_hz: float,
    duration_s: float,
    *,
    sample_rate: int = 44_100,
    level: float = 0.5,
    phase: float = 0.0,
) -> Audio:
    """(samples,) float32; `level` is the peak."""
    time_s = np.arange(round(duration_s * sample_rate)) / sample_rate
    return (level * np.sin(2 * np.pi * tone_hz * time_s + phase)).astype(np.float32)


def steps(
    levels: Sequence[tuple[float, float]], *, sample_rate: int = 48_000, tone_hz: float = 1_000.0
) -> Audio:
    """A stereo sine that passes through (dBFS, seconds) without a jump in phase."""
    gains = [np.full(round(s * sample_rate), 10 ** (db / 20)) for db, s in levels]
    gain = np.concatenate(gains)
    return stereo(gain * np.sin(2 * np.pi * tone_hz * np.arange(gain.size) / sample_rate))


def noise(
    duration_s: float, *, sample_rate: int = 44_100, level: float = 0.1, seed: int = 7
) -> Audio:
    """(samples,) float32 of white noise with this standard deviation."""
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal(round(duration_s * sample_rate))).astype(np.float32)


def clicks(
    tempo_bpm: float,
    duration_s: float,
    *,
    sample_rate: int = 44_100,
    first_s: float = 0.1,
    strong_every: int = 1,
) -> Audio:
    """(samples,) float32: short decaying tones; all but each `strong_every`-th are a third as loud."""
    sound = np.zeros(round(duration_s * sample_rate))
    time_s = np.arange(round(0.04 * sample_rate)) / sample_rate
    click = 0.6 * np.sin(2 * np.pi * 1_200 * time_s) * np.exp(-90 * time_s)
    for n, at_s in enumerate(np.arange(first_s, duration_s - 0.05, 60 / tempo_bpm)):
        start = round(at_s * sample_rate)
        sound[start : start + click.size] += click * (1 if n % strong_every == 0 else 1 / 3)
    return sound.astype(np.float32)
