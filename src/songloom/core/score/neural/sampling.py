"""Writing a melody step by step: what may come next, and the choice among it.

The model says what is likely; the rules here say what is possible: no bar overflows, a triplet is
finished before the beat goes on, the last bar comes to rest on the tonic.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from songloom.core.score.neural.encoding import (
    CUT,
    DURATION_INDEX,
    DURATIONS,
    FIELDS,
    HIGHEST,
    LOWEST,
    N_PITCHES,
    REST,
    Ints,
    Position,
    Step,
    bar_ticks,
)
from songloom.core.score.notes import Note

Logits = NDArray[np.float32]
Mask = NDArray[np.bool_]
TICKS = np.asarray([*DURATIONS, 0])
SHORTEST_TICKS = 3
WIDEST_LEAP = 12
TRIPLET_TICKS = (4, 8, 16)
TONIC = np.asarray(
    [(LOWEST + symbol) % 12 == 0 for symbol in range(REST)] + [False] * (N_PITCHES - REST)
)


class Reader(Protocol):
    """What reads a batch of melodies and says how likely each next step is."""

    def step(self, seen: Ints) -> Logits:
        """Pitch logits (batch, N_PITCHES) after categories (batch, fields)."""

    def durations(self, pitch: Ints) -> Logits:
        """Duration logits (batch, N_DURATIONS) for the pitches (batch,) just chosen."""


@dataclass(frozen=True)
class Order:
    """What a melody has to be. Pitches are MIDI numbers with the tonic on C."""

    metre: tuple[int, int]
    mode: str
    n_bars: int
    pickup_ticks: int = 0
    low: int = 57
    high: int = 86
    scale: Collection[int] | None = (
        None  # pitch classes above the tonic; None leaves it to the model
    )
    temperature: float = 0.9
    nucleus: float = 0.95  # share of the probability that is drawn from
    density: float = 0.0  # above 0 more and shorter notes
    opening: tuple[Step, ...] = ()

    @property
    def in_range(self) -> Mask:
        """(N_PITCHES,) what may sound or rest at all."""
        allowed = np.zeros(N_PITCHES, dtype=bool)
        allowed[max(self.low, LOWEST) - LOWEST : min(self.high, HIGHEST) - LOWEST + 1] = True
        if self.scale is not None:
            classes = (np.arange(N_PITCHES) + LOWEST) % 12
            allowed &= np.isin(classes, sorted({pitch % 12 for pitch in self.scale} | {0}))
        allowed[REST] = True
        allowed[CUT:] = False
        return allowed

    @property
    def closing_ticks(self) -> int:
        """Where in the last bar the final note begins at the latest: the half or first third."""
        bar = bar_ticks(self.metre)
        return bar // 3 if self.metre[0] in (3, 9) else bar // 2


@dataclass
class Draft:
    """One melody being written, and how likely the model found it."""

    position: Position
    steps: list[Step] = field(default_factory=list)
    log_p: float = 0.0

    def is_over(self) -> bool:
        return self.position.bars_left < 0


def write(reader: Reader, order: Order, n: int, rng: np.random.Generator) -> list[Draft]:
    """Write `n` melodies side by side, each from its own stream of random numbers."""
    drafts = [
        Draft(Position(order.metre, order.mode, order.n_bars, pickup_ticks=order.pickup_ticks))
        for _ in range(n)
    ]
    streams = rng.spawn(n)
    in_range = order.in_range
    blank = [0] * len(FIELDS)
    while not all(draft.is_over() for draft in drafts):
        seen = [blank if draft.is_over() else draft.position.features() for draft in drafts]
        pitch_logits = reader.step(np.asarray(seen, dtype=np.int32))
        symbols = [
            _next_symbol(draft, order, in_range, logits, stream)
            for draft, logits, stream in zip(drafts, pitch_logits, streams, strict=True)
        ]
        duration_logits = reader.durations(np.asarray(symbols, dtype=np.int32))
        for draft, symbol, logits, stream in zip(
            drafts, symbols, duration_logits, streams, strict=True
        ):
            _lengthen(draft, order, symbol, logits, stream)
    return drafts


def _next_symbol(
    draft: Draft, order: Order, in_range: Mask, logits: Logits, rng: np.random.Generator
) -> int:
    if draft.is_over():
        return REST
    if len(draft.steps) < len(order.opening):
        return order.opening[len(draft.steps)].symbol
    allowed = possible_pitches(draft, order, in_range)
    index, log_p = choose(logits, allowed, order, rng)
    draft.log_p += log_p
    return index


def _lengthen(
    draft: Draft, order: Order, symbol: int, logits: Logits, rng: np.random.Generator
) -> None:
    if draft.is_over():
        return
    room = draft.position.bar - draft.position.onset_in_bar
    if len(draft.steps) < len(order.opening):
        ticks = min(order.opening[len(draft.steps)].ticks, room)
    else:
        allowed = possible_durations(draft, order, symbol)
        if not allowed.any():
            allowed = (room >= TICKS) & (TICKS > 0)
        index, log_p = choose(
            logits - order.density * np.log2(np.maximum(TICKS, 1)), allowed, order, rng
        )
        draft.log_p += log_p
        ticks = int(TICKS[index])
    step = Step(symbol, ticks)
    draft.steps.append(step)
    draft.position.advance(step)


def possible_pitches(draft: Draft, order: Order, in_range: Mask) -> Mask:
    """(N_PITCHES,) True where the next symbol may be."""
    position = draft.position
    allowed = in_range.copy()
    if position.bars_left == 0 and position.onset_in_bar >= order.closing_ticks:
        allowed &= TONIC
        allowed[REST] = False
    last = next((step.symbol for step in reversed(draft.steps) if step.symbol < REST), None)
    if last is None or draft.steps[-1].symbol == REST:
        allowed[REST] = False
    if last is not None:
        near = allowed.copy()
        near[: max(0, last - WIDEST_LEAP)] = False
        near[last + WIDEST_LEAP + 1 : REST] = False
        allowed = near if near.any() else allowed
    return allowed


def possible_durations(draft: Draft, order: Order, symbol: int) -> Mask:
    """(N_DURATIONS,) True where the length of the chosen symbol may be."""
    position = draft.position
    onset = position.onset_in_bar
    ends = onset + TICKS
    allowed = (TICKS >= SHORTEST_TICKS) & (ends <= position.bar)
    allowed &= (ends % 3 == 0) | (ends % 4 == 0)
    if onset % 3:
        allowed &= (ends % 4 == 0) & np.isin(TICKS, TRIPLET_TICKS)
    elif onset % 4:
        allowed &= ends % 3 == 0
    if position.bars_left == 0:
        is_last_note = (ends == position.bar) & bool(TONIC[symbol])
        allowed &= is_last_note | (ends <= order.closing_ticks)
    elif position.time < 0:
        allowed &= position.time + TICKS <= 0
    return allowed


def choose(
    logits: Logits, allowed: Mask, order: Order, rng: np.random.Generator
) -> tuple[int, float]:
    """Draw one of the allowed by temperature and nucleus; its index and natural log p."""
    scaled = np.where(allowed, logits.astype(np.float64) / max(order.temperature, 1e-3), -np.inf)
    p = np.exp(scaled - scaled.max())
    p /= p.sum()
    ranks = np.argsort(-p, kind="stable")
    kept = np.cumsum(p[ranks]) - p[ranks] < order.nucleus
    kept[0] = True
    ranks = ranks[kept]
    cumulated = np.cumsum(p[ranks])
    place = int(np.searchsorted(cumulated, rng.random() * cumulated[-1], side="right"))
    index = int(ranks[min(place, len(ranks) - 1)])
    return index, math.log(p[index])


def merit(draft: Draft) -> float:
    """How good a finished draft is: likely, with a range, neither stuck nor wandering."""
    pitches = [step.symbol for step in draft.steps if step.symbol < REST]
    if len(pitches) < 2:
        return -100.0
    moves = [abs(b - a) for a, b in pairwise(pitches)]
    stuck = sum(move == 0 for move in moves) / len(moves)
    span = max(pitches) - min(pitches)
    return (
        draft.log_p / len(draft.steps)
        - 2.0 * max(0.0, stuck - 0.25)
        - 0.12 * max(0, 15 - span)
        - 0.5 * abs(bars_repeated(draft) - 0.35)
    )


def bars_repeated(draft: Draft) -> float:
    """Share of bars that were heard before, note for note."""
    position = draft.position
    bars: dict[int, list[tuple[int, Step]]] = {}
    for onset, step in zip(position.onsets, position.steps, strict=True):
        bars.setdefault(onset // position.bar, []).append((onset % position.bar, step))
    shapes = [tuple(bar) for bar in bars.values()]
    return 1 - len(set(shapes)) / max(1, len(shapes))


def steps_of(notes: Sequence[Note]) -> tuple[Step, ...]:
    """A motif as steps, gaps as rests; what has no symbol is left out."""
    steps: list[Step] = []
    time = 0
    for note in notes:
        onset, ticks, pitch = note.onset_ticks, note.duration_ticks, note.pitch
        if onset > time:
            steps.append(Step(REST, onset - time))
        if LOWEST <= pitch <= HIGHEST and ticks in DURATION_INDEX:
            steps.append(Step(pitch - LOWEST, ticks))
            time = onset + ticks
    return tuple(steps)
