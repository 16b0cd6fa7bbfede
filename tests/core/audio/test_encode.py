"""What goes into a file comes out of it, and the same sound gives the same bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pytest
import soundfile

from songloom.core.audio import decode, encode, vorbis
from songloom.core.audio.encode import rounded
from songloom.core.audio.formats import (
    ALIASES,
    FORMATS,
    RENDITIONS,
    rendition_format,
    stream_format,
)
from songloom.core.audio.tagging import write_tags
from songloom.errors import BadValue
from tests.core.audio.sounds import cut_at, noise, tone, write

NAMES = ["mp3", "opus", "flac", "ogg", "m4a", "wav", "aac"]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_sound_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    sound = noise(48_000)
    first = write(tmp_path / f"a.{name}", sound, 48_000).read_bytes()
    again = write(tmp_path / f"b.{name}", sound, 48_000).read_bytes()
    assert first == again


@pytest.mark.parametrize("name", NAMES)
def test_another_process_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    here = write(tmp_path / f"a.{name}", tone(440, 0.5, 48_000), 48_000).read_bytes()
    there = tmp_path / f"b.{name}"
    script = (
        "from pathlib import Path\n"
        "from tests.core.audio.sounds import tone, write\n"
        f"write(Path({str(there)!r}), tone(440, 0.5, 48_000), 48_000)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    assert there.read_bytes() == here


@pytest.mark.parametrize("name", ["flac", "wav"])
def test_24_bits_are_kept(tmp_path: Path, name: str) -> None:
    steps = np.random.default_rng(3).integers(-(2**23), 2**23, (2, 5_000))
    sound = (steps / 2**23).astype(np.float32)
    path = write(tmp_path / f"a.{name}", sound, 96_000, bits=24)
    found, _ = decode.read(str(path))
    assert np.array_equal(found, sound)
    with decode.opened(str(path)) as opened:
        assert opened.bits == 24


@pytest.mark.parametrize("name", ["flac", "wav", "ogg"])
def test_an_independent_reader_hears_the_same(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / f"a.{name}", noise(20_000))
    theirs, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    ours, _ = decode.read(str(path))
    assert rate == 44_100
    assert np.abs(theirs.T - ours).max() < 1e-5


@pytest.mark.parametrize(
    ("name", "kbps"),
    [
        ("mp3", 64),
        ("mp3", 320),
        ("opus", 32),
        ("opus", 256),
        ("m4a", 96),
        ("ogg", 96),
        ("ogg", 256),
    ],
)
def test_the_bit_rate_is_about_what_was_asked(
    tmp_path: Path, name: str, kbps: int, real_song: Path
) -> None:
    sound, rate = decode.read(str(real_song))
    sound = sound[:, : 20 * rate]
    target = FORMATS[name].nearest_rate(rate)
    path = write(tmp_path / f"a.{name}", sound, target, bit_rate_kbps=kbps)
    measured = path.stat().st_size * 8 / 1_000 / (sound.shape[1] / target)
    assert kbps * 0.5 < measured < kbps * 1.4  # variable rates follow the music


def test_more_bits_sound_better(tmp_path: Path, real_song: Path) -> None:
    sound, rate = decode.read(str(real_song))
    sound = sound[:, : 10 * rate]
    for name in ("mp3", "ogg", "m4a"):
        errors = []
        for kbps in (64, 256):
            path = write(tmp_path / f"{kbps}.{name}", sound, rate, bit_rate_kbps=kbps)
            found = decode.read(str(path))[0][:, : sound.shape[1]]
            errors.append(float(((found - sound[:, : found.shape[1]]) ** 2).mean()))
        assert errors[1] < errors[0] / 3


@pytest.mark.parametrize("name", ["opus", "flac", "ogg", "m4a", "wav"])
@pytest.mark.parametrize("channels", [1, 3, 5, 6, 7, 8])
def test_mono_and_surround_keep_their_channels_apart(
    tmp_path: Path, name: str, channels: int
) -> None:
    sound = np.stack([tone(300 + 200 * n, 1.0, 48_000, channels=1)[0] for n in range(channels)])
    if channels not in FORMATS[name].channels:
        assert (name, channels) in {("opus", 5), ("opus", 7), ("opus", 8)}
        assert FORMATS[name].nearest_channels(channels) == 2
        return
    bass = 3 if channels > 5 else -1  # it loses what lies above 120 Hz
    if bass > 0:
        sound[bass] = 0
    found, _ = decode.read(str(write(tmp_path / f"a.{name}", sound, 48_000)))
    assert found.shape[0] == channels
    for n in range(channels):
        if n == bass:
            continue
        spectrum = np.abs(np.fft.rfft(found[n, 4_000:44_000]))
        assert spectrum.argmax() * 48_000 / 40_000 == pytest.approx(300 + 200 * n, abs=2)


def test_rounding_is_to_the_nearest_step_and_clips_at_full_scale() -> None:
    block = np.array([[0.0, 1.0, -1.0, 2.0, -2.0, 0.4 / 32_768, 0.6 / 32_768]], np.float32)
    expected = [[0, 32_767, -32_768, 32_767, -32_768, 0, 1]]
    assert rounded(block, 16).tolist() == expected


def test_a_failure_while_writing_does_not_hang(tmp_path: Path) -> None:
    for name in ("flac", "ogg"):
        target = encode.encoder(
            str(tmp_path / f"a.{name}"), FORMATS[name], sample_rate=44_100, channels=2
        )
        with pytest.raises(ValueError, match="stopped"), target:
            _stop(target)


def _stop(target: encode.Encoder) -> None:
    target.write(noise(100))
    raise ValueError("stopped")


# ------------------------------------------------------------------ formats


@pytest.mark.parametrize(
    ("name", "rate", "expected"),
    [
        ("mp3", 44_100, 44_100),
        ("mp3", 96_000, 48_000),
        ("mp3", 4_000, 8_000),
        ("mp3", 45_000, 48_000),
        ("opus", 44_100, 48_000),
        ("opus", 192_000, 48_000),
        ("m4a", 192_000, 96_000),
        ("flac", 12_345, 12_345),
        ("wav", 192_000, 192_000),
    ],
)
def test_the_nearest_rate_loses_as_little_as_can_be(name: str, rate: int, expected: int) -> None:
    assert FORMATS[name].nearest_rate(rate) == expected


@pytest.mark.parametrize("name", [name for name in NAMES if FORMATS[name].kbps])
def test_a_bit_rate_outside_the_range_is_refused_with_both_numbers(name: str) -> None:
    form = FORMATS[name]
    assert form.kbps is not None
    lowest, default, highest = form.kbps
    assert form.checked_kbps(None) == default
    for wrong in (lowest - 1, highest + 1, 0, -5):
        with pytest.raises(BadValue, match=f"{wrong} kbit/s; {lowest} to {highest} are allowed"):
            form.checked_kbps(wrong)


@pytest.mark.parametrize("name", ["flac", "wav"])
def test_lossless_formats_take_no_bit_rate(name: str) -> None:
    assert FORMATS[name].checked_kbps(128) is None
    assert not FORMATS[name].is_lossy


def test_spellings_of_formats() -> None:
    assert rendition_format("AAC").name == "m4a"
    assert rendition_format("vorbis").name == "ogg"
    assert stream_format("m4a").name == "aac"
    assert stream_format("ogg").name == "opus"
    assert {rendition_format(name).name for name in RENDITIONS} == set(RENDITIONS)
    assert all(stream_format(name).streams for name in FORMATS)
    assert set(ALIASES.values()) <= set(FORMATS)
    for wrong in ("", "midi", "exe; rm", "x" * 100):
        with pytest.raises(BadValue, match="there are mp3"):
            rendition_format(wrong)
        with pytest.raises(BadValue, match="there are mp3"):
            stream_format(wrong)


# ------------------------------------------------------------------ vorbis pages


def test_renumbering_keeps_the_sound_and_every_checksum(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ogg", noise(30_000))
    before, _ = decode.read(str(path))
    content = path.read_bytes()
    path.write_bytes(vorbis.renumbered(content, b"abcd"))
    assert path.read_bytes() != content
    assert np.array_equal(decode.read(str(path))[0], before)
    theirs, _ = soundfile.read(str(path))  # its reader checks every page
    assert len(theirs) == 30_000
    assert vorbis.renumbered(path.read_bytes()) == content


def test_the_checksum_is_that_of_the_ogg_specification() -> None:
    def slow(page: bytes) -> int:
        crc = 0
        for byte in page:
            crc ^= byte << 24
            for _ in range(8):
                crc = (crc << 1) ^ 0x104C1_1DB7 if crc & 0x8000_0000 else crc << 1
        return crc & 0xFFFF_FFFF

    for page in (b"", b"OggS", bytes(range(256)), b"\xff" * 77):
        assert vorbis.checksum(page) == slow(page)


def test_quality_rises_with_the_bit_rate() -> None:
    found = [vorbis.quality(kbps) for kbps in range(32, 520, 16)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0.0, 1.0)


# ------------------------------------------------------------------ tags


@pytest.mark.parametrize("name", ["mp3", "opus", "flac", "ogg", "m4a", "wav"])
def test_tags_are_written_the_same_every_time_and_read_by_others(tmp_path: Path, name: str) -> None:
    tags = {
        "artist": ["周杰伦", "费玉清"],
        "title": ["千里之外"],
        "genre": ["Pop"],
        "date": ["2006"],
        "musicbrainz_trackid": ["x"],
        "comment": ["no"],
        "album": [],
    }
    contents: list[bytes] = []
    for order in (list(tags), sorted(tags)):
        path = write(tmp_path / f"{len(contents)}.{name}", tone(440, 0.3, 48_000), 48_000)
        write_tags(str(path), {key: tags[key] for key in order})
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]
    file: Any = mutagen.File(path)
    spelled = str(dict(file.tags))
    assert "费玉清" in spelled
    assert "musicbrainz" not in spelled.lower()


def test_without_tags_a_file_is_left_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", noise(100))
    before = path.read_bytes()
    write_tags(str(path), {"comment": ["x"]})
    assert path.read_bytes() == before


def test_blocks_do_not_change_a_lossless_file(tmp_path: Path) -> None:
    sound = noise(30_000)
    whole = write(tmp_path / "a.flac", sound)
    pieces = tmp_path / "b.flac"
    with encode.encoder(str(pieces), FORMATS["flac"], sample_rate=44_100, channels=2) as target:
        for block in cut_at(sound, [1, 2, 5_000, 17_777]):
            target.write(block)
    assert target.n_samples == 30_000
    assert np.array_equal(decode.read(str(pieces))[0], decode.read(str(whole))[0])
