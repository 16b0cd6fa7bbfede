"""The hash of the sound: new tags leave it, another sound of the same length changes it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import mutagen
import pytest

from songloom.core.audio.decode import opened
from songloom.core.audio.probe import probe
from tests.core.audio import tagged
from tests.core.audio.sounds import tone, write

FORMATS = ["mp3", "flac", "ogg", "opus", "m4a", "wav"]


def sound_of(path: Path) -> str:
    found = probe(str(path))["sound_sha256"]
    assert len(found) == 64
    return str(found)


@pytest.mark.parametrize("name", FORMATS)
def test_tags_and_pictures_are_no_part_of_the_sound(tmp_path: Path, name: str) -> None:
    bare = write(tmp_path / f"bare.{name}", tone(440, 1.0, 48_000), 48_000)
    full = tagged.tagged(tmp_path, name)
    assert bare.read_bytes() != full.read_bytes()
    assert sound_of(full) == sound_of(bare)


@pytest.mark.parametrize("name", FORMATS)
def test_tags_taken_away_leave_the_sound(tmp_path: Path, name: str) -> None:
    full = tagged.tagged(tmp_path, name)
    stripped = Path(shutil.copyfile(full, tmp_path / f"stripped.{name}"))
    file: Any = mutagen.File(stripped)
    file.delete()
    assert stripped.stat().st_size < full.stat().st_size
    assert sound_of(stripped) == sound_of(full)


@pytest.mark.parametrize("name", FORMATS)
def test_another_sound_of_the_same_length_has_another_hash(tmp_path: Path, name: str) -> None:
    low = write(tmp_path / f"low.{name}", tone(440, 1.0, 48_000), 48_000)
    high = write(tmp_path / f"high.{name}", tone(1_760, 1.0, 48_000), 48_000)
    assert sound_of(low) != sound_of(high)


def test_the_gain_in_the_header_of_opus_is_part_of_the_sound(tmp_path: Path) -> None:
    path = write(tmp_path / "song.opus", tone(440, 1.0, 48_000), 48_000)
    before, head = sound_of(path), path.read_bytes()
    at = head.index(b"OpusHead") + 16  # RFC 7845: output gain, Q7.8 dB, little endian
    page = bytearray(head)
    page[at : at + 2] = (-6 * 256).to_bytes(2, "little", signed=True)
    page[22:26] = ogg_checksum(bytes(page[:22] + bytes(4) + page[26 : at + 3]))
    path.write_bytes(page)
    assert sound_of(path) != before


def ogg_checksum(page: bytes) -> bytes:
    """RFC 3533: polynomial 0x04c11db7, no reflection, begins with 0."""
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc.to_bytes(4, "little")


def test_whoever_does_not_ask_pays_for_no_hash(tmp_path: Path) -> None:
    path = write(tmp_path / "song.flac", tone(440, 0.2))
    with opened(str(path)) as sound:
        assert sum(block.shape[1] for block in sound.blocks()) == sound.n_samples
        assert sound.sound_sha256 == ""
