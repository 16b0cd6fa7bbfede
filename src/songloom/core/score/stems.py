"""The parts of a piece apart: together, sample for sample, they are its recording."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from songloom.core.score.mastering import mastered
from songloom.core.score.midi import parts_of
from songloom.core.score.midi_reading import MidiSummary, summary
from songloom.core.score.render import SAMPLE_RATE, font_for, played, tail_s_of
from songloom.core.score.roll import roll, sections_of

UNUSUAL = re.compile(r"[^\w -]+")
LONGEST_NAME = 40


def render_stems(
    midi_path: str,
    folder: str,
    *,
    soundfont: str,
    cache_dir: str,
    soundfont_sha256: str | None = None,
    most_cached_mb: int = 400,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Play each part of a MIDI file by itself into a FLAC file of 24 bits, 44.1 kHz, stereo.

    All begin at sample 0 and are as long as the recording that `render` makes. What its mastering
    did to each sample of the whole is done to the parts, so that their sum is that recording.
    returns  {"n_samples", "sections": [[from_s, to_s, name]], "stems": [{"name", "path"}]}
    Raises what `render` raises.
    """
    import soundfile

    told = progress or (lambda share: None)
    midi = Path(midi_path).read_bytes()
    heard = summary(midi)
    names = [part.name for part in roll(midi)]
    parts = [part for part in parts_of(midi) if summary(part).presets]
    made: dict[str, Any] = {"n_samples": 0, "sections": sections_of(midi), "stems": []}
    if not parts:
        return made
    font = font_for(heard, soundfont, soundfont_sha256, cache_dir, most_cached_mb)
    gains = _gains(midi, heard, font)
    made["n_samples"] = gains.shape[1]
    for n, (name, part) in enumerate(zip(names, parts, strict=True), start=1):
        told(n / (len(parts) + 1))
        audio = played(part, heard, font)
        audio *= gains
        plain = UNUSUAL.sub("", name)[:LONGEST_NAME].strip() or "part"
        path = Path(folder) / f"{n:02} {plain}.flac"
        soundfile.write(path, audio.T, SAMPLE_RATE, format="FLAC", subtype="PCM_24")
        made["stems"].append({"name": name, "path": str(path)})
    return made


def _gains(midi: bytes, heard: MidiSummary, font: Path) -> Any:
    """What mastering multiplies each sample of the whole by."""
    whole = played(midi, heard, font)
    gains = np.ones((1, whole.shape[1]), dtype=np.float32)
    mastered(whole, sample_rate=SAMPLE_RATE, tail_s=tail_s_of(heard), gains=gains)
    return gains
