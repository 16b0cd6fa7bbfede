"""A disk that is really full: it is named as such, nothing is left behind, and later it works."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from songloom.errors import DiskFull, StorageAway
from songloom.library import storage
from songloom.library.heard import Heard
from songloom.library.keep.verify import verify
from songloom.library.models import Cover, File, Track, User
from songloom.library.services import covers, storing
from tests.kept import path_of
from tests.library.conftest import Hear, picture

UPLOADED = Track.Origin.UPLOADED
DISK_KB = 256


def _mount(place: Path) -> bool:
    """A disk of its own at this place, if the system lets us."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    size = f"size={DISK_KB}k"
    return subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(place)]).returncode == 0


def _ration(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing may be mounted, writing below this place fails as a full disk does."""
    copy, write = shutil.copyfile, Path.write_bytes

    def room_for(path: Path, n_bytes: int) -> None:
        used = sum(one.stat().st_size for one in place.rglob("*") if one.is_file())
        if path.is_relative_to(place) and used + n_bytes > DISK_KB << 10:
            raise OSError(28, "No space left on device")

    def copyfile(source: Path, target: Path) -> Path:
        room_for(target, source.stat().st_size)
        return Path(copy(source, target))

    def write_bytes(path: Path, content: bytes) -> int:
        room_for(path, len(content))
        return write(path, content)

    monkeypatch.setattr(shutil, "copyfile", copyfile)
    monkeypatch.setattr(Path, "write_bytes", write_bytes)


@pytest.fixture
def disk(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small disk with the whole home on it."""
    place = tmp_path / "disk"
    place.mkdir()
    is_mounted = _mount(place)
    if not is_mounted:
        _ration(place, monkeypatch)
    settings.HOME = place
    settings.MEDIA = place / "media"
    settings.CACHE = place / "cache"
    for folder in ("tmp", "media", "cache"):
        (place / folder).mkdir()
    yield place
    if is_mounted:
        subprocess.run(["umount", str(place)], check=True)


def _files(place: Path) -> dict[str, int]:
    return {
        str(path.relative_to(place)): path.stat().st_size
        for path in place.rglob("*")
        if path.is_file()
    }


def _fill(disk: Path, *, leave_kb: int) -> Path:
    ballast = disk / "ballast"
    ballast.write_bytes(b"\x01" * ((DISK_KB - leave_kb) << 10))
    return ballast


def _song(hear: Hear, kb: int = 100, **known: object) -> Heard:
    return hear(os.urandom(kb << 10), **known)


@pytest.mark.django_db
def test_a_song_for_which_there_is_no_room_leaves_neither_row_nor_byte(
    disk: Path, owner: User, hear: Hear
) -> None:
    _fill(disk, leave_kb=50)
    before = _files(disk)
    heard = _song(hear)
    with pytest.raises(DiskFull, match="the disk is full"):
        storing.store_file(heard, owner=owner, origin=UPLOADED, move=False)
    assert _files(disk) == before
    assert not Track.objects.exists()
    assert not File.objects.exists()
    assert heard.path.stat().st_size == 100 << 10  # the source is still there


@pytest.mark.django_db
def test_the_same_song_is_stored_once_there_is_room_again(
    disk: Path, owner: User, hear: Hear
) -> None:
    ballast = _fill(disk, leave_kb=50)
    heard = _song(hear)
    with pytest.raises(DiskFull):
        storing.store_file(heard, owner=owner, origin=UPLOADED)
    ballast.unlink()
    track, is_new = storing.store_file(heard, owner=owner, origin=UPLOADED)
    assert is_new
    stored = path_of(track.files.get())
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == heard.sha256
    assert verify(is_deep=True)["ok"]


@pytest.mark.django_db
def test_a_song_that_fits_with_a_cover_that_does_not_leaves_nothing_either(
    disk: Path, owner: User, hear: Hear, tmp_path: Path
) -> None:
    _fill(disk, leave_kb=120)
    (tmp_path / "cover.png").write_bytes(_noisy_picture())
    before = _files(disk)
    heard = replace(_song(hear), cover=tmp_path / "cover.png")
    with pytest.raises(DiskFull):
        storing.store_file(heard, owner=owner, origin=UPLOADED)
    assert _files(disk) == before
    assert not Track.objects.exists()
    assert heard.path.exists()  # so that it can be tried again


def _noisy_picture() -> bytes:
    """One that no encoder makes small."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.frombytes("RGB", (300, 300), os.urandom(300 * 300 * 3)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.django_db
def test_a_cover_alone_for_which_there_is_no_room_is_no_row(disk: Path) -> None:
    _fill(disk, leave_kb=12)
    before = _files(disk)
    with pytest.raises(DiskFull):
        covers.keep_cover(_noisy_picture())
    assert _files(disk) == before
    assert not Cover.objects.exists()


@pytest.mark.django_db
def test_bytes_that_others_own_already_need_no_room(
    disk: Path, owner: User, stranger: User, hear: Hear
) -> None:
    heard = _song(hear)
    storing.store_file(heard, owner=owner, origin=UPLOADED, move=False)
    _fill(disk, leave_kb=110)
    track, is_new = storing.store_file(heard, owner=stranger, origin=UPLOADED, move=False)
    assert is_new
    assert path_of(track.files.get()).exists()


@pytest.mark.django_db
def test_a_linked_song_needs_no_room_of_ours(disk: Path, owner: User, hear: Hear) -> None:
    from songloom.library.models import Folder

    _fill(disk, leave_kb=12)
    heard = _song(hear)
    folder = Folder.objects.create(
        number=1, path=str(heard.path.parent), path_key="k", name="music", owner=owner
    )
    track, _ = storing.store_file(
        heard, owner=owner, origin=Track.Origin.SCANNED, folder=folder, path=heard.path.name
    )
    assert path_of(track.files.get()) == heard.path


@pytest.mark.django_db
def test_songs_stored_until_the_disk_is_full_are_all_whole(
    disk: Path, owner: User, hear: Hear
) -> None:
    stored: list[Track] = []

    def go_on() -> None:
        for _ in range(DISK_KB):
            stored.append(storing.store_file(_song(hear, 40), owner=owner, origin=UPLOADED)[0])

    with pytest.raises(DiskFull):
        go_on()
    assert 1 <= len(stored) <= DISK_KB // 40
    assert Track.objects.count() == len(stored)
    assert verify(is_deep=True) == {"ok": True, "problems": [], "repaired": 0}


def test_a_home_that_became_a_file_is_storage_away_and_not_a_full_disk(
    tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "in").write_bytes(b"sound")
    (tmp_path / "media").write_bytes(b"not a folder")
    settings.MEDIA = tmp_path / "media"
    with pytest.raises(StorageAway) as raised:
        storage.keep(tmp_path / "in", hashlib.sha256(b"sound").hexdigest())
    assert str(tmp_path) not in str(raised.value)  # a message never tells a path
    assert (tmp_path / "in").read_bytes() == b"sound"


def test_a_failed_move_gives_the_source_back(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA = tmp_path / "media"
    (tmp_path / "in").write_bytes(b"sound")
    sha256 = hashlib.sha256(b"sound").hexdigest()

    def no_room(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_room)
        with pytest.raises(DiskFull):
            storage.keep(tmp_path / "in", sha256)
    assert not _files(settings.MEDIA)
    storage.keep(tmp_path / "in", sha256)
    assert storage.read_bytes(sha256) == b"sound"


@pytest.mark.django_db
def test_a_full_disk_does_not_hide_a_cover_that_is_there(disk: Path) -> None:
    cover = covers.keep_cover(picture(64, 48))
    assert cover is not None
    _fill(disk, leave_kb=16)
    assert covers.sized(cover, 64).exists()
    assert covers.keep_cover(picture(64, 48)) == cover
