"""A melody model that composes: `load(path).compose(n_bars=16, metre="6/8", …)`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from songloom.core.score.neural.encoding import (
    LOWEST,
    N_DURATIONS,
    N_PITCHES,
    REST,
    Ints,
)
from songloom.core.score.neural.habits import Habits
from songloom.core.score.neural.lstm import Floats, Network, read_weights
from songloom.core.score.neural.sampling import (
    Draft,
    Logits,
    Order,
    Reader,
    steps_of,
    write,
)
from songloom.core.score.neural.transformer import Transformer
from songloom.core.score.notes import Metre, Note
from songloom.errors import BadValue

MOST_BARS = 400
MOST_CANDIDATES = 16


class Forward(Protocol):
    """A trained network, one step at a time: `Network` (LSTM) or `Transformer`."""

    def start(self, batch: int) -> Any:
        """What is remembered of a batch of melodies before their first step."""

    def step(self, seen: Ints, state: Any) -> tuple[Floats, Floats]:
        """Pitch logits, and what the duration head needs."""

    def durations(self, known: Floats, pitch: Ints) -> Floats:
        """Duration logits once the pitch is chosen."""


class NetworkReader:
    """Reads a batch of melodies with a trained network."""

    def __init__(self, network: Forward, batch: int) -> None:
        self.network = network
        self.state = network.start(batch)
        self.known: Floats = np.zeros((batch, 0), dtype=np.float32)

    def step(self, seen: Ints) -> Logits:
        logits, self.known = self.network.step(seen, self.state)
        return logits

    def durations(self, pitch: Ints) -> Logits:
        return self.network.durations(self.known, pitch)


class UniformReader:
    """Finds everything equally likely."""

    def __init__(self, batch: int) -> None:
        self.batch = batch

    def step(self, seen: Ints) -> Logits:
        return np.zeros((self.batch, N_PITCHES), dtype=np.float32)

    def durations(self, pitch: Ints) -> Logits:
        return np.zeros((self.batch, N_DURATIONS), dtype=np.float32)


class MelodyModel:
    """The trained model."""

    def __init__(self, network: Forward, habits: Habits | None = None) -> None:
        self.network = network
        self.habits = habits

    def reader(self, batch: int) -> Reader:
        """A fresh reader for a batch of melodies."""
        return NetworkReader(self.network, batch)

    def compose(
        self,
        *,
        n_bars: int,
        metre: str,
        mode: str,
        rng: np.random.Generator,
        temperature: float = 1.0,
        density: float = 0.0,
        low: int = 57,
        high: int = 86,
        scale: Collection[int] | None = None,
        pickup_ticks: int = 0,
        opening: Sequence[Note] = (),
        n_candidates: int = 4,
    ) -> list[Note]:
        """Write a melody with the tonic on C; the caller transposes it.

        metre          "3/4", "6/8" …; n_bars counts full bars, 1 … MOST_BARS
        mode           major, minor, dorian, mixolydian; another is read as "other"
        low, high      MIDI pitches allowed, an octave apart at least
        scale          pitch classes above the tonic that may sound (None: as the model likes)
        density        −1 … 1: fewer and longer, or more and shorter notes
        opening        notes the melody begins with, written as given
        n_candidates   drafts written side by side; the one most like a real tune is returned
        returns        notes from tick 0 = start of the pickup (or of bar 1 without one)

        The same arguments and the same state of `rng` give the same notes. Raises BadValue.
        """
        order = Order(
            parsed_metre(metre),
            mode,
            n_bars,
            pickup_ticks,
            low,
            high,
            scale,
            temperature,
            density=density,
            opening=steps_of(opening),
        )
        check(order, n_candidates)
        drafts = write(self.reader(n_candidates), order, n_candidates, rng)
        written = [notes_of(draft, order) for draft in drafts]
        if self.habits is None:
            return written[0]
        return written[self.habits.nearest(written, Metre(*order.metre), rng)]


class UniformModel(MelodyModel):
    """Knows nothing: the same rules with every choice equally likely, for comparison."""

    def __init__(self) -> None:
        super().__init__(Network({"lstm_0.recurrent_kernel": np.zeros((1, 4), dtype=np.float32)}))

    def reader(self, batch: int) -> Reader:
        return UniformReader(batch)


def load(path: str | Path) -> MelodyModel:
    """The model in a safetensors file; the names of its weights tell which kind it is."""
    weights = read_weights(path)
    habits = Habits.taken_from(weights)
    is_lstm = "lstm_0.kernel" in weights
    return MelodyModel(Network(weights) if is_lstm else Transformer(weights), habits)


def parsed_metre(text: str) -> tuple[int, int]:
    """ "6/8" as (6, 8). Raises BadValue outside 1 … 16 beats of 2, 4, 8 or 16."""
    beats, _, unit = text.partition("/")
    if not (beats.isdecimal() and unit.isdecimal()):
        raise BadValue(f"the metre is {text!r}; expected two numbers such as 3/4")
    if not 1 <= int(beats) <= 16 or int(unit) not in (2, 4, 8, 16):
        raise BadValue(f"the metre is {text}; allowed are 1 to 16 beats of 2, 4, 8 or 16")
    return int(beats), int(unit)


def check(order: Order, n_candidates: int) -> None:
    """Raise BadValue for an order that cannot be written."""
    limits = {
        "bars": (order.n_bars, 1, MOST_BARS),
        "candidates": (n_candidates, 1, MOST_CANDIDATES),
        "range in semitones": (order.high - order.low, 12, 127),
        "lowest pitch": (order.low, LOWEST, LOWEST + REST - 13),
        "temperature": (order.temperature, 0.0, 5.0),
        "density": (order.density, -1.0, 1.0),
    }
    for name, (met, least, most) in limits.items():
        if not least <= met <= most:
            raise BadValue(f"{name}: {met} was asked; allowed are {least} to {most}")


def notes_of(draft: Draft, order: Order) -> list[Note]:
    """The sounding notes of a draft."""
    notes: list[Note] = []
    for onset, step in zip(draft.position.onsets, draft.position.steps, strict=True):
        if step.symbol < REST:
            notes.append(Note(onset + order.pickup_ticks, step.ticks, step.symbol + LOWEST))
    return notes
