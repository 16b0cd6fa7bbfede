"""Lets a melody sound that a model of the user's own wrote, and stores it with its lineage."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from songloom.core.score.cover import woven
from songloom.core.score.midi import Heading, midi_file
from songloom.core.score.midi import Track as Line
from songloom.core.score.notes import TICKS_PER_QUARTER, Metre, Note
from songloom.errors import BadValue, NoSuchFile
from songloom.generate.services.composing import COVER_PIXELS, render_midi
from songloom.generate.services.sources import soundfont
from songloom.generate.services.tagged import tagged
from songloom.library import storage
from songloom.library.models import LineageNode, Track, User
from songloom.library.services.storing import store_file
from songloom.library.services.tracing import node, track_node

LONGEST_S = 600.0
MOST_NOTES = 10_000
LONGEST_TITLE = 300
METRE = Metre(4, 4)
Played = tuple[float, float, int]  # start and length in quarter notes, MIDI pitch


@dataclass(frozen=True)
class Performed:
    """A stored melody, and the hash of its MIDI file on the shelf of scores."""

    track: Track
    midi_sha256: str


def perform(
    played: Sequence[Played], *, title: str, bpm: float, program: int, model: Path, owner: User
) -> Performed:
    """Play the notes, store the sound as made by AI: model (by its hash) → score → track.

    The same notes again are the same track. Raises BadValue, NoSuchFile.
    """
    midi = _midi(_notes(played, bpm), title, bpm, program)
    model_sha256 = _sha256_of(model)
    midi_sha256 = hashlib.sha256(midi).hexdigest()
    cover = woven({"tempo_bpm": bpm, "metre": "4/4", "seed": midi_sha256}, COVER_PIXELS)
    with (
        storage.temporary(".mid") as midi_path,
        storage.temporary(".flac") as sound_path,
        storage.temporary(".png") as cover_path,
    ):
        midi_path.write_bytes(midi)
        cover_path.write_bytes(cover)
        rendered = render_midi(midi_path, sound_path, lambda **_: None)
        heard = tagged(sound_path, {"title": [title]}, rendered, cover=cover_path)
        storage.keep(midi_path, midi_sha256, "scores", move=False)
        storage.keep(sound_path, heard.sha256, use_up=False)  # slow where it is far away
        with transaction.atomic():
            track, _ = store_file(
                heard,
                owner=owner,
                origin=Track.Origin.GENERATED,
                extra={"title": title, "is_generated": True},
            )
            detail = {
                "performed": "notes",  # by this, `scores` knows its MIDI file
                "bpm": bpm,
                "midi_sha256": midi_sha256,
                "soundfont_sha256": soundfont()[1],
            }
            kinds = LineageNode.Kind
            writer = node(kinds.MODEL, model.name, detail={"sha256": model_sha256})
            label = f"{len(played)} · {bpm:g} BPM"
            score = node(kinds.SCORE, label, detail=detail, made_from=(writer,))
            track_node(track, made_from=(score,))
    return Performed(track, midi_sha256)


def _notes(played: Sequence[Played], bpm: float) -> list[Note]:
    """On our grid of ticks, checked. Raises BadValue for the first that cannot be played."""
    if not 0 < len(played) <= MOST_NOTES:
        raise BadValue(f"{len(played)} notes; 1 to {MOST_NOTES} can be played")
    if not 20 <= bpm <= 400:
        raise BadValue(f"a tempo of {bpm:g}; 20 to 400 quarter notes a minute can be played")
    notes = [_note(*each) for each in played]
    seconds = max(note.end_ticks for note in notes) / TICKS_PER_QUARTER * 60 / bpm
    if seconds > LONGEST_S:
        raise BadValue(f"the melody lasts {seconds:.0f} s; {LONGEST_S:.0f} s are allowed")
    return notes


def _note(start: float, length: float, pitch: int) -> Note:
    if not (math.isfinite(start) and math.isfinite(length) and start >= 0 and length > 0):
        raise BadValue(f"a note from {start:g} of length {length:g} cannot be played")
    if not 0 <= pitch <= 127:
        raise BadValue(f"the pitch {pitch} is none of 0 to 127")
    onset = round(start * TICKS_PER_QUARTER)
    return Note(onset, max(1, round((start + length) * TICKS_PER_QUARTER) - onset), int(pitch))


def _midi(notes: list[Note], title: str, bpm: float, program: int) -> bytes:
    if not (title.strip() and len(title) <= LONGEST_TITLE):
        raise BadValue(f"a title has 1 to {LONGEST_TITLE} characters")
    if not 0 <= program <= 127:
        raise BadValue(f"the instrument {program} is none of 0 to 127")
    end = max(note.end_ticks for note in notes)
    heading = Heading(title, bpm, METRE, 0, False, (), end)
    return midi_file(heading, [Line("melody", 0, program, sorted(notes))])


def _sha256_of(model: Path) -> str:
    if not model.is_file():
        raise NoSuchFile(f"there is no file {model}")
    with model.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
