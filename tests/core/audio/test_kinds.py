"""Every kind of file that can be made here, every rate and width: measured for what it is.

Not tried for want of an encoder: Musepack. DSF, DSDIFF and the frame of Monkey's Audio that says
nothing but silence are written by hand; a tenth of a second of DTS was encoded by FFmpeg.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from songloom.core.audio import Audio, decode
from songloom.core.features import analyse_file
from songloom.errors import Truncated
from tests.core.audio.sounds import tone, write_wav

HZ = 1_000.0
FIELDS = ("duration_s", "sample_rate", "channels", "dominant_hz")
DSD_RATE = 2_822_400
DTS = (  # ffmpeg -f lavfi -i sine=1000:sample_rate=48000:duration=0.1 -ac 1 -c:a dca -strict -2
    "eNqr/9fA+MeG/4PJAUYLBsb3zWkskxgYGBmAgC9qylRFNsu+4CmLFZwEWhQ5gIQCUFzkg99ENu7tZ+cYZx2d9a37"
    "ll7a1knHtG5ox60turoAKC//h2UfR//uBpAZ9g/2XxSUb6rq6PgZ7TLJv/5UR8c/U/nQxE+rJr8Rff//1cG4///W"
    "CB7/f5mlkPmAHQMTyOYGBgcGBQYBHhbm4kUOuX8SDATq8j+p9ikHt2oEtdma1/36p2QpuHr+EbePXr77PNSldv5x"
    "MaqcezYu3TQ8rpPJU///vk6Gj/r/LWz4Tf//Z29n4GdsYGNjOnAgQoKbmTGhQIwdSMj/f8AAAfVo/k////8jSFxw"
    "Ql/CAkUDJ4cJYI/Dfc+3hk1MglGAga2BxQFIcTAISTAGMDAzaNgwCvAVBclfyJ4zpf2L1HNVxSc7g+OPxaiemvXP"
    "6KFeyPVHl4VzJ+tuSli+JHATw4OjB7ubGBj4M7IYG0JDQfaJ20T8YGCec0Br1f7/B0zXdDRor2sAs63fN1jxFk+a"
    "8K855skS+wXXLZX1hJ761ksWTNfK/nG6ZWdMYNZtteiUg/cvLF/CpMcTI7GDgYn7FX8Gw6pVIHM5tIsPMHCeYwgN"
    "rf/fEHXNhaH0OoRd+70BSGL4P/n//w8OQH0sacozNDh8BCYow72vyAEUZ171sLWNwYWBcQHQ9w7AGGNpYwhhYDjA"
    "xc/gwqr4l23nSY96x3WggMgq7ImtNOSCkxUFD8EBsDil/AuDxA7DgiQGhivMTb+gAcC+y6aBQeY5xHG6WUoMsaUN"
    "YHZ8bYMl3FBQ6E4WWC5x9DqC/PDwdM7M3Mmstkq9E9jZgEEgwMBQ7RzAw7RqBcjgls93GRiKZ7CGhv//wbZ1ogBr"
    "6QUwm732A/v/Hzj9nwL1vwqa/1czIvzvgup/doQbgSlAJfVQzMr1j2GxpXm4fdvJaTcNyr9ovmTobhZn02NgaPrV"
    "fItBaxUoqzBx3fnAwFTcIBoa//+B2NaJDLKlB8Bs+doHIpAEBQ1cJDNBKaDxcOs2n20nm3on3r/AkARMWB0MzAF8"
    "3K8YQ0NAvtepaVqAK1ixxf9o+h9N/6PpfzT9j9T0n8IyuQHW/rm2Fdj+4VJsQU0BIh/O9P0DtX9M885uFjsjBW//"
    "bCw6uv+E4p/9TwT+xX/iKGrJNAKhBAbsQBAIRENDQx0QbRFUIK/9i1lA+MZlG703nkItmUEsS+UZFBQWKNb09yrI"
    "P5j3yGLdoQXyD+oeXFvPu5Gxtp3zecjrqdPPB56t/OC+fd3870E5YdId/o/YZ/A3LlAwYWFraPjBwQ8jRJsfhP//"
    "B7IFAL1rvW4="
)
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
        ("a.ac3", "ac3", "fltp", False),
        ("a.eac3", "eac3", "fltp", False),
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


def one_bit(n: int) -> NDArray[np.uint8]:
    """A tone in one bit a sample, first-order: the sum of the bits follows the sum of the tone."""
    wave = 0.5 + 0.25 * np.sin(2 * np.pi * HZ * np.arange(n) / DSD_RATE)
    return np.diff(np.floor(np.cumsum(wave)), prepend=0).astype(np.uint8)


def dsf(path: Path, seconds: float) -> Path:
    """Sony's file of one-bit sound: blocks of each channel in turn, the first bit lowest."""
    n_blocks = round(seconds * DSD_RATE / 8 / BLOCK_BYTES)
    n = n_blocks * BLOCK_BYTES * 8
    one = np.packbits(one_bit(n), bitorder="little").reshape(n_blocks, BLOCK_BYTES)
    body = np.stack([one, one], axis=1).tobytes()
    form = struct.pack("<4sQIIIIIIQII", b"fmt ", 52, 1, 0, 2, 2, DSD_RATE, 1, n, BLOCK_BYTES, 0)
    head = struct.pack("<4sQQQ", b"DSD ", 28, 28 + 52 + 12 + len(body), 0)
    path.write_bytes(head + form + struct.pack("<4sQ", b"data", 12 + len(body)) + body)
    return path


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">Q", len(body)) + body + b"\0" * (len(body) % 2)


