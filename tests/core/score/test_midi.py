"""The MIDI writer, heard by an independent reader and by mido's rules of the format."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.prompt_request import METRES
from songloom.core.score.midi import Heading, Track, midi_file, ringing, variable_length
from songloom.core.score.midi_reading import summary
from songloom.core.score.notes import Metre, Note
from songloom.errors import BadValue
from tests.core.score.midi_reader import read


def heading(**known: object) -> Heading:
    plain: dict[str, object] = {
        "title": "Rain",
        "quarter_bpm": 120.0,
        "metre": Metre(4, 4),
        "sharps": 0,
        "is_minor": False,
        "markers": (),
        "end_ticks": 400,
    }
    return Heading(**(plain | known))  # type: ignore[arg-type]


@st.composite
def lines(draw: st.DrawFn) -> list[Note]:
    """Notes that do not strike a pitch while it sounds."""
    notes, free = [], dict.fromkeys(range(128), 0)
    at = 0
    for _ in range(draw(st.integers(0, 30))):
        at += draw(st.integers(0, 40))
        pitch = draw(st.integers(0, 127))
        onset = max(at, free[pitch])
        note = Note(onset, draw(st.integers(1, 200)), pitch, draw(st.integers(1, 127)))
        free[pitch] = note.end_ticks
        notes.append(note)
    return notes


@given(lines(), st.integers(0, 15), st.integers(0, 127))
def test_every_note_is_read_back_as_it_was_written(
    notes: list[Note], channel: int, program: int
) -> None:
    end = max((note.end_ticks for note in notes), default=0)
    content = midi_file(heading(end_ticks=end), [Track("melody", channel, program, notes)])
    heard = read(content).track("melody").notes
    written = sorted(
        (note.onset_ticks / 24, note.duration_ticks / 24, note.pitch, note.velocity)
        for note in notes
    )
    assert sorted((n.onset, n.length, n.pitch, n.velocity) for n in heard) == written
    assert {n.program for n in heard} <= {program}
    assert {n.channel for n in heard} <= {channel}


@given(lines())
def test_the_same_notes_give_the_same_bytes_in_whatever_order_they_came(notes: list[Note]) -> None:
    forwards = midi_file(heading(), [Track("melody", 0, 0, notes)])
    backwards = midi_file(heading(), [Track("melody", 0, 0, notes[::-1])])
    assert forwards == backwards


@pytest.mark.parametrize("metre", METRES)
@pytest.mark.parametrize("quarter_bpm", [30.0, 72.0, 135.0, 360.0])
def test_tempo_and_metre_are_written_at_the_head(metre: str, quarter_bpm: float) -> None:
    content = midi_file(heading(metre=Metre.of(metre), quarter_bpm=quarter_bpm), [])
    heard = read(content)
    assert f"{heard.metre[0]}/{heard.metre[1]}" == metre
    assert heard.quarter_bpm == pytest.approx(quarter_bpm, rel=1e-5)  # microseconds a quarter


@pytest.mark.parametrize(("sharps", "is_minor"), [(0, False), (-5, True), (6, False), (3, True)])
def test_the_key_is_written_at_the_head(sharps: int, is_minor: bool) -> None:
    heard = read(midi_file(heading(sharps=sharps, is_minor=is_minor), []))
    assert (heard.sharps, heard.is_minor) == (sharps, is_minor)


def test_names_and_markers_survive_in_any_script() -> None:
    content = midi_file(
        heading(title="雨后街", markers=((0, "A"), (96, "B"))), [Track("melody", 0, 0, [])]
    )
    heard = read(content)
    assert [track.name for track in heard.tracks] == ["雨后街", "melody"]
    assert heard.markers == [(0.0, "A"), (4.0, "B")]


def test_all_tracks_end_together() -> None:
    tracks = [Track("melody", 0, 0, [Note(0, 24, 60)]), Track("bass", 1, 32, [])]
    assert {track.end for track in read(midi_file(heading(end_ticks=480), tracks)).tracks} == {20.0}


def test_a_note_that_ends_where_the_next_begins_is_let_go_first() -> None:
    track = Track("melody", 0, 0, [Note(0, 24, 60), Note(24, 24, 60)])
    assert [n.length for n in read(midi_file(heading(), [track])).track("melody").notes] == [
        1.0,
        1.0,
    ]


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "00"),
        (0x40, "40"),
        (0x7F, "7f"),
        (0x80, "8100"),
        (0x2000, "c000"),
        (0x3FFF, "ff7f"),
        (0x4000, "818000"),
        (0x1FFFFF, "ffff7f"),
        (0x200000, "81808000"),
        (0x0FFFFFFF, "ffffff7f"),
    ],
)
def test_lengths_are_written_as_the_midi_specification_shows(number: int, written: str) -> None:
    assert variable_length(number).hex() == written


# --- reading back what a renderer must know -----------------------------------------------


@given(lines(), st.floats(40, 300))
def test_length_and_presets_are_summed_up(notes: list[Note], quarter_bpm: float) -> None:
    tracks = [Track("melody", 0, 73, notes), Track("drums", 9, 0, [Note(0, 6, 36)])]
    end = max([note.end_ticks for note in notes] + [6])
    found = summary(midi_file(heading(quarter_bpm=quarter_bpm, end_ticks=end), tracks))
    assert found.seconds == pytest.approx(end / 24 * 60 / quarter_bpm, rel=1e-4)
    assert found.presets == {(128, 0)} | ({(0, 73)} if notes else set())


def test_tempo_changes_are_counted() -> None:
    """Four quarters at 120 and four at 60 last 2 s + 4 s."""
    quarter = 480
    events = (
        b"\x00\xff\x51\x03\x07\xa1\x20"  # 500,000 µs
        + variable_length(4 * quarter)
        + b"\xff\x51\x03\x0f\x42\x40"  # 1,000,000 µs
        + variable_length(4 * quarter)
        + b"\xff\x2f\x00"
    )
    content = (
        b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0"
        + b"MTrk"
        + len(events).to_bytes(4, "big")
        + events
    )
    found = summary(content)
    assert found.seconds == pytest.approx(6.0)
    assert found.ticks_at_end(1.0) == quarter


def test_running_status_and_system_messages_are_read() -> None:
    events = (
        b"\x00\xf0\x03\x7e\x7f\xf7"  # system exclusive
        b"\x00\xc3\x28"  # program 40 on channel 4
        b"\x00\x93\x3c\x40\x18\x3e\x40\x18\x3c\x00"  # three messages, one status byte
        b"\x00\xff\x2f\x00"
    )
    content = (
        b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x18"
        + b"MTrk"
        + len(events).to_bytes(4, "big")
        + events
    )
    found = summary(content)
    assert found.presets == {(0, 40)}
    assert found.seconds == pytest.approx(1.0)  # 48 ticks of 24 a quarter at 120


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF....WAVE",
        b"MThd",
        b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\xe7\x28",
        b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x00\x00",
        b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x18MTrk\x00\x00\x00\x03\x00\x90\x3c",
    ],
)
def test_what_is_no_midi_is_refused(content: bytes) -> None:
    with pytest.raises(BadValue):
        summary(content)


@given(lines(), st.integers(0, 5_000))
def test_a_ringing_file_has_the_same_notes_and_ends_later(notes: list[Note], ticks: int) -> None:
    end = max((note.end_ticks for note in notes), default=0)
    content = midi_file(heading(end_ticks=end), [Track("melody", 0, 0, notes)])
    longer = ringing(content, ticks)
    before, after = read(content), read(longer)
    assert after.notes == before.notes
    assert after.tracks[0].end == pytest.approx(before.tracks[0].end + ticks / 480)
    assert summary(longer).seconds == pytest.approx(
        summary(content).seconds + ticks / 960, abs=1e-6
    )
