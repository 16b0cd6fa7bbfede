"""Hears a made sound as `analyse_file` would hear it from a file."""

from __future__ import annotations

from typing import Any

import numpy as np

from songloom.core.features.analysis import Analysis, measured, wanted
from songloom.core.features.heard import EVERYTHING, Heard, hear
from tests.core.features.signals import Audio

BLOCK_SAMPLES = 20_000  # no power of two, no multiple of a hop: borders fall anywhere


def heard(sound: Audio, sample_rate: int = 22_050, *, gather: frozenset[str] = EVERYTHING) -> Heard:
    """What is to be gathered of (samples,) or (channels, samples)."""
    audio = np.atleast_2d(sound)
    cuts = range(BLOCK_SAMPLES, audio.shape[1], BLOCK_SAMPLES)
    return hear(np.split(audio, cuts, axis=1), sample_rate, len(audio), gather=gather)


def analysed(sound: Audio, *fields: str, sample_rate: int = 22_050) -> Analysis:
    features = wanted(fields or None)
    gather = frozenset(part for feature in features for part in feature.needs)
    return measured(heard(sound, sample_rate, gather=gather), features)


def value(sound: Audio, name: str, *, sample_rate: int = 22_050) -> Any:
    """One feature of a sound; None where it cannot be said."""
    return analysed(sound, name, sample_rate=sample_rate).features[name]


def reason(sound: Audio, name: str, *, sample_rate: int = 22_050) -> str | None:
    """Why a feature of a sound cannot be said; None where it can."""
    return analysed(sound, name, sample_rate=sample_rate).reasons.get(name)
