"""Short real audio files, made on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import soundfile

SAMPLE_RATE = 8_000


def make_song(path: Path, *, seed: int = 0, seconds: float = 0.25, **tags: Any) -> Path:
    """A noise that no other seed makes; its format by its ending (wav, flac, ogg, mp3).

    tags  Vorbis comments or easy ID3 names; a list where there are several values
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).normal(0, 0.1, (round(seconds * SAMPLE_RATE), 2))
    soundfile.write(path, noise, SAMPLE_RATE)
    if tags:
        file = mutagen.File(path, easy=True)
        assert file is not None
        for name, values in tags.items():
            file[name] = values
        file.save()
    return path


def picture(side: int = 8, colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    """A small PNG of one colour."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "PNG")
    return out.getvalue()
