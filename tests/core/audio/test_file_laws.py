"""Files of every format, rate and size: as long as they say, the same twice, never believed."""

from __future__ import annotations

import hashlib
import importlib
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from songloom.core.audio import Audio, decode
from songloom.core.audio.encode import encoder
from songloom.core.audio.endings import ENDLESS_BYTES, promised_s, wav_s
from songloom.core.audio.formats import FORMATS
from songloom.core.audio.probe import probe
from songloom.core.audio.sniff import looks_like_html
from songloom.errors import EmptyFile, NotAudio, SongloomError, Truncated
from tests.core.audio.sounds import noise, tone, write, write_wav

soundfile: Any = importlib.import_module("soundfile")  # it has no types

LOSSLESS = ("flac", "wav")
LOSSY = ("mp3", "opus", "ogg", "m4a")
RATES = (8_000, 22_050, 44_100, 48_000)
# The most that a format may add or lose at its end, in samples at its own rate: a frame of MP3, of
# AAC with its delay; Opus says where it ends, Vorbis too, but for a sound that fits into one page:
# there the last block (at most 1,024) is played whole or not at all.
PADDING = {"mp3": 1_152, "m4a": 2_048, "opus": 0, "ogg": 1_024}


def sounding(rate: int, channels: int, n_samples: int = 3_001) -> Audio:
    """An odd number of samples: no multiple of any frame."""
    return tone(440.0, n_samples / rate, rate, channels=channels, level=0.4)[:, :n_samples]


# ------------------------------------------------------------------ lengths


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_is_every_sample_at_every_rate(
    tmp_path: Path, name: str, rate: int, channels: int
) -> None:
    sound = noise(1_001, channels)
    back, told = decode.read(str(write(tmp_path / f"a.{name}", sound, rate)))
    assert told == rate
    assert_array_equal(back, sound)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", LOSSY)
def test_lossy_is_as_long_as_it_was_within_its_padding(
    tmp_path: Path, name: str, rate: int, channels: int
) -> None:
    rate = FORMATS[name].nearest_rate(rate)
    path = write(tmp_path / f"a.{name}", sounding(rate, channels), rate)
    back, told = decode.read(str(path))
    assert (told, len(back)) == (rate, channels)
    assert abs(back.shape[1] - 3_001) <= PADDING[name]


SMALL = [
    (name, n_samples)
    for name in (*LOSSLESS, *LOSSY)
    for n_samples in (1, 2, 63, 64, 1_151, 1_152, 1_153)
    if name != "m4a" or n_samples > 44  # MP4 counts in milliseconds; under one there is nothing
]


@pytest.mark.parametrize(("name", "n_samples"), SMALL)
def test_the_smallest_files_can_be_read_again(tmp_path: Path, name: str, n_samples: int) -> None:
    rate = FORMATS[name].nearest_rate(44_100)
    path = write(tmp_path / f"a.{name}", noise(n_samples), rate)
    found = probe(str(path))
    assert found["format"] == name
    assert found["is_truncated"] is False
    assert abs(found["n_samples"] - n_samples) <= PADDING.get(name, 0)
    assert found["duration_s"] == found["n_samples"] / rate


# ------------------------------------------------------------------ what the numbers do


@pytest.mark.parametrize("name", [*LOSSLESS, *LOSSY])
@pytest.mark.parametrize("level", [0.0, 1.0, -1.0, 0.5])
def test_a_constant_is_finite_and_stays_one(tmp_path: Path, name: str, level: float) -> None:
    """Silence is silence in every format; a constant is one within what its encoder lets pass."""
    rate = FORMATS[name].nearest_rate(48_000)
    path = write(tmp_path / f"a.{name}", np.full((2, 9_600), level, np.float32), rate)
    back, _ = decode.read(str(path))
    assert np.isfinite(back).all()
    if level == 0.0:
        assert np.abs(back).max() <= 1 / 32_768  # one step of 16 bits
    if name in LOSSLESS:
        assert back == pytest.approx(min(level, 1 - 1 / 32_768), abs=1e-9)


@pytest.mark.parametrize("name", [*LOSSLESS, *LOSSY])
def test_what_passes_full_scale_clips_and_never_wraps(tmp_path: Path, name: str) -> None:
    """A sine four times too loud turns square; its sign stays where it was."""
    rate = FORMATS[name].nearest_rate(48_000)
    loud = tone(100.0, 0.1, rate) * np.float32(8)
    back, _ = decode.read(str(write(tmp_path / f"a.{name}", loud, rate)))
    n = min(back.shape[1], loud.shape[1])
    certain = np.abs(loud[:, :n]) > 2  # away from the crossings
    assert (np.sign(back[:, :n]) == np.sign(loud[:, :n]))[certain].mean() > 0.97
    assert np.abs(back).max() < 8.1


