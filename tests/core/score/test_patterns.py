"""Accompaniments, basses and beats as rhythm, in every metre."""

from __future__ import annotations

import pytest

from songloom.core.query.prompt_request import METRES, Request
from songloom.core.score.choices import choose
from songloom.core.score.drums import BEATS, CRASH, KICK, SNARE, drum_part
from songloom.core.score.form import lay_out
from songloom.core.score.notes import Metre
from songloom.core.score.patterns import PATTERNS, bass_line, pulse_of, strokes


@pytest.mark.parametrize(
    ("metre", "starts"),
    [
        ("4/4", (0, 24, 48, 72)),
        ("3/4", (0, 24, 48)),
        ("2/2", (0, 48)),
        ("6/8", (0, 36)),
        ("9/8", (0, 36, 72)),
        ("12/8", (0, 36, 72, 108)),
        ("5/4", (0, 72)),
        ("7/8", (0, 24, 48)),
        ("5/8", (0, 36)),
    ],
)
def test_groups_begin_where_a_player_would_tap(metre: str, starts: tuple[int, ...]) -> None:
    pulse = pulse_of(Metre.of(metre))
    assert pulse.starts == starts
    assert pulse.bar_ticks == Metre.of(metre).bar_ticks


@pytest.mark.parametrize("metre", METRES)
def test_groups_and_units_fill_the_bar(metre: str) -> None:
    pulse = pulse_of(Metre.of(metre))
    assert sum(pulse.until_next(start) for start in pulse.starts) == pulse.bar_ticks
    assert set(pulse.starts) <= set(pulse.units)
    assert pulse.units[-1] + pulse.unit_ticks == pulse.bar_ticks


@pytest.mark.parametrize("metre", METRES)
@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_every_stroke_lies_within_its_bar(name: str, metre: str) -> None:
    pulse = pulse_of(Metre.of(metre))
    for bar in range(4):
        hits = strokes(name, pulse, bar)
        assert hits
        for hit in hits:
            assert 0 <= hit.offset_ticks < pulse.bar_ticks
            assert hit.duration_ticks > 0
            assert hit.offset_ticks + hit.duration_ticks <= pulse.bar_ticks


@pytest.mark.parametrize("metre", METRES)
@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_every_bass_note_lies_within_its_bar_and_begins_on_the_bar_line(
    name: str, metre: str
) -> None:
    pulse = pulse_of(Metre.of(metre))
    for bar in range(4):
        line = bass_line(name, pulse, bar)
        assert line[0][0] == 0
        for offset, length, _ in line:
            assert length > 0
            assert offset + length <= pulse.bar_ticks


def test_a_waltz_is_bass_on_one_and_chords_on_two_and_three() -> None:
    pulse = pulse_of(Metre(3, 4))
    assert [hit.offset_ticks for hit in strokes("waltz", pulse, 0)] == [24, 48]
    assert [offset for offset, _, _ in bass_line("waltz", pulse, 0)] == [0]


def test_a_jig_is_bass_on_the_beats_and_chords_on_the_last_eighths() -> None:
    pulse = pulse_of(Metre(6, 8))
    assert [hit.offset_ticks for hit in strokes("jig", pulse, 0)] == [24, 60]
    assert [offset for offset, _, _ in bass_line("jig", pulse, 0)] == [0, 36]


def test_boom_chuck_alternates_bass_and_chord() -> None:
    pulse = pulse_of(Metre(4, 4))
    assert [hit.offset_ticks for hit in strokes("boom_chuck", pulse, 0)] == [24, 72]
    assert [(offset, tone) for offset, _, tone in bass_line("boom_chuck", pulse, 0)] == [
        (0, "root"),
        (48, "fifth"),
    ]


def test_an_arpeggio_strikes_one_voice_at_a_time() -> None:
    hits = strokes("arpeggio", pulse_of(Metre(4, 4)), 0)
    assert len({hit.offset_ticks for hit in hits}) == len(hits) == 8
    assert {hit.voice for hit in hits} == {0, 1, 2}


# --- drums --------------------------------------------------------------------------------


@pytest.mark.parametrize("metre", METRES)
@pytest.mark.parametrize("beat", sorted(BEATS))
def test_every_beat_plays_in_every_metre(beat: str, metre: str) -> None:
    layout = lay_out(choose(Request(metre=metre, seconds=30.0), 1))
    notes = drum_part(beat, layout, pulse_of(layout.metre))
    assert len({(note.onset_ticks, note.pitch) for note in notes}) == len(notes)
    for bar in range(layout.n_bars):
        own = [n for n in notes if layout.bar_start(bar) <= n.onset_ticks < layout.bar_end(bar)]
        assert own, bar
    assert all(27 <= note.pitch <= 87 for note in notes)  # General MIDI's kit
    assert all(1 <= note.velocity <= 127 for note in notes)


def test_rock_has_its_snare_on_two_and_four() -> None:
    struck = BEATS["rock"](pulse_of(Metre(4, 4)), 0)
    assert {offset for offset, drum, _ in struck if drum == SNARE} == {24, 72}
    assert {0, 48} <= {offset for offset, drum, _ in struck if drum == KICK}


def test_house_has_a_kick_on_every_beat() -> None:
    struck = BEATS["house"](pulse_of(Metre(4, 4)), 0)
    assert [offset for offset, drum, _ in struck if drum == KICK] == [0, 24, 48, 72]


def test_a_section_begins_with_a_cymbal_after_a_fill_and_the_piece_ends_with_one_stroke() -> None:
    layout = lay_out(choose(Request(metre="4/4", bpm=120.0, seconds=40.0), 1))
    notes = drum_part("rock", layout, pulse_of(layout.metre))
    second = next(s for s in layout.sections if s.kind == "body" and s.first_bar > 0)
    start = layout.bar_start(second.first_bar)
    assert CRASH in {note.pitch for note in notes if note.onset_ticks == start}
    fill = {note.pitch for note in notes if start - 24 <= note.onset_ticks < start}
    assert {45, 47, 50} & fill  # toms
    last = [note for note in notes if note.onset_ticks >= layout.bar_start(layout.n_bars - 1)]
    assert {note.pitch for note in last} == {KICK, CRASH}
