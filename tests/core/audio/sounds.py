"""Sounds made for tests: arrays, and files with exactly these samples."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from songloom.core.audio import Audio, Blocks
from songloom.core.audio.encode import encoder
from songloom.core.audio.formats import FORMATS
from songloom.core.audio.shaping import reblocked


def noise(n_samples: int, channels: int = 2, *, seed: int = 7, level: float = 0.25) -> Audio:
    """White noise, steps of 1/32768, so that 16 bits hold it exactly."""
    steps = np.random.default_rng(seed).normal(0, level * 32_768, (channels, n_samples))
    return (np.clip(np.rint(steps), -32_768, 32_767) / 32_768).astype(np.float32)


def tone(
    tone_hz: float,
    seconds: float,
    sample_rate: int = 44_100,
    *,
    level: float = 0.5,
    channels: int = 2,
) -> Audio:
    time_s = np.arange(round(seconds * sample_rate)) / sample_rate
    one = level * np.sin(2 * np.pi * tone_hz * time_s)
    return np.repeat(one[np.newaxis], channels, axis=0).astype(np.float32)


def write(
    path: Path, sound: Audio, sample_rate: int = 44_100, *, name: str = "", **how: int
) -> Path:
    """A file of the format that its ending names (or `name`)."""
    form = FORMATS[name or path.suffix.lstrip(".")]
    with encoder(str(path), form, sample_rate=sample_rate, channels=len(sound), **how) as target:
        for block in reblocked(iter([sound]), 65_536):
            target.write(block)
    return path


def write_wav(path: Path, sound: Audio, sample_rate: int = 44_100) -> Path:
    """A WAV by Python's own writer: an independent way in."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(sound))
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(np.rint(sound.T * 32_768).clip(-32_768, 32_767).astype("<i2").tobytes())
    return path


def cut_at(sound: Audio, cuts: Iterable[int]) -> Blocks:
    """The sound in blocks of any lengths, also empty ones."""
    places = sorted(min(cut, sound.shape[1]) for cut in cuts)
    yield from np.split(sound, places, axis=1)


def joined(blocks: Iterable[Audio], channels: int = 2) -> Audio:
    found = list(blocks)
    return np.concatenate(found, axis=1) if found else np.zeros((channels, 0), np.float32)


def boundaries(longest: int) -> st.SearchStrategy[list[int]]:
    """Where a sound may be cut into blocks."""
    return st.lists(st.integers(0, longest), max_size=12)
