"""How hard each note is struck: mood, part, place in bar and phrase, and a trace of chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from songloom.core.score.choices import Choices
from songloom.core.score.form import Layout
from songloom.core.score.notes import Note

SOFTEST, LOUDEST = 22, 118
ABOVE_MIDDLE = {
    "melody": 15,
    "counter": -6,
    "chords": -9,
    "bass": -1,
    "pad": -16,
    "rhythm": -4,
    "drums": -4,
}
PHRASE_ARC = 7  # louder towards two thirds of a section
SWING_TICKS = 4  # the second eighth of a beat comes this much later


def shaped(
    part: str, notes: Sequence[Note], layout: Layout, choices: Choices, rng: np.random.Generator
) -> list[Note]:
    """The part with its velocities. Energy moves the whole; accents of the pattern stay."""
    middle = 68 + 16 * choices.energy + ABOVE_MIDDLE[part]
    found = []
    for note in notes:
        place = note.onset_ticks % layout.metre.bar_ticks
        accent = 5 if place == 0 else 2 if place % layout.metre.beat_ticks == 0 else -2
        own = note.velocity - 80
        loud = middle + accent + own + _arc(note.onset_ticks, layout) + float(rng.integers(-3, 4))
        found.append(replace(note, velocity=int(min(max(round(loud), SOFTEST), LOUDEST))))
    return found


def _arc(onset: int, layout: Layout) -> float:
    """Up to two thirds of the section and down again; later sections a little louder."""
    bar = onset / layout.metre.bar_ticks
    for section in layout.sections:
        if section.first_bar <= bar < section.first_bar + section.n_bars:
            along = (bar - section.first_bar) / section.n_bars
            rise = along / 0.66 if along < 0.66 else (1 - along) / 0.34
            base = {"intro": -8.0, "coda": -4.0}.get(section.kind, 1.5 * min(section.nth, 3))
            return base + PHRASE_ARC * (rise - 0.5)
    return 0.0


def swung(notes: Sequence[Note], beat_ticks: int) -> list[Note]:
    """Off-beat eighths later and shorter, on-beat ones longer: 2 to 1."""
    found = []
    for note in notes:
        late = SWING_TICKS if note.onset_ticks % beat_ticks == beat_ticks // 2 else 0
        until = SWING_TICKS if note.end_ticks % beat_ticks == beat_ticks // 2 else 0
        found.append(
            replace(note.shifted(late), duration_ticks=max(1, note.duration_ticks - late + until))
        )
    return found
