"""A written piece read back from its MIDI file and its choices, so that it can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from songloom.core.score.arrangement import Part
from songloom.core.score.choices import Choices
from songloom.core.score.chords import read_chord
from songloom.core.score.form import Layout, Section
from songloom.core.score.midi import FINE
from songloom.core.score.midi_reading import Message, read_tracks
from songloom.core.score.notes import TICKS_PER_QUARTER, Metre, Note
from songloom.core.score.piece import Score
from songloom.errors import BadValue

NAME, END_OF_TRACK = 0x03, 0x2F


def reread(midi: bytes, document: Mapping[str, Any]) -> Score:
    """The score whose `midi_bytes` and `document` these are; writing it again gives the same bytes.

    Raises BadValue for a file or a document that no piece of ours has.
    """
    try:
        tracks = read_tracks(midi)
        choices = _choices(document)
        layout = _layout(document, tracks)
        chords = tuple(read_chord(name) for name in document["chords"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise BadValue("this piece was written too long ago to be changed") from wrong
    if len(chords) != layout.n_bars:
        raise BadValue("this piece has not one chord for each bar; it cannot be changed")
    parts = tuple(part for track in tracks[1:] if (part := _part(track)).notes)
    return Score(choices, layout, chords, parts)


def title_of(midi: bytes) -> str:
    """The title that stands in the file."""
    return _name(read_tracks(midi)[0])


def _choices(document: Mapping[str, Any]) -> Choices:
    known = {field.name: document[field.name] for field in fields(Choices)}
    for name in ("programs", "chords", "patterns"):
        known[name] = tuple(known[name])
    return Choices(**known)


def _layout(document: Mapping[str, Any], tracks: list[list[Message]]) -> Layout:
    metre = Metre.of(document["metre"])
    end = max(track[-1][0] for track in tracks) // FINE
    heard: dict[str, int] = {}
    sections = []
    for one in document["sections"]:
        letter = one["letter"]
        nth = heard.get(letter, 0) if one["kind"] == "body" else 0
        heard[letter] = nth + 1
        sections.append(Section(letter, one["kind"], one["first_bar"], one["n_bars"], nth))
    n_bars = document["n_bars"]
    quarter_bpm = document["bpm"] * metre.beat_ticks / TICKS_PER_QUARTER
    last = end - (n_bars - 1) * metre.bar_ticks
    return Layout(metre, quarter_bpm, n_bars, last, tuple(sections))


def _name(track: list[Message]) -> str:
    named = (body[1:] for _, status, body in track if status == 0xFF and body[0] == NAME)
    return next(named, b"").decode("utf-8", "replace")


def _part(track: list[Message]) -> Part:
    notes: list[Note] = []
    sounding: dict[int, Note] = {}
    program = channel = 0
    for tick, status, body in track:
        if status >> 4 == 0xC:
            program, channel = body[0], status & 15
        elif status >> 4 == 0x9 and body[1]:
            sounding[body[0]] = Note(tick // FINE, 1, body[0], body[1])
        elif status >> 4 in (0x8, 0x9) and body[0] in sounding:
            note = sounding.pop(body[0])
            notes.append(replace(note, duration_ticks=tick // FINE - note.onset_ticks))
    return Part(_name(track), program, channel, tuple(sorted(notes)))