@pytest.mark.parametrize("name", [*LOSSLESS, *LOSSY])
def test_the_same_sound_is_the_same_file_to_the_bit_however_it_comes(
    tmp_path: Path, name: str
) -> None:
    """Twice, and the second time in pieces as uneven as can be."""
    rate = FORMATS[name].nearest_rate(44_100)
    sound = noise(7_000, 2, seed=3)
    once = write(tmp_path / f"once.{name}", sound, rate).read_bytes()
    path = tmp_path / f"again.{name}"
    with encoder(str(path), FORMATS[name], sample_rate=rate, channels=2) as target:
        for piece in np.split(sound, [1, 2, 999, 1_000, 4_096], axis=1):
            target.write(piece)
    assert target.n_samples == 7_000
    if name != "ogg":  # its reference encoder cuts its blocks by what it has been given
        assert path.read_bytes() == once
    assert write(tmp_path / f"third.{name}", sound, rate).read_bytes() == once


@pytest.mark.parametrize("n_samples", [700, 7_000, 44_100, 100_000])
def test_vorbis_begins_where_it_began_however_many_pages_it_has(
    tmp_path: Path, n_samples: int
) -> None:
    """An independent reader, of the reference library, hears the same at the same places."""
    path = write(tmp_path / "a.ogg", noise(n_samples, 1), 44_100)
    mine, _ = decode.read(str(path))
    theirs, _ = soundfile.read(path, always_2d=True, dtype="float32")
    n = min(mine.shape[1], len(theirs))
    assert len(theirs) == n_samples
    assert abs(mine.shape[1] - n_samples) <= PADDING["ogg"]
    np.testing.assert_allclose(mine[:, :n], theirs[:n].T, atol=1e-5)


@pytest.mark.parametrize("name", [*LOSSLESS, *LOSSY])
def test_a_probe_says_the_same_as_the_file_itself(tmp_path: Path, name: str) -> None:
    rate = FORMATS[name].nearest_rate(44_100)
    path = write(tmp_path / f"x.{name}", sounding(rate, 2), rate)
    found = probe(str(path))
    content = path.read_bytes()
    assert found["sha256"] == hashlib.sha256(content).hexdigest()
    assert found["size_bytes"] == len(content)
    assert (found["sample_rate"], found["channels"]) == (rate, 2)
    assert found["n_samples"] == decode.read(str(path))[0].shape[1]
    assert (found["tags"], found["cover"], found["lyrics"], found["warnings"]) == ({}, None, "", [])


@pytest.mark.parametrize("ending", ["mp3", "flac", "txt", "", "exe"])
def test_the_ending_of_a_name_is_never_believed(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    write(tmp_path / "a.ogg", sounding(44_100, 2), 44_100).rename(path)
    assert probe(str(path))["format"] == "ogg"


# ------------------------------------------------------------------ headers that lie


def wav_bytes(
    sound: bytes,
    *,
    kind: int = 1,
    channels: int = 1,
    rate: int = 8_000,
    bits: int = 16,
    claimed: int | None = None,
    before: bytes = b"",
) -> bytes:
    """A WAV by hand, so that any field may be wrong."""
    frame = channels * bits // 8
    fmt = struct.pack("<HHIIHH", kind, channels, rate, rate * frame % 2**32, frame % 65_536, bits)
    size = len(sound) if claimed is None else claimed
    body = b"WAVEfmt " + struct.pack("<I", 16) + fmt + before
    body += b"data" + struct.pack("<I", size) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


SOUND = (noise(800, 1)[0] * 32_768).astype("<i2").tobytes()  # 0.1 s at 8 kHz


@pytest.mark.parametrize("claimed", [1_602, 5_000, 10**6, ENDLESS_BYTES, 2**32 - 1])
def test_a_wav_that_claims_more_lasts_as_long_as_its_samples(tmp_path: Path, claimed: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(SOUND, claimed=claimed))
    found = probe(str(path))
    assert found["n_samples"] == 800
    # a claim of two samples more is within the tolerance, an endless one means a pipe
    assert found["is_truncated"] is (claimed in (5_000, 10**6))


@pytest.mark.parametrize("claimed", [2, 800, 1_598])
def test_a_wav_that_claims_less_lasts_no_longer_than_it_claims(
    tmp_path: Path, claimed: int
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(SOUND, claimed=claimed))
    found = probe(str(path))
    assert found["n_samples"] == claimed // 2
    assert not found["is_truncated"]


@pytest.mark.parametrize(
    "fields",
    [
        {"channels": 0},
        {"channels": 65_535},
        {"rate": 0},
        {"rate": 1},
        {"rate": 2**32 - 1},
        {"bits": 0},
        {"bits": 7},
        {"bits": 255},
        {"kind": 0},
        {"kind": 0x1234},
    ],
    ids=str,
)
def test_a_wav_with_an_impossible_field_is_refused_or_plays_with_sane_numbers(
    tmp_path: Path, fields: dict[str, int]
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(SOUND, **fields))  # type: ignore[arg-type]
    refused: SongloomError | None = None
    try:
        found = probe(str(path))
    except SongloomError as exc:
        refused = exc
    else:
        assert 4_000 <= found["sample_rate"] <= 768_000
        assert 1 <= found["channels"] <= 64
        assert found["n_samples"] <= len(SOUND)
    assert refused is None or isinstance(refused, NotAudio | EmptyFile)


def test_chunks_before_the_sound_are_passed_over_whatever_they_hold(tmp_path: Path) -> None:
    junk = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in ((b"LIST", b"INFOx"), (b"data"[::-1], b"data"), (b"bext", bytes(602)))
    )
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(SOUND, before=junk))
    assert wav_s(str(path)) == pytest.approx(0.1)
    assert probe(str(path))["n_samples"] == 800


