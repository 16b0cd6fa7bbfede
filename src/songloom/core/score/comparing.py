"""Two pieces side by side: what differs, named so that it can be said and drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from songloom.core.score.arrangement import Part
from songloom.core.score.notes import Note
from songloom.core.score.piece import Score


@dataclass(frozen=True)
class Difference:
    """One thing in which the second piece is not like the first.

    what           key, metre, bpm, n_bars, chords, gone, new, instrument, moved, notes
    part           the part it is about; "" for the whole piece
    before, after  the two values; for `moved` the semitones stand in after, for `notes` how many
                   notes are only in the one and only in the other
    bars           runs of bars, counted from 1: ((5, 8), (12, 12))
    """

    what: str
    part: str = ""
    before: Any = None
    after: Any = None
    bars: tuple[tuple[int, int], ...] = ()


def differences(before: Score, after: Score) -> list[Difference]:
    """Everything that differs, the whole piece first, then part by part; none for equal pieces."""
    return [*_of_the_whole(before, after), *_of_the_parts(before, after)]


def _of_the_whole(before: Score, after: Score) -> Iterator[Difference]:
    old, new = _plain(before), _plain(after)
    for what, value in old.items():
        if value != new[what]:
            yield Difference(what, before=value, after=new[what])
    by = (after.choices.key - before.choices.key) % 12
    pairs = zip(before.chords, after.chords, strict=False)
    other = [
        bar
        for bar, (a, b) in enumerate(pairs, start=1)
        if ((a.root + by) % 12, a.intervals, (a.bass + by) % 12) != (b.root, b.intervals, b.bass)
    ]
    if other:
        yield Difference("chords", bars=runs(other))


def _plain(score: Score) -> dict[str, Any]:
    return {
        "key": (score.choices.key, score.choices.mode),
        "metre": score.choices.metre,
        "bpm": round(score.layout.beat_bpm, 2),
        "n_bars": score.layout.n_bars,
    }


def _of_the_parts(before: Score, after: Score) -> Iterator[Difference]:
    old, new = ({part.name: part for part in score.parts} for score in (before, after))
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            yield Difference("gone", name)
        elif name not in old:
            yield Difference("new", name)
        else:
            yield from _of_a_part(before, old[name], new[name])


def _of_a_part(score: Score, old: Part, new: Part) -> Iterator[Difference]:
    if old.program != new.program:
        yield Difference("instrument", old.name, old.program, new.program)
    by = _shift(old.notes, new.notes)
    if by:
        yield Difference("moved", old.name, after=by)
    elif by is None:
        gone, come = set(old.notes) - set(new.notes), set(new.notes) - set(old.notes)
        bar_ticks = score.layout.metre.bar_ticks
        bars = runs(note.onset_ticks // bar_ticks + 1 for note in gone | come)
        yield Difference("notes", old.name, len(gone), len(come), bars)


def _shift(old: Sequence[Note], new: Sequence[Note]) -> int | None:
    """By how much all notes moved together; None where they did anything else."""
    by = {b.pitch - a.pitch for a, b in zip(old, new, strict=False)}
    if len(old) != len(new) or len(by) > 1:
        return None
    shift = by.pop() if by else 0
    return shift if [note.transposed(shift) for note in old] == list(new) else None


def runs(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers as runs of neighbours: 1, 2, 3, 7 are ((1, 3), (7, 7))."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)