def dff(path: Path, seconds: float) -> Path:
    """Philips' file of one-bit sound: a byte of each channel in turn, the first bit highest."""
    one = np.packbits(one_bit(round(seconds * DSD_RATE / 8) * 8))
    about = chunk(b"FS  ", struct.pack(">I", DSD_RATE))
    about += chunk(b"CHNL", struct.pack(">H", 2) + b"SLFTSRGT")
    about += chunk(b"CMPR", b"DSD \x0enot compressed\x00")
    body = chunk(b"DSD ", np.stack([one, one], axis=1).tobytes())
    form = b"DSD " + chunk(b"FVER", b"\x01\x05\0\0") + chunk(b"PROP", b"SND " + about) + body
    path.write_bytes(chunk(b"FRM8", form))
    return path


@pytest.mark.parametrize("made", [dsf, dff])
def test_one_bit_sound_is_heard_at_an_eighth_of_its_rate(
    tmp_path: Path, made: Callable[[Path, float], Path]
) -> None:
    path = made(tmp_path / f"a.{made.__name__}", 0.3)
    found = analyse_file(str(path), FIELDS).features
    assert (found["sample_rate"], found["channels"]) == (DSD_RATE // 8, 2)
    assert found["dominant_hz"] == pytest.approx(HZ, abs=1)


def test_the_speech_of_phones_is_heard(tmp_path: Path) -> None:
    sound = tone(HZ, 1.0, 8_000, channels=1)
    path = encoded(tmp_path / "a.amr", "libopencore_amrnb", sound, 8_000, "s16")
    found = analyse_file(str(path), FIELDS).features
    assert (found["sample_rate"], found["channels"]) == (8_000, 1)
    assert found["dominant_hz"] == pytest.approx(HZ, abs=1)
    assert found["duration_s"] == pytest.approx(1.0, abs=0.05)


def test_the_sound_of_discs_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "a.dts"
    path.write_bytes(zlib.decompress(base64.b64decode(DTS)))
    found = analyse_file(str(path), FIELDS).features
    assert (found["sample_rate"], found["channels"]) == (48_000, 1)
    assert found["dominant_hz"] == pytest.approx(HZ, abs=5)
    assert found["duration_s"] == pytest.approx(0.1, abs=512 / 48_000)  # a whole frame


def ape(path: Path, n_samples: int) -> Path:
    """Monkey's Audio 3.99 with one stereo frame, marked as silent: it needs no entropy coder."""
    frame = struct.pack("<II", 1 << 31, 3) + bytes(16)
    about = struct.pack("<HHIIIHHI", 1_000, 0x20, 73_728 * 4, n_samples, 1, 16, 2, 44_100)
    sizes = (52, len(about), 4, 0, len(frame), 0, 0)
    head = b"MAC " + struct.pack("<HH7I", 3_990, 0, *sizes) + bytes(16)
    first = struct.pack("<I", len(head) + len(about) + 4)
    path.write_bytes(head + about + first + frame)
    return path


def test_the_silence_of_a_monkey_lasts_to_the_sample(tmp_path: Path) -> None:
    path = ape(tmp_path / "a.ape", 44_101)
    sound, rate = decode.read(str(path))
    assert (sound.shape, rate) == ((2, 44_101), 44_100)
    assert not sound.any()
    found = analyse_file(str(path))
    assert found.features["silences_s"] == [[0.0, pytest.approx(1.0, abs=0.02)]]
    assert found.reasons["tempo_bpm"]


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"FRM8", "DSDIFF"),
        (b"#!AMR\n", "AMR"),
        (b"\x0b\x77", "AC-3"),
        (b"\x7f\xfe\x80\x01", "DTS"),
    ],
)
def test_what_only_begins_like_a_kind_is_refused_by_its_name(
    tmp_path: Path, start: bytes, kind: str
) -> None:
    path = tmp_path / "a.mp3"  # an ending is not believed
    path.write_bytes(start + b"nothing more")
    with pytest.raises(Truncated, match=kind):
        decode.read(str(path))


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
