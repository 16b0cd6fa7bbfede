"""What each General MIDI program can do: its range, and how well it leads or accompanies."""

from __future__ import annotations

from dataclasses import dataclass

DRUM_CHANNEL = 9


@dataclass(frozen=True)
class Instrument:
    """A program as an arranger sees it.

    lowest, highest  what it plays with ease, as MIDI pitches
    leads            0–3, how well it carries a tune
    chords           0–3, how well it plays several notes at once
    is_bass          made for the lowest line
    is_sustained     a held note keeps its strength
    """

    program: int
    lowest: int
    highest: int
    leads: int
    chords: int
    is_bass: bool = False
    is_sustained: bool = False


KEYS, PLUCKED, BOWED, WIND, PAD, BASS, STRUCK = range(7)
KINDS = {  # leads, chords, is_bass, is_sustained
    KEYS: (1, 3, False, False),
    PLUCKED: (2, 2, False, False),
    BOWED: (3, 1, False, True),
    WIND: (3, 1, False, True),
    PAD: (1, 2, False, True),
    BASS: (0, 0, True, False),
    STRUCK: (0, 0, False, False),
}
ROWS: tuple[tuple[int, int, int, int, int], ...] = (  # first, last program, kind, lowest, highest
    (0, 7, KEYS, 28, 96), (8, 11, PLUCKED, 60, 101), (12, 13, PLUCKED, 53, 96), (14, 14, PLUCKED, 60, 79),
    (15, 15, PLUCKED, 48, 84), (16, 20, KEYS, 36, 96), (21, 21, KEYS, 45, 91), (22, 22, WIND, 60, 91),
    (23, 23, KEYS, 48, 89), (24, 31, PLUCKED, 40, 83), (32, 39, BASS, 28, 60), (40, 40, BOWED, 55, 98),
    (41, 41, BOWED, 48, 86), (42, 42, BOWED, 36, 77), (43, 43, BASS, 28, 60), (44, 45, PAD, 40, 93),
    (46, 46, PLUCKED, 28, 98), (47, 47, BASS, 36, 57), (48, 54, PAD, 38, 91), (55, 55, STRUCK, 48, 72),
    (56, 56, WIND, 55, 84), (57, 57, WIND, 40, 72), (58, 58, BASS, 28, 58), (59, 59, WIND, 55, 84),
    (60, 60, WIND, 41, 77), (61, 63, PAD, 36, 86), (64, 64, WIND, 56, 88), (65, 65, WIND, 49, 81),
    (66, 66, WIND, 44, 76), (67, 67, WIND, 36, 69), (68, 68, WIND, 58, 89), (69, 69, WIND, 52, 81),
    (70, 70, WIND, 34, 72), (71, 71, WIND, 50, 91), (72, 72, WIND, 74, 102), (73, 73, WIND, 60, 96),
    (74, 74, WIND, 60, 91), (75, 79, WIND, 57, 90), (80, 87, WIND, 45, 96), (88, 95, PAD, 36, 91),
    (96, 103, PAD, 36, 91), (104, 104, PLUCKED, 45, 84), (105, 105, PLUCKED, 48, 86), (106, 107, PLUCKED, 45, 88),
    (108, 108, PLUCKED, 55, 86), (109, 109, WIND, 55, 81), (110, 110, BOWED, 55, 93), (111, 111, WIND, 57, 84),
    (112, 112, PLUCKED, 60, 96), (113, 113, STRUCK, 60, 84), (114, 114, PLUCKED, 52, 84), (115, 127, STRUCK, 48, 72),
)  # fmt: skip
LEADING_KINDS = {
    (16, 20): 2,
    (21, 23): 2,
    (0, 3): 2,
    (8, 11): 2,
    (44, 45): 2,
    (48, 54): 2,
    (61, 62): 2,
}
CHORDAL = {
    (24, 31): 3,
    (46, 46): 3,
    (48, 51): 3,
    (88, 95): 3,
    (15, 15): 2,
    (52, 54): 2,
    (104, 107): 2,
}


def instrument(program: int) -> Instrument:
    """The arranger's view of a program, 0–127."""
    _, _, kind, lowest, highest = next(row for row in ROWS if row[0] <= program <= row[1])
    leads, chords, is_bass, is_sustained = KINDS[kind]
    leads = next((n for (a, b), n in LEADING_KINDS.items() if a <= program <= b), leads)
    chords = next((n for (a, b), n in CHORDAL.items() if a <= program <= b), chords)
    is_sustained = is_sustained or 16 <= program <= 23
    return Instrument(program, lowest, highest, leads, chords, is_bass, is_sustained)


def is_struck(program: int) -> bool:
    """Whether its pitch is only a colour (woodblock, taiko, effects)."""
    return program == 55 or program == 113 or program >= 115
