"""New notes among old ones: bar by bar, above what stays, within an instrument's range."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from songloom.core.score.instruments import instrument
from songloom.core.score.notes import Note
from songloom.core.score.piece import Score

Bars = tuple[int, int]  # first and last, counted from 1


def spliced(score: Score, old: Sequence[Note], new: Iterable[Note], bars: Bars) -> list[Note]:
    """Old notes that begin outside the bars, untouched; new ones inside, clear of the old."""
    start, end = _ticks(score, bars)
    kept = [note for note in old if not start <= note.onset_ticks < end]
    rings_until: dict[int, int] = {}
    for note in kept:
        if note.onset_ticks < start:
            rings_until[note.pitch] = max(rings_until.get(note.pitch, 0), note.end_ticks)
    fresh = []
    for note in new:
        if start <= note.onset_ticks < end and note.onset_ticks >= rings_until.get(note.pitch, 0):
            fresh.append(
                replace(note, duration_ticks=min(note.duration_ticks, end - note.onset_ticks))
            )
    return sorted([*kept, *fresh])


def above(new: Iterable[Note], others: Sequence[Note], highest: int = 127) -> list[Note]:
    """The notes, an octave higher where one of the others would lie above them.

    highest  that the player can reach: a tune that cannot be lifted stays below
    """
    found = []
    for note in new:
        top = max(
            (o.pitch for o in others if o.onset_ticks <= note.onset_ticks < o.end_ticks), default=0
        )
        while note.pitch < top and note.pitch + 12 <= highest:
            note = note.transposed(12)
        found.append(note)
    return found


def one_line(score: Score, old: Sequence[Note], new: Iterable[Note], bars: Bars) -> list[Note]:
    """As `spliced` for a part that plays one note at a time: the new notes give way to the old."""
    start, end = _ticks(score, bars)
    before = [note for note in old if note.onset_ticks < start]
    start = max([start, *(note.end_ticks for note in before)])
    fresh: list[Note] = []
    for note in sorted(new):
        if start <= note.onset_ticks < end:
            until = min(note.end_ticks, end)
            if fresh and fresh[-1].end_ticks > note.onset_ticks:
                last = fresh.pop()
                if last.onset_ticks < note.onset_ticks:
                    fresh.append(replace(last, duration_ticks=note.onset_ticks - last.onset_ticks))
            fresh.append(replace(note, duration_ticks=until - note.onset_ticks))
    return [*before, *fresh, *(note for note in old if note.onset_ticks >= end)]


def playable(notes: Iterable[Note], program: int) -> list[Note]:
    """The notes, those beyond an instrument's range in the nearest octave inside it."""
    player = instrument(program)
    return [
        replace(note, pitch=within(note.pitch, player.lowest, player.highest)) for note in notes
    ]


def once(notes: Iterable[Note]) -> list[Note]:
    """One note of a pitch at a time, so that each can be let go by itself."""
    last: dict[int, int] = {}
    found = []
    for note in sorted(notes):
        if note.onset_ticks >= last.get(note.pitch, 0):
            found.append(note)
            last[note.pitch] = note.end_ticks
    return found


def within(pitch: int, low: int, high: int) -> int:
    """The pitch, whole octaves higher or lower until it lies inside, where that can be."""
    while pitch < low:
        pitch += 12
    while pitch > high and pitch - 12 >= low:
        pitch -= 12
    return pitch


def _ticks(score: Score, bars: Bars) -> tuple[int, int]:
    return score.layout.bar_start(bars[0] - 1), score.layout.bar_end(bars[1] - 1)
