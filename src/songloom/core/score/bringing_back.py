"""A piece that was changed in another editor: its MIDI file, read back into a score."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from songloom.core.query.prompt_request import LONGEST_S, METRES
from songloom.core.score.arrangement import Part
from songloom.core.score.chords import Chord
from songloom.core.score.form import Layout, Section
from songloom.core.score.instruments import DRUM_CHANNEL, instrument
from songloom.core.score.midi import KEY, NAME, TEMPO, TIME
from songloom.core.score.midi_reading import DEFAULT_TEMPO, Message, read_tracks
from songloom.core.score.notes import TICKS_PER_QUARTER, Metre, Note
from songloom.core.score.piece import Score
from songloom.core.score.rereading import reread
from songloom.core.score.scales import is_minor, signature
from songloom.core.score.splicing import once, playable
from songloom.errors import BadValue

LARGEST_BYTES = 1 << 20
MOST_NOTES = 20_000
MOST_VOICES = 15  # channels besides the drums'
LONGEST_NAME = 40
SLOWEST_QUARTER_BPM, FASTEST_QUARTER_BPM = 15.0, 480.0
BENDING = 0xE
Told = dict[str, Any]  # {"what": …} and what is counted or named


@dataclass
class Voice:
    """Notes of one channel in one track, on our grid."""

    name: str
    channel: int
    program: int
    notes: list[Note]
    n_moved: int = 0  # that lay between the ticks of the grid

    @property
    def is_drums(self) -> bool:
        return self.channel == DRUM_CHANNEL


def bring_back(
    midi_path: str, base_path: str, document: Mapping[str, Any], out_path: str
) -> dict[str, Any]:
    """Read an edited MIDI file against the piece that it came from; write it as we write ours.

    base_path, document  MIDI file and choices of that piece
    returns              {"document": the choices of the edited piece, "told": what was changed}
    Raises BadValue for what is no MIDI file or cannot be played, or is the piece as it was.
    """
    before = reread(Path(base_path).read_bytes(), document)
    after, told = edited(Path(midi_path).read_bytes(), before)
    midi = after.midi_bytes()
    if midi == before.midi_bytes():
        raise BadValue("every note of this file is as it was")
    Path(out_path).write_bytes(midi)
    return {"document": after.document(), "told": told}


def edited(midi: bytes, before: Score) -> tuple[Score, list[Told]]:
    """The score of an edited file, and what had to be changed to play it, in the order of the file.

    The notes come onto our grid of 24 ticks a quarter; the first tempo and the first metre hold.
    """
    if len(midi) > LARGEST_BYTES:
        raise BadValue(f"this file has {len(midi)} bytes; a MIDI file may have {LARGEST_BYTES}")
    tracks = read_tracks(midi)
    resolution = int(struct.unpack_from(">H", midi, 12)[0])
    voices = [voice for track in tracks for voice in _voices(track, resolution)]
    n_notes = sum(len(voice.notes) for voice in voices)
    if not 1 <= n_notes <= MOST_NOTES:
        raise BadValue(f"this file has {n_notes} notes; 1 to {MOST_NOTES} can be played")
    messages = sorted(
        ((tick, body) for track in tracks for tick, status, body in track if status == 0xFF),
        key=lambda one: one[0],
    )
    told = [*_left_out(tracks, messages), *_off_grid(voices)]
    parts, moved = _parts(voices, before)
    layout = _layout(messages, parts, before)
    choices = replace(before.choices, metre=str(layout.metre), bpm=layout.beat_bpm)
    key = _key(messages, before)
    if key is not None:
        choices = replace(choices, key=key[0], mode=key[1])
    chords = _chords(before.chords, layout.n_bars)
    score = Score(choices, layout, chords, tuple(parts))
    if score.seconds > LONGEST_S:
        raise BadValue(f"it would last {score.seconds:.0f} s; allowed are {LONGEST_S:.0f} s")
    return score, [*told, *moved]


# --- what stands in the file -------------------------------------------------------------------


def _voices(track: Sequence[Message], resolution: int) -> list[Voice]:
    """The notes of a track, apart by channel; what is never let go lasts to its end."""
    name = next((_text(body) for _, status, body in track if _is(status, body, NAME)), "")
    programs: dict[int, int] = {}
    found: dict[int, Voice] = {}
    begun: dict[tuple[int, int], list[tuple[int, int]]] = {}
    last = track[-1][0] if track else 0
    for tick, status, body in track:
        kind, channel = status >> 4, status & 15
        if kind == 0xC and channel not in found:
            programs[channel] = body[0] & 127
        elif kind == 0x9 and body[1]:
            found.setdefault(channel, Voice(name, channel, programs.get(channel, 0), []))
            begun.setdefault((channel, body[0] & 127), []).append((tick, body[1] & 127))
        elif kind in (0x8, 0x9) and begun.get((channel, body[0])):
            start, velocity = begun[channel, body[0]].pop(0)
            _add(found[channel], start, tick, body[0], velocity, resolution)
    for (channel, pitch), open_ones in begun.items():
        for start, velocity in open_ones:
            _add(found[channel], start, last, pitch, velocity, resolution)
    return list(found.values())


def _add(voice: Voice, start: int, end: int, pitch: int, velocity: int, resolution: int) -> None:
    onset = round(start * TICKS_PER_QUARTER / resolution)
    length = max(1, round(end * TICKS_PER_QUARTER / resolution) - onset)
    voice.n_moved += bool(start * TICKS_PER_QUARTER % resolution)
    voice.notes.append(Note(onset, length, pitch, max(1, velocity)))


def _is(status: int, body: bytes, kind: int) -> bool:
    return status == 0xFF and body[:1] == bytes([kind])


def _text(body: bytes) -> str:
    words = body[1:].decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:LONGEST_NAME]


def _metas(messages: Iterable[tuple[int, bytes]], kind: int, n_bytes: int) -> list[bytes]:
    return [body[1:] for _, body in messages if body[0] == kind and len(body) > n_bytes]


def _left_out(
    tracks: Sequence[Sequence[Message]], messages: Sequence[tuple[int, bytes]]
) -> Iterable[Told]:
    """What the file says that a score of ours does not hold."""
    tempos = {int.from_bytes(body[:3], "big") for body in _metas(messages, TEMPO, 3)}
    if len(tempos) > 1:
        yield {"what": "tempo"}
    if len({body[:2] for body in _metas(messages, TIME, 2)}) > 1:
        yield {"what": "metre"}
    if any(status >> 4 == BENDING for track in tracks for _, status, _ in track):
        yield {"what": "bends"}


def _off_grid(voices: Iterable[Voice]) -> Iterable[Told]:
    n = sum(voice.n_moved for voice in voices)
    return [{"what": "grid", "n": n}] if n else []


# --- as a score --------------------------------------------------------------------------------


def _parts(voices: Sequence[Voice], before: Score) -> tuple[list[Part], list[Told]]:
    """One part for each name; what was known keeps its place, what is new follows."""
    known = {part.name: part for part in before.parts}
    gathered: dict[str, Voice] = {}
    for voice in voices:
        name = _name_of(voice, known, gathered)
        if name in gathered:
            gathered[name].notes += voice.notes
        else:
            gathered[name] = replace(voice, name=name)
    if sum(not voice.is_drums for voice in gathered.values()) > MOST_VOICES:
        raise BadValue(f"this file has {len(gathered)} parts; {MOST_VOICES} can be played")
    order = [
        *(name for name in known if name in gathered),
        *(n for n in gathered if n not in known),
    ]
    free = iter(channel for channel in range(16) if channel != DRUM_CHANNEL)
    parts, told = [], []
    for name in order:
        voice = gathered[name]
        channel = DRUM_CHANNEL if voice.is_drums else next(free)
        notes, n_moved = _in_reach(voice, known.get(name))
        if n_moved:
            told.append({"what": "range", "part": name, "n": n_moved})
        parts.append(Part(name, voice.program, channel, tuple(once(notes))))
    return parts, told


def _name_of(voice: Voice, known: Mapping[str, Part], taken: Mapping[str, Voice]) -> str:
    """The part of the piece that a voice is; editors spell it "melody, Flute" too."""
    if voice.is_drums:
        return "drums"
    said = voice.name.casefold()
    for name in sorted(known, key=len, reverse=True):
        if said == name or (said.startswith(name) and not said[len(name)].isalnum()):
            return name
    program = [n for n, part in known.items() if part.program == voice.program and n not in taken]
    name = voice.name or (program[0] if program and program[0] != "drums" else "part")
    number = 2
    while name in taken and name not in known:
        name = f"{name.rsplit(' ', 1)[0] if number > 2 else name} {number}"
        number += 1
    return name


def _in_reach(voice: Voice, known: Part | None) -> tuple[list[Note], int]:
    """The notes, those that its instrument cannot reach in another octave, and how many moved.

    Notes that the piece had already are left alone; a line that lies outside moves as one.
    """
    if voice.is_drums:
        return voice.notes, 0
    player = instrument(voice.program)
    as_it_was = set(known.notes) if known and known.program == voice.program else set()
    outside = [
        note
        for note in voice.notes
        if not player.lowest <= note.pitch <= player.highest and note not in as_it_was
    ]
    if not outside or player.is_struck:
        return voice.notes, 0
    shift = _shift_into([n.pitch for n in voice.notes], player.lowest, player.highest)
    if 2 * len(outside) > len(voice.notes) and shift:
        return [note.transposed(shift) for note in voice.notes], len(voice.notes)
    kept = [note for note in voice.notes if note not in set(outside)]
    return [*kept, *playable(outside, voice.program)], len(outside)


def _shift_into(pitches: Sequence[int], low: int, high: int) -> int:
    """By how many semitones, in octaves, all of them come inside; 0 where they cannot."""
    fits = [
        by for by in range(-96, 97, 12) if low <= min(pitches) + by and max(pitches) + by <= high
    ]
    return min(fits, key=abs, default=0)


def _layout(messages: Sequence[tuple[int, bytes]], parts: Sequence[Part], before: Score) -> Layout:
    """Tempo, metre and bars of the file; the sections of the piece as far as they reach."""
    old = before.layout
    metre = _metre(messages, old.metre)
    tempos = [
        int.from_bytes(body[:3], "big") or DEFAULT_TEMPO for body in _metas(messages, TEMPO, 3)
    ]
    tempo = tempos[0] if tempos else DEFAULT_TEMPO
    is_kept = tempo == round(60_000_000 / old.quarter_bpm)
    quarter_bpm = old.quarter_bpm if is_kept else 60_000_000 / tempo
    if not SLOWEST_QUARTER_BPM <= quarter_bpm <= FASTEST_QUARTER_BPM:
        raise BadValue(
            f"a tempo of {quarter_bpm:.0f} quarters a minute; "
            f"allowed are {SLOWEST_QUARTER_BPM:g} to {FASTEST_QUARTER_BPM:g}"
        )
    end = max(note.end_ticks for part in parts for note in part.notes)
    if metre == old.metre and old.end_ticks - metre.bar_ticks < end <= old.end_ticks:
        return replace(old, quarter_bpm=quarter_bpm)
    n_bars = -(-end // metre.bar_ticks)
    return Layout(metre, quarter_bpm, n_bars, metre.bar_ticks, _sections(old.sections, n_bars))


def _metre(messages: Sequence[tuple[int, bytes]], old: Metre) -> Metre:
    for body in _metas(messages, TIME, 2):
        text = f"{body[0]}/{2 ** min(body[1], 6)}"
        return Metre.of(text) if text in METRES else old
    return old


def _sections(old: Sequence[Section], n_bars: int) -> tuple[Section, ...]:
    """Sections cut at the new end; the last one goes on to it."""
    kept = [
        replace(section, n_bars=min(section.n_bars, n_bars - section.first_bar))
        for section in old
        if section.first_bar < n_bars
    ]
    return (*kept[:-1], replace(kept[-1], n_bars=n_bars - kept[-1].first_bar))


def _key(messages: Sequence[tuple[int, bytes]], before: Score) -> tuple[int, str] | None:
    """Another key signature than the piece has; None where it is the same or there is none."""
    for body in _metas(messages, KEY, 2):
        sharps, minor = struct.unpack("bB", body[:2])
        mode = "minor" if minor == 1 else "major"
        old = (signature(before.choices.key, before.choices.mode), is_minor(before.choices.mode))
        if (sharps, minor == 1) == old or not -7 <= sharps <= 7:
            return None
        return (sharps * 7 + (9 if minor == 1 else 0)) % 12, mode
    return None


def _chords(old: Sequence[Chord], n_bars: int) -> tuple[Chord, ...]:
    """The chords of the bars that were there; the last one holds in those that came."""
    return (*old[:n_bars], *[old[-1]] * (n_bars - len(old)))
