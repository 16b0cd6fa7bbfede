"""How chords are struck: (beat, length in beats, velocity, which notes; None for all)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Stroke = tuple[float, float, int, int | None]


@dataclass(frozen=True)
class Feel:
    """What one piece keeps from bar to bar."""

    swing: float
    riff: list[float] = field(default_factory=list)
    order: list[int] = field(default_factory=list)


Pattern = Callable[[int, Feel, np.random.Generator], list[Stroke]]


def beats(n_beats: int, feel: Feel, rng: np.random.Generator) -> list[Stroke]:
    return [(i, 0.85, 64 if i else 72, None) for i in range(n_beats)]


def halves(n_beats: int, feel: Feel, rng: np.random.Generator) -> list[Stroke]:
    return [(i, 1.9, 68, None) for i in range(0, n_beats, 2)]


def held(n_beats: int, feel: Feel, rng: np.random.Generator) -> list[Stroke]:
    return [(0, n_beats * 0.97, 66, None)]


def oom_pah(n_beats: int, feel: Feel, rng: np.random.Generator) -> list[Stroke]:
    """The bass has the other beats."""
    return [(i, 0.5, 66, None) for i in range(1, n_beats, 2 if n_beats % 2 == 0 else 1)]


def eighths(n_beats: int, feel: Feel, rng: np.random.Generator) -> list[Stroke]:
    on = [(i, 0.4, 70, None) for i in range(n_beats)]
    return [*on, *((i + feel.swing, 0.4, 56, None) for i in range(n_beats))]


def pushed(n_beats: int, feel: Feel, rng: np.random.Generator) -> list[Stroke]:
    """On the first beat, then mostly off it."""
    off = [i + feel.swing for i in range(n_beats) if rng.random() < 0.6]
    return [(0, 0.9, 72, None), *((at, 0.7, 66, None) for at in off)]


def three_three_two(n_beats: int, feel: Feel, rng: np.random.Generator) -> list[Stroke]:
    places = [i + at for i in range(0, n_beats, 2) for at in (0, 0.75, 1.5)]
    return [(at, 0.6, 66 if at % 2 else 72, None) for at in places if at < n_beats]


def riff(n_beats: int, feel: Feel, rng: np.random.Generator) -> list[Stroke]:
    return [(at, 0.3, 70, None) for at in feel.riff if at < n_beats]


def arpeggio(n_beats: int, feel: Feel, rng: np.random.Generator) -> list[Stroke]:
    return [(i / 2, 0.5, 62 if i % 2 else 72, (0, 1, 2, 1)[i % 4]) for i in range(2 * n_beats)]


def sixteenths(n_beats: int, feel: Feel, rng: np.random.Generator) -> list[Stroke]:
    loud = (74, 58, 64, 58)
    return [(i / 4, 0.25, loud[i % 4], feel.order[i % 4]) for i in range(4 * n_beats)]


PATTERNS: dict[str, Pattern] = {
    "beats": beats,
    "halves": halves,
    "held": held,
    "arpeggio": arpeggio,
    "oom-pah": oom_pah,
    "eighths": eighths,
    "pushed": pushed,
    "sixteenths": sixteenths,
    "3+3+2": three_three_two,
    "riff": riff,
}
