"""The parts of a composed piece, played apart as the piece was played."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from songloom.core.sandbox import call
from songloom.core.score.roll import sections_of
from songloom.errors import NoSuchFile
from songloom.generate.models import Generation
from songloom.generate.services.composing import MOST_CACHED_FONTS_MB, RENDER_LIMITS
from songloom.generate.services.sources import soundfont
from songloom.library import storage
from songloom.library.models import Track

TARGET = "songloom.core.score.stems:render_stems"
SAMPLE_S = 1 / 44_100


@dataclass(frozen=True)
class Stems:
    """Name and file of each part; sections as [from_s, to_s, name]."""

    paths: list[tuple[str, Path]] = field(default_factory=list)
    sections: list[list[Any]] = field(default_factory=list)


def sections(track: Track) -> list[list[Any]]:
    """[from_s, to_s, name] of the sections of a composed piece; none of another track."""
    made = Generation.objects.filter(track=track).exclude(midi_sha256="").first()
    if made is None or not storage.is_there(made.midi_sha256, "scores"):
        return []
    return sections_of(storage.read_bytes(made.midi_sha256, "scores"))


def stems_of(track: Track, folder: Path) -> Stems:
    """Play the parts of a piece into a folder; none where they would not be those of its sound.

    A track that was not composed here has none, nor has one that was played with a soundfont that
    is not set any more, or whose sound is not as long as its score.
    """
    made = Generation.objects.filter(track=track).exclude(midi_sha256="").first()
    if made is None or not storage.is_there(made.midi_sha256, "scores"):
        return Stems()
    try:
        font, sha256 = soundfont()
    except NoSuchFile:
        return Stems()
    if sha256 != made.soundfont_sha256:
        return Stems()
    midi = folder / "score.mid"
    midi.write_bytes(storage.read_bytes(made.midi_sha256, "scores"))
    found = call(
        TARGET,
        {
            "midi_path": str(midi),
            "folder": str(folder),
            "soundfont": str(font),
            "cache_dir": str(Path(settings.CACHE) / "soundfonts"),
            "soundfont_sha256": sha256,
            "most_cached_mb": MOST_CACHED_FONTS_MB,
        },
        limits=RENDER_LIMITS,
    )
    lasts_s = found["n_samples"] * SAMPLE_S
    if track.duration_s is None or abs(lasts_s - track.duration_s) > SAMPLE_S:
        return Stems()
    paths = [(one["name"], Path(one["path"])) for one in found["stems"]]
    return Stems(paths, found["sections"])
