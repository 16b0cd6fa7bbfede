"""A MIDI file as a piano roll: every note where it sounds, whatever the tempo does."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.score.roll import roll
from songloom.errors import BadValue

RESOLUTION = 96
Event = tuple[int, bytes]


def number(value: int) -> bytes:
    """A variable-length quantity."""
    out = bytes([value & 0x7F])
    while value := value >> 7:
        out = bytes([value & 0x7F | 0x80]) + out
    return out


def track(*events: Event) -> bytes:
    """(delta ticks, message) …, with the end of the track."""
    body = b"".join(number(delta) + message for delta, message in events) + b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(body)) + body


def midi(*tracks: bytes) -> bytes:
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), RESOLUTION) + b"".join(tracks)


def tempo(bpm: float) -> bytes:
    return b"\xff\x51\x03" + round(60e6 / bpm).to_bytes(3, "big")


def name(text: str) -> bytes:
    raw = text.encode()
    return b"\xff\x03" + number(len(raw)) + raw


def on(pitch: int, channel: int = 0) -> bytes:
    return bytes([0x90 | channel, pitch, 80])


def off(pitch: int, channel: int = 0) -> bytes:
    return bytes([0x80 | channel, pitch, 0])


def test_a_quarter_at_120_lasts_half_a_second() -> None:
    (part,) = roll(midi(track((0, tempo(120)), (0, on(60)), (RESOLUTION, off(60)))))
    (note,) = part.notes
    assert (note.start_s, note.end_s, note.pitch) == pytest.approx((0.0, 0.5, 60))


def test_without_a_tempo_it_is_120() -> None:
    (part,) = roll(midi(track((0, on(60)), (RESOLUTION, off(60)))))
    assert part.notes[0].end_s == pytest.approx(0.5)


def test_a_change_of_tempo_holds_for_all_tracks_from_there_on() -> None:
    tempos = track((0, tempo(120)), (RESOLUTION, tempo(60)))
    notes = track((0, on(60)), (RESOLUTION, off(60)), (0, on(62)), (RESOLUTION, off(62)))
    (part,) = roll(midi(tempos, notes))
    ends = [end for note in part.notes for end in (note.start_s, note.end_s)]
    assert ends == pytest.approx([0.0, 0.5, 0.5, 1.5])


def test_names_programs_and_drums_are_told() -> None:
    melody = track((0, name("melody")), (0, b"\xc0\x28"), (0, on(60)), (10, off(60)))
    drums = track((0, name("鼓")), (0, b"\xc9\x00"), (0, on(36, 9)), (10, off(36, 9)))
    first, second = roll(midi(melody, drums))
    assert (first.name, first.program, first.is_drums) == ("melody", 40, False)
    assert (second.name, second.is_drums) == ("鼓", True)


def test_a_note_on_without_force_ends_a_note() -> None:
    (part,) = roll(midi(track((0, on(60)), (48, bytes([0x90, 60, 0])))))
    assert part.notes[0].end_s == pytest.approx(0.25)


def test_the_same_pitch_twice_ends_in_the_order_it_began() -> None:
    (part,) = roll(midi(track((0, on(60)), (10, on(60)), (10, off(60)), (10, off(60)))))
    lengths = [round((n.end_s - n.start_s) * RESOLUTION * 2) for n in part.notes]
    assert lengths == [20, 20]


def test_a_note_that_never_ends_lasts_to_the_end() -> None:
    (part,) = roll(midi(track((0, on(60)), (0, on(64)), (RESOLUTION, off(64)))))
    assert [n.end_s for n in part.notes] == [pytest.approx(0.5)] * 2


def test_tracks_without_notes_are_no_parts() -> None:
    assert roll(midi(track((0, tempo(90))), track((0, name("empty"))))) == []


@pytest.mark.parametrize(
    "bad",
    [b"", b"RIFF", b"MThd", midi(b"MTrk" + struct.pack(">I", 2) + b"\x00\x90")],
)
def test_what_is_no_midi_is_refused(bad: bytes) -> None:
    with pytest.raises(BadValue):
        roll(bad)


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(1, 400), st.integers(30, 90)),
        min_size=1,
        max_size=20,
    )
)
def test_every_note_comes_back_with_its_length(notes: list[tuple[int, int, int]]) -> None:
    """One note after another: gaps and lengths in ticks, back within rounding."""
    events: list[Event] = []
    for gap, length, pitch in notes:
        events += [(gap, on(pitch)), (length, off(pitch))]
    (part,) = roll(midi(track(*events)))
    second = 60 / 120 / RESOLUTION
    assert [n.pitch for n in part.notes] == [pitch for _g, _l, pitch in notes]
    for found, (_gap, length, _pitch) in zip(part.notes, notes, strict=True):
        assert found.end_s - found.start_s == pytest.approx(length * second)
