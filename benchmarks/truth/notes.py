"""Notes in seconds, to a MIDI file and from one."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from songloom.core.score.midi_reading import DEFAULT_TEMPO, Message, read_tracks

TICKS_PER_SECOND = 960
DRUMS = 9
TOGETHER_S = 0.05  # nearer starts are heard as one stroke: a chord is never played at once


@dataclass(frozen=True)
class Note:
    """One note; `channel` 9 are drums."""

    start_s: float
    stop_s: float
    pitch: int
    velocity: int
    channel: int


def midi_file(notes: Sequence[Note], programs: Mapping[int, int], cents: float = 0.0) -> bytes:
    """A type 0 file at 960 ticks a second; all but the drums are bent by `cents` (±200)."""
    events: list[tuple[int, int, bytes]] = [
        (0, 0, bytes([0xFF, 0x51, 3]) + (500_000).to_bytes(3, "big"))
    ]
    bend = round(8_192 + cents / 200 * 8_191)
    for channel, program in programs.items():
        events.append((0, 1, bytes([0xC0 | channel, program])))
        if channel != DRUMS:
            events.append((0, 1, bytes([0xE0 | channel, bend & 0x7F, bend >> 7])))
    for note in notes:
        on, off = (round(at_s * TICKS_PER_SECOND) for at_s in (note.start_s, note.stop_s))
        events.append((on, 3, bytes([0x90 | note.channel, note.pitch, note.velocity])))
        events.append((max(off, on + 1), 2, bytes([0x80 | note.channel, note.pitch, 0])))
    body, now = b"", 0
    for tick, _, message in sorted(events):
        body += _number(tick - now) + message
        now = tick
    body += b"\x00\xff\x2f\x00"
    head = struct.pack(">HHH", 0, 1, TICKS_PER_SECOND // 2)
    return b"MThd" + struct.pack(">I", 6) + head + b"MTrk" + struct.pack(">I", len(body)) + body


def _number(value: int) -> bytes:
    found = [value & 0x7F]
    while value := value >> 7:
        found.append(value & 0x7F | 0x80)
    return bytes(reversed(found))


@dataclass(frozen=True)
class Score:
    """What a MIDI file says. `tempi` are (second, BPM of the quarter), `metres` (second, 3, 4)."""

    notes: list[Note]
    programs: dict[int, int]
    tempi: list[tuple[float, float]]
    metres: list[tuple[float, int, int]]
    ticks: list[tuple[int, int]]  # of each note: its onset, and the ticks of a quarter


def read(midi: bytes) -> Score:
    """The notes of a Standard MIDI File in seconds."""
    quarter = int(struct.unpack_from(">H", midi, 12)[0])
    messages = sorted(
        (message for track in read_tracks(midi) for message in track), key=lambda m: m[0]
    )
    clock = _Clock(messages, quarter)
    open_: dict[tuple[int, int], tuple[int, int]] = {}
    notes: list[Note] = []
    ticks: list[tuple[int, int]] = []
    programs: dict[int, int] = {}
    for tick, status, body in messages:
        kind, channel = status >> 4, status & 0xF
        if kind == 0xC:
            programs.setdefault(channel, body[0])
        elif kind in (0x8, 0x9):
            begun = open_.pop((channel, body[0]), None)
            if begun is not None and tick > begun[0]:
                start_s, stop_s = clock.seconds(begun[0]), clock.seconds(tick)
                notes.append(Note(start_s, stop_s, body[0], begun[1], channel))
                ticks.append((begun[0], quarter))
            if kind == 0x9 and body[1]:
                open_[channel, body[0]] = (tick, body[1])
    tempi = [(clock.seconds(tick), 60e6 / tempo) for tick, tempo in clock.changes]
    metres = [
        (clock.seconds(tick), body[1], 2 ** body[2])
        for tick, status, body in messages
        if status == 0xFF and body[0] == 0x58
    ]
    return Score(notes, programs, tempi, metres, ticks)


def onsets_of(notes: Iterable[Note]) -> list[float]:
    """When something begins, in seconds: notes within TOGETHER_S of the first are one stroke."""
    found: list[float] = []
    for at_s in sorted(note.start_s for note in notes):
        if not found or at_s - found[-1] > TOGETHER_S:
            found.append(at_s)
    return found


class _Clock:
    """Ticks to seconds by the tempo map."""

    def __init__(self, messages: Iterable[Message], quarter: int) -> None:
        self.quarter = quarter
        self.changes = [(0, DEFAULT_TEMPO)]
        for tick, status, body in messages:
            if status == 0xFF and body[0] == 0x51:
                tempo = int.from_bytes(body[1:4], "big") or DEFAULT_TEMPO
                if self.changes[-1][0] == tick:
                    self.changes.pop()
                self.changes.append((tick, tempo))

    def seconds(self, tick: int) -> float:
        total = 0.0
        for i, (start, tempo) in enumerate(self.changes):
            if start >= tick:
                break
            stop = self.changes[i + 1][0] if i + 1 < len(self.changes) else tick
            total += (min(stop, tick) - start) * tempo
        return total / self.quarter / 1e6
