"""Listening to one file: tags completed by names, covers from file or folder, limits kept."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import mutagen
import pytest
from mutagen.flac import Picture
from pytest_django import Settings

from songloom.acquire import hearing
from songloom.errors import (
    BeyondLimits,
    Cancelled,
    DiskFull,
    EmptyFile,
    NoSuchFile,
    NotAudio,
    StorageAway,
    WebPage,
)
from songloom.library.heard import Heard
from tests.acquire.sounds import make_song, picture


@pytest.fixture(autouse=True)
def tmp(tmp_path: Path, settings: Settings) -> Path:
    settings.HOME = tmp_path / "home"
    (settings.HOME / "tmp").mkdir(parents=True)
    return tmp_path / "home" / "tmp"


def hear(path: Path, **options: object) -> Heard:
    with hearing.heard(path, **{"name": path.name, **options}) as heard:  # type: ignore[arg-type]
        return heard


def test_what_is_heard(tmp_path: Path) -> None:
    song = make_song(tmp_path / "a.flac", seconds=0.5, title="T", artist=["A", "B"])
    heard = hear(song)
    assert (heard.format, heard.sample_rate, heard.channels, heard.duration_s) == (
        "flac",
        8_000,
        2,
        0.5,
    )
    assert (heard.size_bytes, heard.original_name) == (song.stat().st_size, "a.flac")
    assert heard.tags["artist"] == ["A", "B"]
    assert heard.tags["title"] == ["T"]
    assert not heard.is_truncated


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, {"title": ["Title"], "artist": ["Artist"], "tracknumber": ["1"]}),
        ({"artist": "X"}, {"title": ["Title"], "artist": ["X"], "tracknumber": ["1"]}),
        ({"tracknumber": "7"}, {"title": ["Title"], "artist": ["Artist"], "tracknumber": ["7"]}),
        ({"title": "Y"}, {"title": ["Y"]}),
        ({"title": "Y", "album": "Z"}, {"title": ["Y"], "album": ["Z"]}),
    ],
)
def test_a_name_completes_the_tags_only_where_there_is_no_title(
    tmp_path: Path, tags: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    song = make_song(tmp_path / "01 - Artist - Title.flac", **tags)
    assert dict(hear(song).tags) == expected


def test_folders_complete_them_too(tmp_path: Path) -> None:
    song = make_song(tmp_path / "02 Song.wav")
    tags = hear(song, folders=("Somebody", "1999 - Something")).tags
    assert (tags["album"], tags["artist"], tags["date"]) == (["Something"], ["Somebody"], ["1999"])


# --- covers ----------------------------------------------------------------------------------


def with_picture(song: Path, drawn: bytes) -> Path:
    flac = mutagen.File(song)
    front = Picture()  # type: ignore[no-untyped-call]
    front.data, front.type, front.mime = drawn, 3, "image/png"
    flac.add_picture(front)
    flac.save()
    return song


def cover_bytes(path: Path, **options: object) -> bytes | None:
    with hearing.heard(path, name=path.name, **options) as heard:  # type: ignore[arg-type]
        return heard.cover.read_bytes() if heard.cover else None


def test_the_picture_in_the_file_wins_over_the_folders(tmp_path: Path) -> None:
    inside, beside = picture(colour=(1, 2, 3)), picture(colour=(9, 9, 9))
    song = with_picture(make_song(tmp_path / "a.flac"), inside)
    (tmp_path / "cover.png").write_bytes(beside)
    assert cover_bytes(song, beside=tmp_path) == inside
    assert cover_bytes(make_song(tmp_path / "b.wav"), beside=tmp_path) == beside
    assert cover_bytes(tmp_path / "b.wav") is None


def test_the_extracted_picture_is_gone_after_the_block(tmp_path: Path, tmp: Path) -> None:
    song = with_picture(make_song(tmp_path / "a.flac"), picture())
    with hearing.heard(song, name="a.flac") as heard:
        assert heard.cover is not None
        assert heard.cover.is_file()
    assert not heard.cover.exists()
    assert list(tmp.iterdir()) == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["cover.jpg", "folder.jpg"], "cover.jpg"),
        (["folder.jpg", "front.png"], "folder.jpg"),
        (["Front.PNG", "AlbumArt.jpg"], "Front.PNG"),
        (["COVER.WEBP"], "COVER.WEBP"),
        (["back.jpg", "cd.jpg"], None),
        (["cover.txt", "cover.svg"], None),
        ([], None),
    ],
)
def test_which_picture_of_a_folder(tmp_path: Path, names: list[str], expected: str | None) -> None:
    for name in names:
        (tmp_path / name).touch()
    found = hearing.cover_in(tmp_path)
    assert (found.name if found else None) == expected


def test_a_cover_that_is_a_link_or_a_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "cover.jpg").symlink_to(tmp_path / "secret")
    assert hearing.cover_in(tmp_path) is None
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "cover.jpg").mkdir()
    assert hearing.cover_in(tmp_path / "other") is None
    assert hearing.cover_in(tmp_path / "nowhere") is None


# --- limits ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", EmptyFile), (b"<html>", WebPage), (b"nothing" * 99, NotAudio), (None, NoSuchFile)],
)
def test_a_refusal_leaves_no_folder_behind(
    tmp_path: Path, tmp: Path, content: bytes | None, error: type[Exception]
) -> None:
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error):
        hear(path)
    assert list(tmp.iterdir()) == []


def test_a_decoder_beyond_its_limits_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "LEAST_CPU_S", 0.0)
    monkeypatch.setattr(hearing, "CPU_S_PER_MB", 1e-9)
    with pytest.raises(BeyondLimits):
        hear(make_song(tmp_path / "a.flac", seconds=30.0))


def test_listening_can_be_cancelled(tmp_path: Path) -> None:
    over = threading.Event()
    over.set()
    with pytest.raises(Cancelled):
        hear(make_song(tmp_path / "a.flac", seconds=60.0), cancelled=over.is_set)


def test_outside_a_job_nobody_cancels() -> None:
    assert not hearing.is_cancelled()


@pytest.fixture
def without_tmp(tmp: Path) -> Path:
    tmp.rmdir()
    tmp.touch()  # a file where the folder should be
    return tmp


def test_a_home_that_cannot_be_written_is_said_so(tmp_path: Path, without_tmp: Path) -> None:
    with pytest.raises((StorageAway, DiskFull)):
        hear(make_song(tmp_path / "a.wav"))
