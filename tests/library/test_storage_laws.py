"""What every storage promises, on each of them."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from songloom.errors import DiskFull, StorageAway
from songloom.library import storage
from songloom.library.storage import SHELVES, Shelf
from tests import kept

pytestmark = pytest.mark.stores


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"
    settings.MEDIA = settings.HOME / "media"
    settings.MEDIA.mkdir(parents=True)


def put(content: bytes, shelf: Shelf = "audio") -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    storage.keep_bytes(content, sha256, shelf)
    return sha256


def test_what_is_kept_is_there_and_can_be_read_in_every_way() -> None:
    content = os.urandom(10_000)
    sha256 = put(content)
    assert storage.is_there(sha256)
    assert storage.read_bytes(sha256) == content
    assert kept.bytes_of(sha256) == content
    with storage.at_hand(sha256) as path:
        assert path.read_bytes() == content
    assert storage.where(sha256).endswith(f"audio/{sha256[:2]}/{sha256}")


def test_an_empty_file_is_a_file() -> None:
    assert storage.read_bytes(put(b"")) == b""


def test_shelves_do_not_mix() -> None:
    sha256 = put(b"cover", "covers")
    assert [shelf for shelf in SHELVES if storage.is_there(sha256, shelf)] == ["covers"]
    assert [list(storage.store().entries(shelf)) == [] for shelf in SHELVES] == [
        shelf != "covers" for shelf in SHELVES
    ]


def test_entries_tell_name_size_and_age_in_the_order_of_their_keys() -> None:
    before_s = time.time()
    names = [put(b"x" * n) for n in range(1, 6)]
    found = list(storage.store().entries("audio"))
    assert {entry.name: entry.size_bytes for entry in found} == dict(
        zip(names, range(1, 6), strict=True)
    )
    assert [entry.key for entry in found] == sorted(entry.key for entry in found)
    for entry in found:
        assert entry.key == f"audio/{entry.name[:2]}/{entry.name}"
        assert before_s - 2 <= entry.modified_s <= time.time() + 2  # one counts whole seconds


def test_an_entry_is_removed_by_its_key_and_dropping_twice_is_no_error() -> None:
    first, second = put(b"first"), put(b"second")
    (key,) = [e.key for e in storage.store().entries("audio") if e.name == first]
    storage.store().remove(key)
    assert (storage.is_there(first), storage.is_there(second)) == (False, True)
    storage.drop(second)
    storage.drop(second)
    assert list(storage.store().entries("audio")) == []


def test_dropped_bytes_are_at_nobodys_hand() -> None:
    sha256 = put(b"soon gone")
    assert storage.read_bytes(sha256) == b"soon gone"
    storage.drop(sha256)
    with pytest.raises(StorageAway):
        storage.read_bytes(sha256)
    with pytest.raises(StorageAway):
        kept.bytes_of(sha256)


def test_bytes_at_hand_leave_nothing_behind_even_when_the_work_with_them_fails() -> None:
    sha256 = put(b"sound")
    before = set(Path(storage.store().name).rglob("*"))

    def fail() -> None:
        with storage.at_hand(sha256) as path:
            assert path.exists()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert set(Path(storage.store().name).rglob("*")) == before
    assert storage.read_bytes(sha256) == b"sound"


def test_a_source_that_is_gone_is_a_clear_error_and_stores_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageAway):
        storage.keep(tmp_path / "gone", "0" * 64)
    assert list(storage.store().entries("audio")) == []


def test_no_room_for_bytes_on_their_way_in_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", no_room)
    with pytest.raises(DiskFull):
        put(b"no room")
    assert list(storage.store().entries("audio")) == []


def test_it_says_that_it_can_be_reached_and_has_no_begun_uploads() -> None:
    assert storage.store().is_reachable()
    assert list(storage.store().unfinished(older_than_s=-60)) == []
    storage.store().end_unfinished("audio/00/nothing")
