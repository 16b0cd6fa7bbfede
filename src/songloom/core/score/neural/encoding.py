"""How a melody becomes numbers: symbols, and what the model sees before each of them.

A tune is moved to the tonic C and cut into steps of (pitch, duration). Before each step the model
sees what came last, where in the bar it stands, how many bars are left, and what stood here one,
two, four and eight bars ago. All of it lies in the past or in the order (metre, mode, bars).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from songloom.core.score.notes import TICKS_PER_QUARTER
from songloom.core.score.tunes import Tune

LOWEST, HIGHEST = 44, 96  # MIDI pitches with the tonic on C
REST = HIGHEST - LOWEST + 1  # a silence
CUT = REST + 1  # the bar ends early; the next one begins
END = CUT + 1
RARE = END + 1  # a pitch out of range: priced, never written
N_PITCHES = RARE + 1
NOTHING = N_PITCHES  # input only: no symbol yet, no note there
DURATIONS = (1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 21, 24, 30, 36, 42, 48, 60, 72, 96, 120, 144)
N_DURATIONS = len(DURATIONS) + 1  # the last is any other length: priced, never written
DURATION_INDEX = {ticks: index for index, ticks in enumerate(DURATIONS)}
METRES = ((2, 4), (2, 2), (4, 4), (3, 4), (3, 8), (6, 8), (9, 8), (12, 8), (3, 2), (6, 4))
MODES = ("major", "minor", "dorian", "mixolydian")
LAGS_BARS = (1, 2, 4, 8)
MOST_BARS_LEFT = 32
LONGEST_STREAK = 8
SIXTEENTH, N_SIXTEENTHS = 6, 37
FIELDS = (
    N_PITCHES + 1,  # pitch before
    13,  # its pitch class
    N_DURATIONS + 1,  # duration before
    N_SIXTEENTHS,  # onset in bar
    SIXTEENTH,  # and within the sixteenth
    MOST_BARS_LEFT + 2,  # bars left after this one
    len(METRES) + 1,
    len(MODES) + 1,
    *(size for _ in LAGS_BARS for size in (N_PITCHES + 1, N_DURATIONS + 1, LONGEST_STREAK + 1)),
)
OFFSETS = np.concatenate([[0], np.cumsum(FIELDS)[:-1]]).astype(np.int32)
N_ROWS = int(sum(FIELDS))
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Step:
    """One symbol: a pitch (0–52), REST, CUT or END; ticks are 0 for CUT and END."""

    symbol: int
    ticks: int = 0

    @property
    def duration_index(self) -> int:
        return DURATION_INDEX.get(self.ticks, N_DURATIONS - 1)


@dataclass(frozen=True)
class Line:
    """One melody on the tonic C: what was ordered, and its steps (END last)."""

    metre: tuple[int, int]
    mode: str
    n_bars: int
    pickup_ticks: int
    steps: tuple[Step, ...]

    @property
    def n_notes(self) -> int:
        """Sounding notes."""
        return sum(step.symbol < REST or step.symbol == RARE for step in self.steps)


def bar_ticks(metre: tuple[int, int]) -> int:
    """How long a bar of (beats, unit) lasts."""
    return 4 * TICKS_PER_QUARTER * metre[0] // metre[1]


class Position:
    """Where a melody stands: grows step by step, and says what the model sees next.

    Time is kept in bar time: ticks from the first full bar, negative in the pickup; a CUT jumps to
    the next bar line, so that a bar ago is a bar ago.
    """

    def __init__(
        self, metre: tuple[int, int], mode: str, n_bars: int, *, pickup_ticks: int = 0
    ) -> None:
        self.bar = bar_ticks(metre)
        self.n_bars = n_bars
        self.time = -pickup_ticks
        self.last = Step(NOTHING)
        self.onsets: list[int] = []
        self.steps: list[Step] = []
        self.streaks = [0] * len(LAGS_BARS)
        self.order = (
            METRES.index(metre) if metre in METRES else len(METRES),
            MODES.index(mode) if mode in MODES else len(MODES),
        )

    @property
    def onset_in_bar(self) -> int:
        return self.time % self.bar

    @property
    def bars_left(self) -> int:
        """Full bars after the present one; −1 when the last is over."""
        return self.n_bars - 1 - self.time // self.bar

    def features(self) -> list[int]:
        """The categories of FIELDS for the step to come."""
        onset = self.onset_in_bar
        last = self.last
        seen = [
            last.symbol,
            (last.symbol + LOWEST) % 12 if last.symbol < REST else 12,
            last.duration_index if last.ticks else N_DURATIONS,
            min(onset // SIXTEENTH, N_SIXTEENTHS - 1),
            onset % SIXTEENTH,
            min(max(self.bars_left, -1), MOST_BARS_LEFT) + 1,
            *self.order,
        ]
        for lag, streak in zip(LAGS_BARS, self.streaks, strict=True):
            seen += [*self._echo(lag), streak]
        return seen

    def advance(self, step: Step) -> None:
        """Append one step."""
        if step.symbol in (CUT, END):
            self.time += -self.time % self.bar if step.symbol == CUT else 0
            self.last = Step(step.symbol)
            return
        for index, lag in enumerate(LAGS_BARS):
            is_same = self._starting_at(self.time - lag * self.bar) == step
            self.streaks[index] = min(self.streaks[index] + 1, LONGEST_STREAK) if is_same else 0
        self.onsets.append(self.time)
        self.steps.append(step)
        self.time += step.ticks
        self.last = step

    def _starting_at(self, time: int) -> Step | None:
        place = bisect_right(self.onsets, time) - 1
        return self.steps[place] if place >= 0 and self.onsets[place] == time else None

    def _echo(self, lag_bars: int) -> tuple[int, int]:
        """Pitch that sounded here some bars ago, and its duration if it began here."""
        time = self.time - lag_bars * self.bar
        place = bisect_right(self.onsets, time) - 1
        if place < 0:
            return NOTHING, N_DURATIONS
        step = self.steps[place]
        return step.symbol, step.duration_index if self.onsets[place] == time else N_DURATIONS


def line_features(line: Line) -> Ints:
    """(steps, fields) int32: rows of the embedding table that the model sees before each step."""
    position = Position(line.metre, line.mode, line.n_bars, pickup_ticks=line.pickup_ticks)
    rows = []
    for step in line.steps:
        rows.append(position.features())
        position.advance(step)
    return np.asarray(rows, dtype=np.int32) + OFFSETS


def shift_to_tonic_c(tonic: int) -> int:
    """Semitones (−5 … 6) that bring a tonic to the nearest C."""
    return -tonic if tonic < 6 else 12 - tonic


def line_of(tune: Tune) -> Line | None:
    """A tune as written (repeats not played out); None when it is too short to be a melody."""
    bar = bar_ticks(tune.metre)
    events = tune.events()
    if len(events) < 8 or bar <= 0:
        return None
    shift = shift_to_tonic_c(tune.key.tonic)
    notes = [
        (round(event.onset * TICKS_PER_QUARTER), event.pitch and _symbol(event.pitch + shift))
        for event in events
    ]
    end = round((events[-1].onset + events[-1].duration) * TICKS_PER_QUARTER)
    lines, time = [], 0
    for written in tune.bars:
        time += round(written.length * TICKS_PER_QUARTER)
        lines.append(time)
    pickup = lines[0] if lines[0] < bar else 0
    cuts = _cuts(lines, bar, pickup)
    steps = tuple(_steps(notes, end, cuts))
    return Line(tune.metre, tune.key.mode, _count_bars(steps, bar, pickup), pickup, steps)


def _symbol(pitch: int) -> int:
    return pitch - LOWEST if LOWEST <= pitch <= HIGHEST else RARE


def _cuts(lines: Sequence[int], bar: int, pickup: int) -> set[int]:
    """Bar lines where the count of bars must begin anew, because a bar was left incomplete."""
    cuts = set()
    anchor = pickup
    for here, following in pairwise(lines):
        phase = (here - anchor) % bar
        if here > pickup and phase and (following - here + phase) % bar:
            cuts.add(here)
            anchor = here
    return cuts


def _steps(notes: Sequence[tuple[int, int | None]], end: int, cuts: set[int]) -> Sequence[Step]:
    steps: list[Step] = []
    ends = [onset for onset, _ in notes[1:]] + [end]
    for (onset, symbol), stop in zip(notes, ends, strict=True):
        if onset in cuts:
            steps.append(Step(CUT))
        if stop > onset:
            steps.append(Step(REST if symbol is None else symbol, stop - onset))
    return [*steps, Step(END)]


def _count_bars(steps: Sequence[Step], bar: int, pickup: int) -> int:
    time = -pickup
    for step in steps:
        time += -time % bar if step.symbol == CUT else step.ticks
    return max(1, -(-time // bar))
