"""Which files of a folder are looked at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from songloom.acquire.walking import audio_files, is_audio
from songloom.errors import StorageAway
from tests.acquire.sounds import make_song


def paths(root: Path) -> list[str]:
    return [seen.path for seen in audio_files(root)]


def test_audio_is_found_by_its_ending_or_its_first_bytes(tmp_path: Path) -> None:
    for name in ("b.MP3", "a.flac", "deep/er/c.ogg", "x.jpg", "notes.txt", "no ending", "song.xyz"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"whatever")
    make_song(tmp_path / "real.flac").rename(tmp_path / "unnamed")
    assert paths(tmp_path) == ["a.flac", "b.MP3", "deep/er/c.ogg", "unnamed"]
    assert not is_audio(str(tmp_path / "gone"))


def test_hidden_things_and_those_of_machines_are_left_out(tmp_path: Path) -> None:
    for name in (".a.mp3", "._b.mp3", ".git/c.mp3", "@eaDir/d.mp3", "#recycle/e.mp3", "good.mp3"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert paths(tmp_path) == ["good.mp3"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "secret.mp3").touch()
    (root / "a.mp3").touch()
    (root / "link.mp3").symlink_to(outside / "secret.mp3")
    (root / "folder").symlink_to(outside)
    (root / "loop").symlink_to(root)
    assert paths(root) == ["a.mp3"]


def test_size_and_time_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"12345")
    os.utime(tmp_path / "a.mp3", ns=(1, 1_700_000_000_123_456_789))
    (seen,) = audio_files(tmp_path)
    assert (seen.size_bytes, seen.modified_ns) == (5, 1_700_000_000_123_456_789)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StorageAway):
        paths(tmp_path / "gone")
    (tmp_path / "file").touch()
    with pytest.raises(StorageAway):
        paths(tmp_path / "file")


def test_special_files_are_no_audio(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    assert paths(tmp_path) == []
