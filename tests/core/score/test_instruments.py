"""General MIDI as an arranger sees it."""

from __future__ import annotations

import pytest

from songloom.core.score.instruments import accompanies, instrument, instruments
from songloom.core.score.styles import styles


def test_all_128_programs_are_there_in_order() -> None:
    assert [one.program for one in instruments()] == list(range(128))


def test_every_instrument_spans_an_octave_within_midi() -> None:
    for one in instruments():
        assert 0 <= one.lowest <= one.highest - 9 <= 127 - 9, one
        assert 0 <= one.leads <= 3
        assert 0 <= one.chords <= 3


@pytest.mark.parametrize(
    ("program", "lowest", "highest"),
    [
        (40, 55, 100),
        (73, 59, 98),
        (42, 36, 84),
        (56, 52, 86),
        (24, 40, 84),
        (71, 50, 94),
        (70, 34, 75),
        (0, 21, 108),
    ],
)
def test_ranges_stay_within_those_of_the_orchestration_books(
    program: int, lowest: int, highest: int
) -> None:
    assert lowest <= instrument(program).lowest
    assert instrument(program).highest <= highest


def test_fiddles_lead_pianos_accompany_and_basses_stay_low() -> None:
    assert instrument(40).leads > instrument(0).leads
    assert instrument(0).chords > instrument(40).chords
    assert all(instrument(program).is_bass for program in range(32, 40))
    assert instrument(43).is_bass
    assert instrument(48).is_sustained
    assert not instrument(0).is_sustained
    assert instrument(115).is_struck
    assert not instrument(12).is_struck


def test_what_reaches_below_a_tune() -> None:
    assert accompanies(0)
    assert accompanies(42)
    assert not accompanies(73)
    assert not accompanies(10)


def test_styles_name_programs_metres_and_beats_that_exist() -> None:
    from songloom.core.score.chords import read_chord
    from songloom.core.score.drums import BEATS
    from songloom.core.score.notes import Metre
    from songloom.core.score.patterns import PATTERNS

    for name, style in styles().items():
        assert 30 <= style.bpm[0] <= style.bpm[1] <= 240, name
        assert style.palettes, name
        assert style.patterns, name
        assert set(style.patterns) <= set(PATTERNS), name
        assert style.drums is None or style.drums in BEATS, name
        assert all(0 <= program <= 127 for palette in style.palettes for program in palette), name
        for metre in style.metres:
            Metre.of(metre)
        for loop in style.loops:
            for degree in loop.split():
                read_chord(degree, key=0, mode="major")


def test_the_first_program_of_every_palette_can_lead() -> None:
    for name, style in styles().items():
        for palette in style.palettes:
            assert instrument(palette[0]).leads > 0, name
