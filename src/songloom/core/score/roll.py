"""A MIDI file as a piano roll: for each part its notes in seconds, for eyes."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from songloom.core.score.instruments import DRUM_CHANNEL
from songloom.core.score.midi_reading import DEFAULT_TEMPO, Message, read_tracks, summary

NAME_META, MARKER_META, TEMPO_META = 0x03, 0x06, 0x51
MOST_NOTES = 20_000  # of a file; a picture shows no more


@dataclass(frozen=True)
class Sounding:
    """One note: when it begins and ends, in seconds, and its pitch (60 = middle C)."""

    start_s: float
    end_s: float
    pitch: int


@dataclass
class RollPart:
    """One track of the file that has notes."""

    name: str
    program: int
    is_drums: bool
    notes: list[Sounding] = field(default_factory=list)


def roll(midi: bytes) -> list[RollPart]:
    """The parts of a Standard MIDI File in its own order. Raises BadValue for anything else."""
    tracks = read_tracks(midi)
    resolution = int(struct.unpack_from(">H", midi, 12)[0])
    clock = Clock([message for track in tracks for message in track], resolution)
    parts = [_part(track, clock) for track in tracks]
    return [part for part in parts if part.notes]


class Clock:
    """Ticks to seconds, by the tempos of the whole file."""

    def __init__(self, messages: list[Message], resolution: int) -> None:
        changes = sorted(
            (tick, int.from_bytes(body[1:4], "big") or DEFAULT_TEMPO)
            for tick, status, body in messages
            if status == 0xFF and body[0] == TEMPO_META
        )
        self.ticks, self.seconds, self.rates = [0], [0.0], [DEFAULT_TEMPO / resolution / 1e6]
        for tick, tempo in changes:
            self.seconds.append(self.at(tick))
            self.ticks.append(tick)
            self.rates.append(tempo / resolution / 1e6)

    def at(self, tick: int) -> float:
        which = bisect_right(self.ticks, tick) - 1
        return self.seconds[which] + (tick - self.ticks[which]) * self.rates[which]


def _part(track: list[Message], clock: Clock) -> RollPart:
    part = RollPart(name="", program=0, is_drums=False)
    for _tick, status, body in track:
        if status == 0xFF and body[0] == NAME_META:
            part.name = part.name or body[1:].decode("utf-8", "replace")
        elif status >> 4 == 0xC:
            part.program = body[0]
            part.is_drums = status & 0x0F == DRUM_CHANNEL
    part.notes = list(_notes(track, clock))[:MOST_NOTES]
    return part


def _notes(track: list[Message], clock: Clock) -> Iterator[Sounding]:
    """Each note-on with the note-off that ends it; what is never ended lasts to the end."""
    begun: dict[tuple[int, int], list[int]] = {}
    last = track[-1][0] if track else 0
    for tick, status, body in track:
        kind, channel = status >> 4, status & 0x0F
        if kind not in (0x8, 0x9):
            continue
        waiting = begun.setdefault((channel, body[0]), [])
        if kind == 0x9 and body[1]:
            waiting.append(tick)
        elif waiting:
            yield Sounding(clock.at(waiting.pop(0)), clock.at(tick), body[0])
    for (_, pitch), ticks in begun.items():
        for tick in ticks:
            yield Sounding(clock.at(tick), clock.at(last), pitch)


def sections_of(midi: bytes) -> list[list[Any]]:
    """[from_s, to_s, name] of the stretches that the markers of a MIDI file begin."""
    tracks = read_tracks(midi)
    messages = [message for track in tracks for message in track]
    clock = Clock(messages, int.from_bytes(midi[12:14], "big"))
    marks = sorted(
        (clock.at(tick), body[1:].decode("utf-8", "replace"))
        for tick, status, body in messages
        if status == 0xFF and body[0] == MARKER_META
    )
    ends = [*(at for at, _ in marks[1:]), summary(midi).seconds]
    return [
        [round(at, 6), round(end, 6), name]
        for (at, name), end in zip(marks, ends, strict=False)  # no mark: one end too many
        if end > at
    ]
