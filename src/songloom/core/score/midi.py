"""Standard MIDI Files: a writer whose bytes depend on the notes alone, and longer ends."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from songloom.core.score.notes import TICKS_PER_QUARTER, Metre, Note

FINE = 20  # MIDI ticks per tick of ours: 480 a quarter, as sequencers like it
NOTE_OFF, NOTE_ON, CONTROL, PROGRAM, META = 0x80, 0x90, 0xB0, 0xC0, 0xFF
TEXT, NAME, MARKER, END, TEMPO, TIME, KEY = 0x01, 0x03, 0x06, 0x2F, 0x51, 0x58, 0x59
VOLUME, PAN, REVERB = 7, 10, 91
END_OF_TRACK = bytes([META, END, 0])
Event = tuple[int, int, bytes]  # tick, rank among the events of one tick, bytes


@dataclass(frozen=True)
class Heading:
    """What stands at the head of the file. Ticks are ours (24 a quarter)."""

    title: str
    quarter_bpm: float
    metre: Metre
    sharps: int
    is_minor: bool
    markers: tuple[tuple[int, str], ...]
    end_ticks: int


@dataclass(frozen=True)
class Track:
    """One named line on one channel (0–15; 9 is the drum kit)."""

    name: str
    channel: int
    program: int
    notes: Sequence[Note]
    pan: int = 64


def midi_file(heading: Heading, tracks: Sequence[Track]) -> bytes:
    """A type 1 file: tempo, metre, key and markers first, then one track for each line."""
    chunks = [_chunk(b"MTrk", _heading_events(heading), heading.end_ticks)]
    chunks += [_chunk(b"MTrk", _track_events(track), heading.end_ticks) for track in tracks]
    head = struct.pack(">HHH", 1, len(chunks), TICKS_PER_QUARTER * FINE)
    return b"MThd" + struct.pack(">I", len(head)) + head + b"".join(chunks)


def _heading_events(heading: Heading) -> list[Event]:
    metre = heading.metre
    clicks = 24 * metre.beat_ticks // TICKS_PER_QUARTER
    power = metre.denominator.bit_length() - 1
    microseconds = round(60_000_000 / heading.quarter_bpm)
    events: list[Event] = [
        (0, 0, _meta(NAME, heading.title.encode())),
        (0, 1, _meta(TEMPO, microseconds.to_bytes(3, "big"))),
        (0, 2, _meta(TIME, bytes([metre.numerator, power, clicks, 8]))),
        (0, 3, _meta(KEY, struct.pack("bB", heading.sharps, heading.is_minor))),
    ]
    return events + [(tick, 4, _meta(MARKER, text.encode())) for tick, text in heading.markers]


def _track_events(track: Track) -> list[Event]:
    channel = track.channel
    events: list[Event] = [
        (0, 0, _meta(NAME, track.name.encode())),
        (0, 1, bytes([PROGRAM | channel, track.program])),
        (0, 2, bytes([CONTROL | channel, VOLUME, 127])),
        (0, 3, bytes([CONTROL | channel, PAN, track.pan])),
        (0, 4, bytes([CONTROL | channel, REVERB, 40])),
    ]
    for note in track.notes:
        events.append((note.onset_ticks, 6, bytes([NOTE_ON | channel, note.pitch, note.velocity])))
        events.append((note.end_ticks, 5, bytes([NOTE_OFF | channel, note.pitch, 64])))
    return events


def parts_of(midi: bytes) -> list[bytes]:
    """A type 1 file for each track but the first, which holds the tempo and goes with all."""
    (resolution,) = struct.unpack_from(">H", midi, 12)
    first, *others = _tracks(midi)
    head = b"MThd" + struct.pack(">IHHH", 6, 1, 2, resolution)
    return [head + first + other for other in others]


def _tracks(midi: bytes) -> list[bytes]:
    found, position = [], 14
    while position + 8 <= len(midi):
        end = position + 8 + int(struct.unpack_from(">I", midi, position + 4)[0])
        found.append(midi[position:end])
        position = end
    return found


def _meta(kind: int, body: bytes) -> bytes:
    return bytes([META, kind]) + variable_length(len(body)) + body


def _chunk(name: bytes, events: Iterable[Event], end_ticks: int) -> bytes:
    body, now = bytearray(), 0
    for tick, _, message in sorted(events):
        body += variable_length((tick - now) * FINE) + message
        now = tick
    body += variable_length(max(0, end_ticks - now) * FINE) + END_OF_TRACK
    return name + struct.pack(">I", len(body)) + bytes(body)


def variable_length(number: int) -> bytes:
    """Seven bits a byte, most significant first, all but the last with the high bit set."""
    found = bytearray([number & 0x7F])
    while number := number >> 7:
        found.insert(0, number & 0x7F | 0x80)
    return bytes(found)


def ringing(midi: bytes, ticks: int) -> bytes:
    """The same file with every track ending `ticks` (of the file) later, so that notes ring."""
    found, position = bytearray(midi[:14]), 14
    while position + 8 <= len(midi):
        name, size = midi[position : position + 4], struct.unpack_from(">I", midi, position + 4)[0]
        body = midi[position + 8 : position + 8 + size]
        if name == b"MTrk" and body.endswith(END_OF_TRACK):
            body = body[:-3] + _meta(TEXT, b"") + variable_length(ticks) + END_OF_TRACK
        found += name + struct.pack(">I", len(body)) + body
        position += 8 + size
    return bytes(found)
