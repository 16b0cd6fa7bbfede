"""A second, independent reader of MIDI files, for tests: it shares no line with the package.

It asks nothing of the writer: notes are paired by channel and pitch, times are quarters.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class HeardNote:
    onset: float  # quarters
    length: float
    pitch: int
    velocity: int
    channel: int
    program: int


@dataclass
class HeardTrack:
    name: str = ""
    notes: list[HeardNote] = field(default_factory=list)
    end: float = 0.0


@dataclass
class HeardFile:
    tracks: list[HeardTrack]
    quarter_bpm: float
    metre: tuple[int, int]
    sharps: int
    is_minor: bool
    markers: list[tuple[float, str]]

    def track(self, name: str) -> HeardTrack:
        return next(track for track in self.tracks if track.name == name)

    @property
    def notes(self) -> list[HeardNote]:
        return [note for track in self.tracks for note in track.notes]

    @property
    def melodic(self) -> list[HeardNote]:
        return [note for note in self.notes if note.channel != 9]

    @property
    def programs(self) -> set[int]:
        return {note.program for note in self.melodic}

    @property
    def has_drums(self) -> bool:
        return any(note.channel == 9 for note in self.notes)

    @property
    def seconds(self) -> float:
        """From the start to the end of the last note."""
        return max(note.onset + note.length for note in self.notes) * 60 / self.quarter_bpm

    @property
    def beat_bpm(self) -> float:
        """As musicians count: dotted quarters in 6/8, 9/8 and 12/8, else the written unit."""
        above, below = self.metre
        quarters = 1.5 if below == 8 and above in (6, 9, 12) else 4 / below
        return self.quarter_bpm / quarters

    @property
    def bar(self) -> float:
        """Quarters in a bar."""
        return 4 * self.metre[0] / self.metre[1]


def read(content: bytes) -> HeardFile:
    assert content[:8] == b"MThd\x00\x00\x00\x06", "a header chunk of six bytes"
    n_tracks = int.from_bytes(content[10:12], "big")
    per_quarter = int.from_bytes(content[12:14], "big")
    heard = HeardFile([], 120.0, (4, 4), 0, False, [])
    at = 14
    for _ in range(n_tracks):
        assert content[at : at + 4] == b"MTrk"
        size = int.from_bytes(content[at + 4 : at + 8], "big")
        heard.tracks.append(_track(content[at + 8 : at + 8 + size], per_quarter, heard))
        at += 8 + size
    assert at == len(content), "nothing behind the last track"
    return heard


def _track(body: bytes, per_quarter: int, heard: HeardFile) -> HeardTrack:
    track, at, tick = HeardTrack(), 0, 0
    programs = dict.fromkeys(range(16), 0)
    sounding: dict[tuple[int, int], tuple[int, int]] = {}
    while at < len(body):
        delta, at = _varlen(body, at)
        tick += delta
        status = body[at]
        assert status >= 0x80, "the writer uses no running status"
        if status == 0xFF:
            kind = body[at + 1]
            size, at = _varlen(body, at + 2)
            _meta(kind, body[at : at + size], tick / per_quarter, track, heard)
            at += size
        elif status >> 4 == 0xC:
            programs[status & 15] = body[at + 1]
            at += 2
        else:
            channel, first, second = status & 15, body[at + 1], body[at + 2]
            at += 3
            is_on = status >> 4 == 9 and second > 0
            if is_on:
                assert (channel, first) not in sounding, "a pitch is struck while it sounds"
                sounding[channel, first] = (tick, second)
            elif status >> 4 in (8, 9):
                onset, velocity = sounding.pop((channel, first))
                note = HeardNote(
                    onset / per_quarter,
                    (tick - onset) / per_quarter,
                    first,
                    velocity,
                    channel,
                    programs[channel],
                )
                track.notes.append(note)
    assert not sounding, "every note ends"
    track.end = tick / per_quarter
    track.notes.sort(key=lambda note: (note.onset, note.pitch))
    return track


def _meta(kind: int, text: bytes, now: float, track: HeardTrack, heard: HeardFile) -> None:
    if kind == 0x03:
        track.name = text.decode("utf-8")
    elif kind == 0x06:
        heard.markers.append((now, text.decode("utf-8")))
    elif kind == 0x51:
        heard.quarter_bpm = 60e6 / int.from_bytes(text, "big")
    elif kind == 0x58:
        heard.metre = (text[0], 2 ** text[1])
    elif kind == 0x59:
        heard.sharps = int.from_bytes(text[:1], "big", signed=True)
        heard.is_minor = bool(text[1])


def _varlen(body: bytes, at: int) -> tuple[int, int]:
    value = 0
    while body[at] & 0x80:
        value = value * 128 + (body[at] & 0x7F)
        at += 1
    return value * 128 + body[at], at + 1
