"""Bytes are named by their hash, appear whole or not at all, and are stored once."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from songloom.errors import DiskFull, StorageAway
from songloom.library import storage
from tests.kept import home_path


def _write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def test_kept_bytes_lie_under_their_hash_and_the_source_is_used_up(tmp_path: Path) -> None:
    source = tmp_path / "in"
    sha256 = _write(source, b"tone")
    storage.keep(source, sha256)
    kept = home_path(sha256)
    assert str(kept) == storage.where(sha256)
    assert not source.exists()
    assert kept.parent.name == sha256[:2]
    assert kept.read_bytes() == b"tone"


def test_keeping_by_copy_leaves_the_source(tmp_path: Path) -> None:
    source = tmp_path / "in"
    sha256 = _write(source, b"copied tone")
    storage.keep(source, sha256, move=False)
    assert source.read_bytes() == b"copied tone"


def test_the_same_bytes_twice_are_stored_once(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    sha256 = _write(first, b"same")
    _write(second, b"same")
    storage.keep(first, sha256)
    inode = home_path(sha256).stat().st_ino
    storage.keep(second, sha256)
    assert home_path(sha256).stat().st_ino == inode


def test_dropped_bytes_are_gone_and_dropping_twice_is_no_error(tmp_path: Path) -> None:
    sha256 = _write(tmp_path / "in", b"to drop")
    storage.keep(tmp_path / "in", sha256)
    storage.drop(sha256)
    storage.drop(sha256)
    assert not home_path(sha256).exists()


def test_a_temporary_file_is_removed_even_when_the_work_fails() -> None:
    seen: list[Path] = []

    def fail() -> None:
        with storage.temporary(".mp3") as path:
            seen.append(path)
            path.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert seen[0].suffix == ".mp3"
    assert not seen[0].exists()


def test_shelves_do_not_mix(tmp_path: Path) -> None:
    sha256 = _write(tmp_path / "in", b"cover")
    storage.keep(tmp_path / "in", sha256, "covers")
    assert not home_path(sha256).exists()
    assert home_path(sha256, "covers").exists()


def test_a_source_that_vanished_is_a_clear_error_and_leaves_no_draft(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(b"never there").hexdigest()
    with pytest.raises(StorageAway):
        storage.keep(tmp_path / "gone", sha256)
    assert not list(home_path(sha256).parent.glob(f".{sha256}*"))


def test_a_full_disk_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = _write(tmp_path / "in", b"no room")

    def no_room(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(DiskFull):
        storage.keep(tmp_path / "in", sha256, move=False)
    assert not home_path(sha256).exists()
    assert not list(home_path(sha256).parent.glob(f".{sha256}*"))
    assert (tmp_path / "in").read_bytes() == b"no room"
