"""Chinese that was read in the wrong encoding is read again; sound text is never touched."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import mutagen
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.audio.mending import mended
from songloom.core.audio.probe import probe
from songloom.core.audio.tags import clean
from tests.core.audio.sounds import tone, write, write_wav
from tests.core.audio.tagged import id3

NAMES = [
    "周杰伦",
    "青花瓷",
    "千里之外",
    "五月天",
    "Beyond - 海阔天空",
    "《红豆》（现场版）",
    "王菲、那英",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_bytes_that_were_read_as_latin_1_are_read_again(name: str, encoding: str) -> None:
    assert mended(name.encode(encoding).decode("latin-1")) == name


@pytest.mark.parametrize("name", NAMES)
def test_bytes_that_are_no_utf_8_are_read_as_gbk(name: str) -> None:
    assert mended(name.encode("gbk").decode("utf-8", "surrogateescape")) == name


@pytest.mark.parametrize(
    "name",
    [
        *NAMES,
        "",
        "Plain ASCII",
        "Björk",
        "Sigur Rós",
        "Motörhead",
        "Beyoncé",
        "Édith Piaf",
        "Mötley Crüe",
        "Antonín Dvořák",
        "Queensrÿche",
        "Señorita ¿qué?",
        "Øystein Sevåg",
        "Ünloco",
        "Жанна",
        "久石譲",
        "½ ° × ²",
        "naïve",
        "Hüsker Dü",
        "Blue Öyster Cult",
    ],
)
def test_what_is_right_stays(name: str) -> None:
    assert mended(name) == name


@given(text=st.text(max_size=40))
def test_mending_twice_changes_nothing_more(text: str) -> None:
    assert mended(mended(text)) == mended(text)


@given(text=st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1))
def test_text_of_hanzi_is_never_touched(text: str) -> None:
    assert mended(text) == text


@given(text=st.text(max_size=60))
def test_cleaned_text_can_be_written_anywhere(text: str) -> None:
    found = clean(text)
    assert found.encode().decode() == found
    assert "\x00" not in found
    assert clean(found) == found


def test_old_id3_tags_in_gbk_are_read_right(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", tone(440, 0.5))
    written = id3.ID3()
    for frame, text in (("TIT2", "青花瓷"), ("TPE1", "周杰伦"), ("TALB", "我很忙")):
        spelled = text.encode("gbk").decode("latin-1")
        written.add(getattr(id3, frame)(encoding=0, text=[spelled]))
    written.save(path, v2_version=3)
    tags = probe(str(path))["tags"]
    assert (tags["title"], tags["artist"], tags["album"]) == (["青花瓷"], ["周杰伦"], ["我很忙"])


def test_latin_names_in_the_same_place_stay(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", tone(440, 0.5))
    written = id3.ID3()
    written.add(id3.TPE1(encoding=0, text=["Björk"]))
    written.save(path, v2_version=3)
    assert probe(str(path))["tags"]["artist"] == ["Björk"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_in_a_wav_of_either_encoding(tmp_path: Path, encoding: str) -> None:
    path = write_wav(tmp_path / "a.wav", tone(440, 0.2))
    text = "后来".encode(encoding)
    text += b"\x00" * (len(text) % 2)
    info = b"INFO" + b"INAM" + struct.pack("<I", len(text)) + text
    content = path.read_bytes() + b"LIST" + struct.pack("<I", len(info)) + info
    path.write_bytes(content[:4] + struct.pack("<I", len(content) - 8) + content[8:])
    assert probe(str(path))["tags"]["title"] == ["后来"]


def test_doubly_encoded_vorbis_comments_are_read_right(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", tone(440, 0.2))
    file: Any = mutagen.File(path)
    file["title"] = ["七里香".encode().decode("latin-1")]
    file.save()
    assert probe(str(path))["tags"]["title"] == ["七里香"]
