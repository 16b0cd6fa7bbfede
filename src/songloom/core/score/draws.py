"""Chance that can be repeated: one independent stream for each thing that is decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

import numpy as np

T = TypeVar("T")


def stream(seed: int, name: str) -> np.random.Generator:
    """Chance for one decision: another name, or another seed, draws independently.

    So a wish that fixes one thing leaves what is drawn for all the others as it was.
    """
    return np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, crc32(name.encode())]))


def pick(rng: np.random.Generator, among: Sequence[T]) -> T:
    """One of several, all as likely."""
    return among[int(rng.integers(len(among)))]
