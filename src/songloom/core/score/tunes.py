"""Tunes as bars of notes: what an ABC book holds, and the order in which it is played.

Durations and onsets are exact fractions of a quarter note; a rest has pitch None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

MOST_PASSES = 8


@dataclass(frozen=True)
class Event:
    """One note, or a rest when pitch is None; times in quarters, pitch as MIDI number."""

    onset: Fraction
    duration: Fraction
    pitch: int | None


@dataclass(frozen=True)
class Key:
    """Tonic as pitch class (C = 0), mode, and what the signature does to each letter."""

    tonic: int = 0
    mode: str = "major"
    signature: dict[str, int] = field(default_factory=dict)


@dataclass
class Bar:
    """What stands between two bar lines; `tied` lists indexes of notes tied to the next."""

    notes: list[tuple[Fraction, int | None]] = field(default_factory=list)
    tied: set[int] = field(default_factory=set)
    opens_repeat: bool = False
    closes_repeat: bool = False
    endings: tuple[int, ...] = ()

    @property
    def length(self) -> Fraction:
        return sum((duration for duration, _ in self.notes), Fraction(0))


@dataclass
class Tune:
    """One tune of a book. `bpm` counts quarters; metre is (beats, unit), as in (6, 8)."""

    number: str = ""
    title: str = ""
    transcriber: str = ""
    metre: tuple[int, int] = (4, 4)
    key: Key = field(default_factory=Key)
    bpm: float | None = None
    bars: list[Bar] = field(default_factory=list)

    @property
    def bar_length(self) -> Fraction:
        """A full bar in quarters."""
        return Fraction(4 * self.metre[0], self.metre[1])

    def events(self, *, is_expanded: bool = False) -> list[Event]:
        """Notes and rests in order, ties joined; repeats played out when `is_expanded`."""
        return _joined(unfolded(self.bars) if is_expanded else self.bars)


def unfolded(bars: list[Bar]) -> Iterator[Bar]:
    """Bars in the order played: repeats twice, endings in their own pass."""
    start = 0
    for stop, bar in enumerate(bars):
        if not bar.endings and (bar.opens_repeat or _is_over(bars[start:stop])):
            yield from _passes(bars[start:stop])
            start = stop
    yield from _passes(bars[start:])


def _is_over(section: list[Bar]) -> bool:
    """Whether a section ended before the bar that follows it: after its repeat or last ending."""
    return bool(section) and (section[-1].closes_repeat or bool(section[-1].endings))


def _passes(section: list[Bar]) -> Iterator[Bar]:
    endings = [number for bar in section for number in bar.endings]
    is_repeated = any(bar.closes_repeat for bar in section)
    n_passes = max([2 if is_repeated else 1, *endings])
    for number in range(1, min(n_passes, MOST_PASSES) + 1):
        for bar in section:
            if not bar.endings or number in bar.endings:
                yield bar


def _joined(bars: Iterable[Bar]) -> list[Event]:
    events: list[Event] = []
    onset = Fraction(0)
    is_tied = False
    for bar in bars:
        for index, (duration, pitch) in enumerate(bar.notes):
            if is_tied and events and events[-1].pitch == pitch and pitch is not None:
                last = events.pop()
                events.append(Event(last.onset, last.duration + duration, pitch))
            else:
                events.append(Event(onset, duration, pitch))
            is_tied = index in bar.tied
            onset += duration
    return events
