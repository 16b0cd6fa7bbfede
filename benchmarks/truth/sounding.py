"""MIDI through a soundfont: the shipped one, or one of Debian's."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import gettempdir

import midirenderer
import numpy as np
import soundfile
from numpy.typing import NDArray

import songloom
from songloom.core.score.midi_reading import summary
from songloom.core.score.soundfont import cached_subset
from tests.songs import package

Audio = NDArray[np.float32]

SHIPPED = Path(songloom.__file__).parent / "assets/soundfonts/fluidr3mono/FluidR3Mono_GM.sf3"
FONTS = ("fluidr3mono", "timgm6mb")


def font_file(name: str) -> Path:
    """Where a soundfont lies; Debian's is fetched by the name of its package."""
    if name == "fluidr3mono":
        return SHIPPED
    (found,) = package(f"{name}-soundfont").rglob("*.sf2")
    return found


def play(midi: bytes, font: str) -> tuple[Audio, int]:
    """(channels, samples) float32 with a peak of 0.7, and the sample rate."""
    cache = Path(gettempdir()) / "songloom-accuracy-fonts"
    cache.mkdir(exist_ok=True)
    small = cached_subset(font_file(font), summary(midi).presets, cache)
    wave = midirenderer.render_wave_from(small.read_bytes(), midi)
    sound, rate = soundfile.read(BytesIO(wave), dtype="float32", always_2d=True)
    return np.ascontiguousarray(sound.T * np.float32(0.7 / max(1e-6, np.abs(sound).max()))), rate