def test_a_thousand_and_more_chunks_are_not_read_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(SOUND, before=(b"junk" + bytes(4)) * 2_000))
    assert wav_s(str(path)) is None


@pytest.mark.parametrize("n_bytes", [12, 20, 36, 43, 44])
def test_a_wav_of_only_a_header_is_truncated_or_empty(tmp_path: Path, n_bytes: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(SOUND)[:n_bytes])
    with pytest.raises((Truncated, EmptyFile, NotAudio)):
        probe(str(path))


@pytest.mark.parametrize("claimed", [1, 2_999, 3_002, 2**36 - 1])
def test_a_flac_that_lies_of_its_samples_lasts_as_long_as_it_sounds(
    tmp_path: Path, claimed: int
) -> None:
    """The total of STREAMINFO has 36 bits; the last 32 of them lie in bytes 22 to 25."""
    path = write(tmp_path / "a.flac", sounding(44_100, 2), 44_100)
    content = bytearray(path.read_bytes())
    content[21] = (content[21] & 0xF0) | (claimed >> 32)
    content[22:26] = (claimed & 0xFFFF_FFFF).to_bytes(4, "big")
    path.write_bytes(content)
    found = probe(str(path))
    assert found["n_samples"] == 3_001
    assert found["is_truncated"] is (claimed > 10_000)


def test_a_total_of_zero_means_that_a_flac_does_not_know(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", sounding(44_100, 2), 44_100)
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    path.write_bytes(content)
    found = probe(str(path))
    assert (found["n_samples"], found["is_truncated"]) == (3_001, False)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("name", ["flac", "wav"])
def test_a_file_cut_anywhere_is_called_cut(tmp_path: Path, name: str, share: float) -> None:
    path = write(tmp_path / f"a.{name}", noise(88_200, 1), 44_100)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    found = probe(str(path))
    assert found["is_truncated"]
    assert "truncated" in found["warnings"]
    assert found["claimed_s"] == pytest.approx(2.0)
    assert found["duration_s"] == pytest.approx(2.0 * share, abs=0.15)


def test_a_format_that_promises_nothing_promises_none(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", noise(100, 1), 8_000)
    assert promised_s(str(path), container_format="ogg", claimed_s=9.0) is None
    assert promised_s(str(path), container_format="flac", claimed_s=9.0) == 9.0


# ------------------------------------------------------------------ pages, and odd beginnings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("start", ["<!DOCTYPE html>", "  \n<HTML lang=zh>", "<!-- 音乐 --><html>"])
def test_a_page_is_seen_in_every_encoding_that_pages_have(start: str, encoding: str) -> None:
    assert looks_like_html(start.encode(encoding))


@pytest.mark.parametrize(
    "start", [b"", b"ID3<html>", b"fLaC", b"OggS<!doctype html", b"<svg", b"<"]
)
def test_what_only_holds_the_word_is_no_page(start: bytes) -> None:
    assert not looks_like_html(start)
