"""A score as a lead sheet: the tune with its chords in ABC notation, as `abc.py` reads it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from songloom.core.score.notes import TICKS_PER_QUARTER, Note
from songloom.core.score.piece import Score
from songloom.core.score.scales import is_minor, note_name, signature

UNIT = 8  # the length that a bare letter has: an eighth
BARS_A_LINE = 4
SHARP_ORDER, FLAT_ORDER = "FCGDAEB", "BEADGCF"
GRID = 3  # ticks, a thirty-second: what is played a little early or late is written straight
NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def lead_sheet(score: Score, title: str) -> str:
    """The tune, bar by bar, with its chords above it; a piece without a tune gives its top line.

    Onsets and lengths are written to the nearest thirty-second; a note over a bar line is tied.
    """
    layout, choices = score.layout, score.choices
    metre = layout.metre
    beat = Fraction(metre.beat_ticks, 4 * TICKS_PER_QUARTER)
    key = note_name(choices.key, choices.key, choices.mode)
    head = [
        "X:1",
        f"T:{' '.join(title.split())}",
        f"M:{metre}",
        f"L:1/{UNIT}",
        f"Q:{beat}={round(layout.beat_bpm)}",
        f"K:{key}{'m' if is_minor(choices.mode) else ''}",
    ]
    bars = list(_bars(score))
    lines = [" ".join(bars[at : at + BARS_A_LINE]) for at in range(0, len(bars), BARS_A_LINE)]
    lines[-1] = lines[-1].removesuffix("|") + "|]"
    return "\n".join([*head, *lines]) + "\n"


def _bars(score: Score) -> Iterator[str]:
    line = _line(score)
    key = _Key(signature(score.choices.key, score.choices.mode))
    last = ""
    for bar in range(score.layout.n_bars):
        start = score.layout.bar_start(bar)
        end = max(start + GRID, _on_grid(score.layout.bar_end(bar)))
        name = score.chords[bar].name
        written = "".join(_notes(line, start, end, key))
        yield f'"{name}"{written} |' if name != last else f"{written} |"
        last = name


def _line(score: Score) -> list[Note]:
    """One note at a time, on the grid: the melody, or the highest part that there is."""
    part = next((p for p in score.parts if p.name == "melody"), None)
    part = part or max(score.parts, key=lambda p: max(n.pitch for n in p.notes))
    top: dict[int, Note] = {}
    for note in part.notes:
        onset = _on_grid(note.onset_ticks)
        if onset not in top or top[onset].pitch < note.pitch:
            top[onset] = Note(onset, max(GRID, _on_grid(note.end_ticks) - onset), note.pitch)
    ordered = [top[onset] for onset in sorted(top)]
    ends = [*(note.onset_ticks for note in ordered[1:]), 1 << 40]
    return [
        Note(note.onset_ticks, min(note.duration_ticks, end - note.onset_ticks), note.pitch)
        for note, end in zip(ordered, ends, strict=True)
    ]


def _on_grid(ticks: int) -> int:
    return round(ticks / GRID) * GRID


def _notes(line: list[Note], start: int, end: int, key: _Key) -> Iterator[str]:
    """The notes of a bar with the rests between them."""
    key.begin_bar()
    now = start
    for note in line:
        if note.end_ticks <= start or note.onset_ticks >= end:
            continue
        onset, until = max(note.onset_ticks, start), min(note.end_ticks, end)
        if onset > now:
            yield f"z{_length(onset - now)} "
        tie = "-" if note.end_ticks > end else ""
        yield f"{key.spelled(note.pitch)}{_length(until - onset)}{tie} "
        now = until
    if now < end:
        yield f"z{_length(end - now)} "


def _length(ticks: int) -> str:
    units = Fraction(ticks * UNIT, 4 * TICKS_PER_QUARTER)
    return "" if units == 1 else str(units)


class _Key:
    """Spells pitches in a key; an accidental holds until its bar ends."""

    def __init__(self, sharps: int) -> None:
        names = SHARP_ORDER[:sharps] if sharps >= 0 else FLAT_ORDER[:-sharps]
        self.signs = dict.fromkeys(names, 1 if sharps > 0 else -1)
        self.is_flat = sharps < 0
        self.said: dict[tuple[str, int], int] = {}

    def begin_bar(self) -> None:
        self.said = {}

    def spelled(self, pitch: int) -> str:
        """`^f'`, `_B,` … with a sign only where key and bar do not say it already."""
        letter, shift = self._letter(pitch)
        octave = (pitch - shift) // 12 - 1
        known = self.said.get((letter, octave), self.signs.get(letter, 0))
        sign = "" if shift == known else {0: "=", 1: "^", -1: "_"}[shift]
        self.said[letter, octave] = shift
        marks = "," * (4 - octave) if octave < 4 else "'" * (octave - 5)
        return sign + (letter.lower() if octave >= 5 else letter) + marks

    def _letter(self, pitch: int) -> tuple[str, int]:
        """The letter of the key, else a natural one, else the sharp or flat that fits the key."""
        tone = pitch % 12
        for letter, natural in NATURALS.items():
            if (natural + self.signs.get(letter, 0)) % 12 == tone:
                return letter, self.signs.get(letter, 0)
        shift = -1 if self.is_flat else 1
        for letter, natural in NATURALS.items():
            if natural == tone:
                return letter, 0
        return next(
            (letter, shift)
            for letter, natural in NATURALS.items()
            if (natural + shift) % 12 == tone
        )
