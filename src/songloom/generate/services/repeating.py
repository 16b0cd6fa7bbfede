"""A piece written and played again, and held against what lies in the library."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from songloom.generate.models import Generation
from songloom.generate.services.composing import render_midi, write_score
from songloom.generate.services.files import source_of
from songloom.generate.services.sources import soundfont
from songloom.library import storage
from songloom.library.services.storing import at_hand


@dataclass(frozen=True)
class Repeated:
    """Whether the MIDI file is the same byte for byte, and the sound sample for sample.

    has_same_sound  None where it was played with a soundfont that is not set any more
    """

    has_same_notes: bool
    has_same_sound: bool | None


def repeat(generation: Generation) -> Repeated:
    """Write and play a made piece again. Nothing in the library changes."""
    midi = write_score(generation).midi_bytes()
    is_same = hashlib.sha256(midi).hexdigest() == generation.midi_sha256
    if soundfont()[1] != generation.soundfont_sha256:
        return Repeated(is_same, None)
    with storage.temporary(".mid") as midi_path, storage.temporary(".flac") as sound_path:
        midi_path.write_bytes(midi)
        render_midi(midi_path, sound_path, lambda **_: None)
        with at_hand(source_of(generation)) as kept:
            return Repeated(is_same, samples_of(sound_path) == samples_of(kept))


def samples_of(flac: Path) -> tuple[int, int]:
    """The checksum of its samples, as a FLAC file states it, and how many there are."""
    from mutagen.flac import FLAC

    stream = FLAC(flac).info  # type: ignore[no-untyped-call]
    return stream.md5_signature, stream.total_samples
