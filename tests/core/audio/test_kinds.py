"""Every kind of file that can be made here, every rate and width: measured for what it is.

Not tried for want of an encoder: Monkey's Audio, Musepack. DSF is written by hand.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from songloom.core.audio import Audio, decode
from songloom.core.features import analyse_file
from tests.core.audio.sounds import tone, write_wav

HZ = 1_000.0
FIELDS = ("duration_s", "sample_rate", "channels", "dominant_hz")
DSD_RATE = 2_822_400
BLOCK_BYTES = 4_096


def encoded(path: Path, codec: str, sound: Audio, rate: int, sample_format: str) -> Path:
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate)
        stream.layout = {1: "mono", 2: "stereo"}[len(sound)]
        stream.format, stream.bit_rate = sample_format, 192_000  # lossless ones take no notice
        resampler = av.AudioResampler(sample_format, stream.layout, rate)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", stream.layout.name)
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        fifo = av.AudioFifo()
        for one in (*resampler.resample(frame), *resampler.resample(None)):
            fifo.write(one)
        stream.open()
        size = stream.codec_context.frame_size or 1_024
        while (piece := fifo.read(size)) or (piece := fifo.read()):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec", "sample_format", "is_exact"),
    [
        ("a.wv", "wavpack", "s16p", True),
        ("a.tta", "tta", "s16", True),
        ("a.m4a", "alac", "s16p", True),
        ("a.wma", "wmav2", "fltp", False),
        ("a.wma", "wmav1", "fltp", False),
        ("a.aiff", "pcm_s16be", "s16", True),
        ("a.caf", "pcm_s16be", "s16", True),
        ("a.au", "pcm_s16be", "s16", True),
        ("a.mka", "flac", "s16", True),
        ("a.mp2", "mp2", "s16", False),
    ],
)
def test_a_tone_is_the_same_tone_in_every_kind_of_file(
    tmp_path: Path, name: str, codec: str, sample_format: str, is_exact: bool
) -> None:
    sound = tone(HZ, 1.0, 44_100)
    path = encoded(tmp_path / name, codec, sound, 44_100, sample_format)
    found = analyse_file(str(path), FIELDS).features
    assert (found["sample_rate"], found["channels"]) == (44_100, 2)
    assert found["dominant_hz"] == pytest.approx(HZ, abs=0.5)
    assert found["duration_s"] == pytest.approx(1.0, abs=1e-6 if is_exact else 0.15)
    if is_exact:
        assert np.abs(decode.read(str(path))[0] - sound).max() <= 1 / 32_768


def dsf(path: Path, seconds: float) -> Path:
    """A tone in one bit a sample, first-order: the sum of the bits follows the sum of the tone."""
    n_blocks = round(seconds * DSD_RATE / 8 / BLOCK_BYTES)
    n = n_blocks * BLOCK_BYTES * 8
    wave = 0.5 + 0.25 * np.sin(2 * np.pi * HZ * np.arange(n) / DSD_RATE)
    bits = np.diff(np.floor(np.cumsum(wave)), prepend=0).astype(np.uint8)
    one = np.packbits(bits, bitorder="little").reshape(n_blocks, BLOCK_BYTES)
    body = np.stack([one, one], axis=1).tobytes()
    form = struct.pack("<4sQIIIIIIQII", b"fmt ", 52, 1, 0, 2, 2, DSD_RATE, 1, n, BLOCK_BYTES, 0)
    head = struct.pack("<4sQQQ", b"DSD ", 28, 28 + 52 + 12 + len(body), 0)
    path.write_bytes(head + form + struct.pack("<4sQ", b"data", 12 + len(body)) + body)
    return path


def test_one_bit_sound_is_heard_at_an_eighth_of_its_rate(tmp_path: Path) -> None:
    path = dsf(tmp_path / "a.dsf", 0.3)
    found = analyse_file(str(path), FIELDS).features
    assert (found["sample_rate"], found["channels"]) == (DSD_RATE // 8, 2)
    assert found["dominant_hz"] == pytest.approx(HZ, abs=1)


@pytest.mark.parametrize(
    ("rate", "channels"), [(8_000, 1), (11_025, 2), (96_000, 3), (192_000, 8), (44_100, 6)]
)
def test_a_tenth_of_a_second_of_any_rate_and_width_is_measured_whole(
    tmp_path: Path, rate: int, channels: int
) -> None:
    """Every feature is a finite number or null with its reason."""
    path = write_wav(tmp_path / "a.wav", tone(HZ, 0.1, rate, channels=channels), rate)
    found = analyse_file(str(path))
    assert (found.features["sample_rate"], found.features["channels"]) == (rate, channels)
    assert found.features["duration_s"] == pytest.approx(0.1, abs=1 / rate)
    assert found.features["dominant_hz"] == pytest.approx(HZ, abs=5)
    null = {name for name, value in found.features.items() if value is None}
    assert null == found.reasons.keys()
