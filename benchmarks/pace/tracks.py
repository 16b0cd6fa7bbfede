"""Long tracks: real songs joined, and files that would be too large if they were not mostly holes."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import soundfile

from songloom.core.audio import Audio, decode
from tests.songs import song

SONGS = ("knolls", "loyalists", "frantic")  # 44.1 kHz, stereo, together twelve minutes
LONGEST_S = 630.0


def joined(folder: str, suffix: str) -> str:
    """Real songs one after the other, ten minutes and a half, written in another format."""
    path = Path(folder) / f"joined.{suffix}"
    left_s = LONGEST_S
    with soundfile.SoundFile(path, "w", 44_100, 2) as file:
        for stem in SONGS:
            with decode.opened(str(song(stem))) as sound:
                assert (sound.sample_rate, sound.channels) == (44_100, 2)
                for block in sound.blocks():
                    part = block[:, : round(left_s * 44_100)]
                    file.write(part.T)
                    left_s -= part.shape[1] / 44_100
    return str(path)


def repeated(folder: str, source: str, duration_s: float) -> str:
    """A file of this length: the source again and again, 16 bits without compression."""
    sound, rate = decode.read(source)
    path = Path(folder) / "repeated.wav"
    left = round(duration_s * rate)
    with soundfile.SoundFile(path, "w", rate, len(sound), subtype="PCM_16") as file:
        while left > 0:
            part = sound[:, :left]
            file.write(part.T)
            left -= part.shape[1]
    return str(path)


def mostly_holes(folder: str, duration_s: float, rate: int, parts: dict[float, Audio]) -> str:
    """A WAV file of silence with sounds at some seconds; what is silent takes no room on disk."""
    n_channels = len(next(iter(parts.values())))
    n_bytes = round(duration_s * rate) * n_channels * 2
    path = Path(folder) / "holes.wav"
    with path.open("wb") as file:
        wave = struct.pack(
            "<HHIIHH", 1, n_channels, rate, rate * n_channels * 2, n_channels * 2, 16
        )
        file.write(b"RIFF" + struct.pack("<I", 36 + n_bytes) + b"WAVEfmt ")
        file.write(struct.pack("<I", len(wave)) + wave + b"data" + struct.pack("<I", n_bytes))
        start = file.tell()
        file.truncate(start + n_bytes)
        for at_s, sound in parts.items():
            file.seek(start + round(at_s * rate) * n_channels * 2)
            file.write(np.rint(sound.T * 32_767).astype("<i2").tobytes())
    return str(path)
