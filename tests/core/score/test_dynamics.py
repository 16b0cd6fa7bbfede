"""How hard notes are struck."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.prompt_request import Mood, Request
from songloom.core.score.choices import choose
from songloom.core.score.draws import stream
from songloom.core.score.dynamics import ABOVE_MIDDLE, LOUDEST, SOFTEST, shaped, swung
from songloom.core.score.form import lay_out
from songloom.core.score.notes import Note

CHOICES = choose(Request(metre="4/4", bpm=100.0, seconds=40.0), 1)
LAYOUT = lay_out(CHOICES)
BEATS = [Note(at, 24, 70) for at in range(0, LAYOUT.end_ticks, 24)]


def mean(notes: list[Note]) -> float:
    return sum(note.velocity for note in notes) / len(notes)


@pytest.mark.parametrize("part", sorted(ABOVE_MIDDLE))
@given(energy=st.floats(-1, 1), seed=st.integers(0, 9_999))
def test_velocities_stay_playable_and_notes_keep_their_time(
    part: str, energy: float, seed: int
) -> None:
    choices = replace(CHOICES, energy=energy)
    found = shaped(part, BEATS, LAYOUT, choices, stream(seed, part))
    assert all(SOFTEST <= note.velocity <= LOUDEST for note in found)
    assert [replace(note, velocity=80) for note in found] == BEATS


def test_wild_pieces_are_louder_than_still_ones() -> None:
    def at(energy: float) -> float:
        choices = choose(Request(mood=Mood(0, energy), metre="4/4", bpm=100.0, seconds=40.0), 1)
        return mean(shaped("melody", BEATS, LAYOUT, choices, stream(1, "x")))

    assert at(-1) + 10 < at(0) < at(1) - 10


def test_the_tune_is_louder_than_what_accompanies_it() -> None:
    tune = mean(shaped("melody", BEATS, LAYOUT, CHOICES, stream(1, "x")))
    for part in set(ABOVE_MIDDLE) - {"melody"}:
        assert tune > mean(shaped(part, BEATS, LAYOUT, CHOICES, stream(1, "x"))) + 10


def test_the_bar_line_is_stressed() -> None:
    found = shaped("melody", BEATS, LAYOUT, CHOICES, stream(1, "x"))
    on_the_line = [note for note in found if note.onset_ticks % 96 == 0]
    between = [note for note in found if note.onset_ticks % 96]
    assert mean(on_the_line) > mean(between) + 1


def test_a_section_swells_and_fades() -> None:
    section = next(s for s in LAYOUT.sections if s.kind == "body" and s.n_bars >= 4)
    found = shaped("melody", BEATS, LAYOUT, CHOICES, stream(1, "x"))
    bars = [
        mean([n for n in found if n.onset_ticks // 96 == section.first_bar + bar])
        for bar in range(section.n_bars)
    ]
    assert max(bars) > bars[0] + 2
    assert bars.index(max(bars)) not in (0, section.n_bars - 1) or section.n_bars < 4


def test_accents_of_a_pattern_survive() -> None:
    strong = shaped("chords", [Note(0, 24, 60, 90)], LAYOUT, CHOICES, stream(1, "x"))[0]
    weak = shaped("chords", [Note(0, 24, 60, 70)], LAYOUT, CHOICES, stream(1, "x"))[0]
    assert strong.velocity - weak.velocity == 20


def test_swing_makes_two_to_one_of_even_eighths() -> None:
    even = [Note(at, 12, 60) for at in range(0, 96, 12)]
    found = swung(even, 24)
    assert [note.onset_ticks for note in found] == [0, 16, 24, 40, 48, 64, 72, 88]
    assert [note.duration_ticks for note in found] == [16, 8] * 4


def test_swing_leaves_beats_triplets_and_sixteenths_alone() -> None:
    notes = [Note(0, 24, 60), Note(24, 8, 60), Note(32, 8, 60), Note(48, 6, 60)]
    assert swung(notes, 24) == notes
