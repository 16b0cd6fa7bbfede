"""A glance says what the decoder would, or says nothing; whatever the file does to its reader."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import mutagen
import pytest

from songloom.core import sandbox
from songloom.core.audio import endings
from songloom.core.audio.glance import glance, glance_all, parts_sha256, whole_sha256
from songloom.core.audio.probe import probe
from songloom.errors import BeyondLimits
from tests.core.audio import tagged
from tests.core.audio.sounds import noise, tone, write

FORMATS = ["mp3", "flac", "ogg", "opus", "m4a", "wav"]
SAME = ("format", "codec", "bits", "sample_rate", "channels", "size_bytes", "parts_sha256",
        "tags", "lyrics", "cover")  # fmt: skip
FRAME_S = 0.06  # a frame of the coarsest codec, and its delay


def both(path: Path, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    seen = glance(str(path), str(folder))
    assert seen is not None
    return seen, probe(str(path), cover_dir=str(folder))


@pytest.mark.parametrize("name", FORMATS)
def test_it_says_what_the_decoder_says(tmp_path: Path, name: str) -> None:
    seen, heard = both(tagged.tagged(tmp_path, name), tmp_path)
    assert {key: seen[key] for key in SAME} == {key: heard[key] for key in SAME}
    assert seen["duration_s"] == pytest.approx(heard["duration_s"], abs=FRAME_S)
    assert seen["is_believed"]
    assert "sha256" not in seen  # nobody read all bytes


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_without_tags_is_as_sure(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "song.bin", noise(2 * 48_000), 48_000, name=name)
    seen = glance(str(path), str(tmp_path))
    if seen is None:
        assert name == "wav"  # its writer may have left words that only the decoder reads
        return
    heard = probe(str(path))
    assert (seen["tags"], seen["cover"], seen["lyrics"]) == (heard["tags"], None, "")
    assert seen["duration_s"] == pytest.approx(2.0, abs=FRAME_S)


@pytest.mark.parametrize("name", FORMATS)
def test_the_ending_of_its_name_means_nothing(tmp_path: Path, name: str) -> None:
    path = tagged.tagged(tmp_path, name)
    other = path.rename(tmp_path / "song.txt")
    seen = glance(str(other), str(tmp_path))
    assert seen is not None
    assert seen["format"] == name


@pytest.mark.parametrize("name", ["ogg", "opus", "m4a", "wav", "flac"])
def test_a_file_that_was_cut_short_is_left_to_the_decoder(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "song.bin", noise(4 * 48_000), 48_000, name=name)
    whole = path.read_bytes()
    share = 0.01 if name == "flac" else 0.6  # its headers do not say how many bytes come
    path.write_bytes(whole[: int(len(whole) * share)])
    assert glance_all([str(path)], str(tmp_path)) == [None]


def test_an_mp3_that_promises_more_than_it_has_is_left_to_the_decoder(tmp_path: Path) -> None:
    path = write(tmp_path / "song.mp3", noise(4 * 48_000), 48_000, name="mp3")
    whole = path.read_bytes()
    promised = endings.xing_s(whole)
    path.write_bytes(whole[: len(whole) // 2])
    seen = glance_all([str(path)], str(tmp_path))[0]
    if promised is not None:
        assert seen is None
    else:  # nothing was promised: what is there counts
        assert seen is not None
        assert seen["duration_s"] == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no song at all" * 20,
        b"ID3\x04\x00\x00\x00\x00\x7f\x7f",
        b"fLaC" + bytes(200),
        b"OggS" + bytes(200),
        b"RIFF\xff\xff\xff\xffWAVE" + bytes(100),
        b"\0\0\0\x10ftypM4A \0\0\0\0" + bytes(100),
        b"\xff\xfb\x90\x00" * 3,
        b"<!doctype html><html>" * 10,
    ],
)
def test_what_is_no_song_is_left_to_the_decoder(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(content)
    assert glance_all([str(path)], str(tmp_path)) == [None]


def test_one_bad_file_costs_the_others_nothing(tmp_path: Path) -> None:
    good = tagged.tagged(tmp_path, "flac")
    (tmp_path / "bad.flac").write_bytes(b"fLaC" + b"\xff" * 300)
    paths = [tmp_path / "nowhere.flac", good, tmp_path / "bad.flac", good]
    found = glance_all([str(path) for path in paths], str(tmp_path))
    assert [one is None for one in found] == [True, False, True, False]


def test_tags_that_only_the_decoder_reads_are_left_to_it(tmp_path: Path) -> None:
    path = write(tmp_path / "song.mp3", noise(48_000), 48_000, name="mp3")
    assert glance(str(path), str(tmp_path)) is not None
    with path.open("ab") as file:
        file.write(b"APETAGEX" + bytes(24))
    assert glance(str(path), str(tmp_path)) is None


def test_the_picture_of_an_album_is_written_once(tmp_path: Path) -> None:
    songs = [tagged.tagged(tmp_path, name) for name in ("mp3", "flac", "m4a")]
    (tmp_path / "pictures").mkdir()
    found = glance_all([str(song) for song in songs], str(tmp_path / "pictures"))
    covers = {one["cover"] for one in found if one is not None}
    assert len(covers) == 1
    assert [str(path) for path in (tmp_path / "pictures").iterdir()] == list(covers)


@pytest.mark.parametrize("n_bytes", [0, 1, 16_384, 16_385, 40_000, 200_000])
def test_parts_name_the_bytes_of_a_file(tmp_path: Path, n_bytes: int) -> None:
    content = bytes(noise(n_bytes, 1, seed=3).view("uint8")[0, :n_bytes])
    path, copy = tmp_path / "a", tmp_path / "b"
    path.write_bytes(content)
    copy.write_bytes(content)
    assert parts_sha256(str(path)) == parts_sha256(str(copy))
    for other in (content + b"\0", content[:-1], content[:-1] + b"\1", b"\1" + content[1:]):
        if other != content:
            copy.write_bytes(other)
            assert parts_sha256(str(path)) != parts_sha256(str(copy))


def test_parts_see_the_middle_and_not_all(tmp_path: Path) -> None:
    """A big file is not read whole: that is what candidates are compared for."""
    content = bytearray(1_000_000)
    path = tmp_path / "a"
    path.write_bytes(content)
    before = parts_sha256(str(path)), whole_sha256(str(path))
    content[500_100] = 1
    path.write_bytes(content)
    assert parts_sha256(str(path)) != before[0]
    content[500_100], content[100_000] = 0, 1
    path.write_bytes(content)
    assert parts_sha256(str(path)) == before[0]
    assert whole_sha256(str(path)) != before[1]


def test_new_tags_make_other_parts(tmp_path: Path) -> None:
    path = tagged.tagged(tmp_path, "flac")
    copy = shutil.copyfile(path, tmp_path / "copy.flac")
    file = mutagen.File(copy)
    assert file is not None
    file["title"] = ["Another"]
    file.save()
    assert parts_sha256(str(path)) != parts_sha256(str(copy))


def test_a_tag_that_claims_too_much_ends_with_its_child(tmp_path: Path) -> None:
    path = write(tmp_path / "song.flac", tone(440, 1.0), name="flac")
    limits = sandbox.Limits(memory_mb=0, cpu_s=5)
    asked = {"paths": [str(path)] * 50, "cover_dir": str(tmp_path)}
    path.write_bytes(b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(30_000_000))
    try:
        found = sandbox.call("songloom.core.audio.glance:glance_all", asked, limits=limits)
    except BeyondLimits:
        return
    assert found == [None] * 50
