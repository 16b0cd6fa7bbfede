"""What a renderer must know of a MIDI file: how long it lasts and which presets it plays."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from songloom.core.score.instruments import DRUM_CHANNEL
from songloom.core.score.soundfont import DRUM_BANK, Preset
from songloom.errors import BadValue

DEFAULT_TEMPO = 500_000  # microseconds a quarter
DATA_BYTES = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}
Message = tuple[int, int, bytes]  # tick, status, data (a meta event's data begin with its kind)


@dataclass(frozen=True)
class MidiSummary:
    """Length, resolution and presets of a file."""

    seconds: float
    ticks_per_quarter: int
    last_tempo: int
    presets: frozenset[Preset]

    def ticks_at_end(self, seconds: float) -> int:
        """How many ticks last this long at the tempo of the end."""
        return round(seconds * 1e6 / self.last_tempo * self.ticks_per_quarter)


def summary(midi: bytes) -> MidiSummary:
    """Read a Standard MIDI File; anything else raises BadValue."""
    tracks = read_tracks(midi)
    resolution = int(struct.unpack_from(">H", midi, 12)[0])
    tempos = sorted(
        (tick, int.from_bytes(body[1:4], "big")) for track in tracks for tick, status, body in track
        if status == 0xFF and body[0] == 0x51
    )  # fmt: skip
    end = max((track[-1][0] for track in tracks if track), default=0)
    seconds, last_tempo = _seconds(tempos, end, resolution)
    return MidiSummary(seconds, resolution, last_tempo, frozenset(_presets(tracks)))


def read_tracks(midi: bytes) -> list[list[Message]]:
    """The messages of each track, with absolute ticks; anything but a MIDI file raises BadValue."""
    if midi[:4] != b"MThd" or len(midi) < 14:
        raise BadValue("this file is no MIDI: it does not begin with MThd")
    resolution = int(struct.unpack_from(">H", midi, 12)[0])
    if resolution & 0x8000 or not resolution:
        raise BadValue("this MIDI file counts frames of film instead of quarters")
    try:
        return [list(_messages(body)) for body in _tracks(midi)]
    except (IndexError, struct.error) as broken:
        raise BadValue("this MIDI file ends in the middle of a track") from broken


def _seconds(tempos: list[tuple[int, int]], end: int, resolution: int) -> tuple[float, int]:
    now, tempo, total = 0, DEFAULT_TEMPO, 0.0
    for tick, following in tempos:
        total += (tick - now) * tempo
        now, tempo = tick, following or DEFAULT_TEMPO
    return (total + (end - now) * tempo) / resolution / 1e6, tempo


def _presets(tracks: list[list[Message]]) -> Iterator[Preset]:
    """Presets of every note: the program its channel had by then, drum kits on channel 10."""
    merged = sorted(
        (tick, index, status, body)
        for track in tracks
        for index, (tick, status, body) in enumerate(track)
        if status < 0xF0
    )
    programs: dict[int, int] = {}
    for _, _, status, body in merged:
        channel = status & 0x0F
        if status >> 4 == 0xC:
            programs[channel] = body[0]
        elif status >> 4 == 0x9 and body[1]:
            yield (DRUM_BANK if channel == DRUM_CHANNEL else 0, programs.get(channel, 0))


def _tracks(midi: bytes) -> Iterator[bytes]:
    position = 8 + int(struct.unpack_from(">I", midi, 4)[0])
    while position + 8 <= len(midi):
        size = struct.unpack_from(">I", midi, position + 4)[0]
        if position + 8 + size > len(midi):
            raise IndexError
        if midi[position : position + 4] == b"MTrk":
            yield midi[position + 8 : position + 8 + size]
        position += 8 + size


def _messages(body: bytes) -> Iterator[Message]:
    position, tick, running = 0, 0, 0
    while position < len(body):
        delta, position = _number(body, position)
        tick += delta
        status = body[position]
        if status & 0x80:
            position += 1
        else:
            status = running
        if status in (0xF0, 0xF7, 0xFF):
            start = position
            length, position = _number(body, position + (status == 0xFF))
            if position + length > len(body):
                raise IndexError
            content = body[start : start + 1] + body[position : position + length]
            yield tick, status, content
            position += length
        else:
            running = status
            n = DATA_BYTES.get(status >> 4, 0)
            if not n or position + n > len(body):
                raise IndexError
            yield tick, status, body[position : position + n]
            position += n


def _number(body: bytes, position: int) -> tuple[int, int]:
    value = 0
    while True:
        byte = body[position]
        position += 1
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, position
