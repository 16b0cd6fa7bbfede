"""Writing a melody step by step: what may come next, and the choice among it.

The model says what is likely; the rules here say what is possible: no bar overflows, a triplet is
finished before the beat goes on, the last bar comes to rest on the tonic.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
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
from songloom.core.score.notes import Metre, Note

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
    temperature: float = 1.0
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
    def last_bar_ticks(self) -> int:
        """How long the last bar is: short of the pickup, which would begin the tune again."""
        return bar_ticks(self.metre) - self.pickup_ticks % bar_ticks(self.metre)

    @property
    def closing_ticks(self) -> int:
        """Where in the last bar the final note begins at the latest: on its last beat."""
        beat = Metre(*self.metre).beat_ticks
        return max(0, (self.last_bar_ticks - 1) // beat * beat)


@dataclass
class Draft:
    """One melody being written."""

    position: Position
    steps: list[Step] = field(default_factory=list)

    def is_over(self, order: Order) -> bool:
        """Whether all that was ordered is written."""
        position = self.position
        end = position.n_bars * position.bar - order.pickup_ticks % position.bar
        return position.time >= end


def write(reader: Reader, order: Order, n: int, rng: np.random.Generator) -> list[Draft]:
    """Write `n` melodies side by side, each from its own stream of random numbers."""
    drafts = [
        Draft(Position(order.metre, order.mode, order.n_bars, pickup_ticks=order.pickup_ticks))
        for _ in range(n)
    ]
    streams = rng.spawn(n)
    in_range = order.in_range
    blank = [0] * len(FIELDS)
    while not all(draft.is_over(order) for draft in drafts):
        seen = [blank if draft.is_over(order) else draft.position.features() for draft in drafts]
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
    if draft.is_over(order):
        return REST
    if len(draft.steps) < len(order.opening):
        return order.opening[len(draft.steps)].symbol
    allowed = possible_pitches(draft, order, in_range)
    return choose(logits, allowed, order, rng)


def _lengthen(
    draft: Draft, order: Order, symbol: int, logits: Logits, rng: np.random.Generator
) -> None:
    if draft.is_over(order):
        return
    room = _bar_end(draft, order) - draft.position.onset_in_bar
    if len(draft.steps) < len(order.opening):
        ticks = min(order.opening[len(draft.steps)].ticks, room)
    else:
        allowed = possible_durations(draft, order, symbol)
        if not allowed.any():
            allowed = (room >= TICKS) & (TICKS > 0)
        wanted = logits - order.density * np.log2(np.maximum(TICKS, 1))
        ticks = int(TICKS[choose(wanted, allowed, order, rng)])
    step = Step(symbol, ticks)
    draft.steps.append(step)
    draft.position.advance(step)


def _bar_end(draft: Draft, order: Order) -> int:
    """Where the present bar ends, in ticks from its bar line."""
    return order.last_bar_ticks if draft.position.bars_left == 0 else draft.position.bar


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
    onset, bar_end = position.onset_in_bar, _bar_end(draft, order)
    ends = onset + TICKS
    allowed = (TICKS >= SHORTEST_TICKS) & (ends <= bar_end)
    allowed &= (ends % 3 == 0) | (ends % 4 == 0)
    if onset % 3:
        allowed &= (ends % 4 == 0) & np.isin(TICKS, TRIPLET_TICKS)
    elif onset % 4:
        allowed &= ends % 3 == 0
    if position.bars_left == 0:
        is_last_note = (ends == bar_end) & bool(TONIC[symbol])
        allowed &= is_last_note | (ends <= order.closing_ticks)
    elif position.time < 0:
        allowed &= position.time + TICKS <= 0
    return allowed


def choose(logits: Logits, allowed: Mask, order: Order, rng: np.random.Generator) -> int:
    """Draw one of the allowed by temperature and nucleus."""
    scaled = np.where(allowed, logits.astype(np.float64) / max(order.temperature, 1e-3), -np.inf)
    p = np.exp(scaled - scaled.max())
    p /= p.sum()
    ranks = np.argsort(-p, kind="stable")
    kept = np.cumsum(p[ranks]) - p[ranks] < order.nucleus
    kept[0] = True
    ranks = ranks[kept]
    cumulated = np.cumsum(p[ranks])
    place = int(np.searchsorted(cumulated, rng.random() * cumulated[-1], side="right"))
    return int(ranks[min(place, len(ranks) - 1)])


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
