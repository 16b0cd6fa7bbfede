"""Bytes coming in: counted, hashed, gone unless stored."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from songloom.acquire.outcomes import MOST_EXISTING, Outcome
from songloom.acquire.receiving import largest_bytes, read_file, received, writing
from songloom.errors import DiskFull, EmptyFile, NoSuchFile, NotAudio, StorageAway, TooLarge
from songloom.library.models import Track


@pytest.fixture(autouse=True)
def tmp(tmp_path: Path, settings: Settings) -> Path:
    settings.HOME = tmp_path / "home"
    return tmp_path / "home" / "tmp"  # made by whoever needs it first


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.binary(max_size=400), min_size=1).filter(any))
def test_what_comes_in_pieces_is_the_whole(tmp: Path, pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    counted: list[int] = []
    with received(pieces, progress=counted.append) as got:
        assert got.path.read_bytes() == whole
        assert got.sha256 == hashlib.sha256(whole).hexdigest()
        assert got.size_bytes == len(whole) == counted[-1]
        assert got.path.parent == tmp
    assert counted == sorted(counted)
    assert list(tmp.iterdir()) == []


@pytest.mark.parametrize("pieces", [[], [b""], [b"", b""]])
def test_nothing_is_an_empty_file(tmp: Path, pieces: list[bytes]) -> None:
    with pytest.raises(EmptyFile), received(pieces):
        pass
    assert list(tmp.iterdir()) == []


@pytest.mark.parametrize(("n_bytes", "is_taken"), [(999, True), (1_000, True), (1_001, False)])
def test_the_limit_is_exact(settings: Settings, n_bytes: int, is_taken: bool) -> None:
    settings.LARGEST_UPLOAD_MB = 0.001
    assert largest_bytes() == 1_000
    pieces = [b"x"] * n_bytes
    if is_taken:
        with received(pieces) as got:
            assert got.size_bytes == n_bytes
    else:
        with pytest.raises(TooLarge), received(pieces):
            pass


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(range(256)) * 9_000)
    assert b"".join(read_file(tmp_path / "a")) == (tmp_path / "a").read_bytes()


@pytest.mark.parametrize("name", ["missing", "folder"])
def test_what_cannot_be_read_is_said_without_its_path(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(NoSuchFile) as refused:
        list(read_file(tmp_path / name))
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EROFS, StorageAway),
        (errno.EIO, StorageAway),
        (errno.EACCES, StorageAway),
    ],
)
def test_what_a_failing_disk_means(number: int, error: type[Exception]) -> None:
    with pytest.raises(error), writing():
        raise OSError(number, os.strerror(number), "/a/path/of/the/server")
    with pytest.raises(error) as said, writing():
        raise OSError(number, os.strerror(number), "/a/path/of/the/server")
    assert "/a/path" not in str(said.value)


# --- outcomes --------------------------------------------------------------------------------


def test_a_track_met_twice_is_named_once() -> None:
    outcome, track = Outcome(), Track(title="x")
    outcome.stored(str(track.pk), is_new=True)
    outcome.stored(str(track.pk), is_new=False)
    assert outcome.document() == {
        "track_ids": [str(track.pk)],
        "added": [str(track.pk)],
        "existing": [],
        "n_existing": 0,
        "refused": [],
        "n_missing": 0,
    }


def test_known_tracks_are_counted_all_and_named_up_to_a_limit() -> None:
    outcome = Outcome()
    for number in range(MOST_EXISTING + 5):
        outcome.known(str(number))
    assert outcome.n_existing == MOST_EXISTING + 5
    assert len(outcome.document()["existing"]) == MOST_EXISTING


def test_a_refusal_has_source_code_and_sentence() -> None:
    outcome = Outcome()
    outcome.refuse("bad\udcff.mp3", NotAudio("no decoder can read it"))
    (refused,) = outcome.document()["refused"]
    assert refused == {
        "source": "bad?.mp3",
        "code": "not_audio",
        "message": "no decoder can read it",
    }
