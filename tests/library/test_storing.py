"""The same bytes of one owner twice give one track; what goes wrong leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from songloom.errors import TooLong
from songloom.library import storage
from songloom.library.models import File, Folder, Track, User
from songloom.library.services import bin as bin_
from songloom.library.services import storing
from tests.kept import bytes_of
from tests.library.conftest import Hear, picture

UPLOADED = Track.Origin.UPLOADED


def _folder(owner: User, path: Path, **fields: object) -> Folder:
    return Folder.objects.create(
        number=Folder.objects.count() + 1,
        path=str(path),
        path_key=str(path)[-60:],
        name=path.name,
        owner=owner,
        **fields,
    )


@pytest.mark.stores
def test_a_stored_file_is_durable_and_its_track_carries_its_tags(owner: User, hear: Hear) -> None:
    tags = {"title": ["青花瓷"], "artist": ["周杰伦"], "album": ["我很忙"], "date": ["2007-11-02"]}
    track, is_new = storing.store_file(
        hear(b"qhc", tags=tags, lyrics="天青色等烟雨"), owner=owner, origin=UPLOADED
    )
    assert is_new
    assert (track.title, track.artist_text, track.date, track.year) == (
        "青花瓷",
        "周杰伦",
        "2007-11-02",
        2007,
    )
    assert track.album is not None
    assert track.album.title == "我很忙"
    assert track.lyrics == "天青色等烟雨"
    file = storing.main_file(track)
    assert file is not None
    assert bytes_of(file.sha256) == b"qhc"


@pytest.mark.stores
def test_the_same_bytes_again_are_the_same_track(owner: User, hear: Hear) -> None:
    first, _ = storing.store_file(hear(b"one"), owner=owner, origin=UPLOADED)
    again, is_new = storing.store_file(
        hear(b"one", name="other.flac"), owner=owner, origin=UPLOADED
    )
    assert (again, is_new) == (first, False)
    assert File.objects.count() == 1


@pytest.mark.stores
def test_identical_bytes_share_storage_but_never_ownership(
    owner: User, stranger: User, hear: Hear
) -> None:
    mine, _ = storing.store_file(hear(b"two"), owner=owner, origin=UPLOADED)
    yours, is_new = storing.store_file(hear(b"two"), owner=stranger, origin=UPLOADED)
    assert is_new
    assert mine != yours
    places = {storing.where(file) for file in File.objects.all()}
    assert len(places) == 1
    bin_.forget_track(mine)
    assert storing.is_there(yours.files.get())  # the other owner still has it


def test_bringing_a_binned_track_again_takes_it_out_of_the_bin(owner: User, hear: Hear) -> None:
    track, _ = storing.store_file(hear(b"three"), owner=owner, origin=UPLOADED)
    bin_.bin_track(track)
    again, is_new = storing.store_file(hear(b"three"), owner=owner, origin=UPLOADED)
    assert not is_new
    assert again.binned_at is None


def test_a_track_longer_than_allowed_leaves_nothing_behind(
    owner: User, hear: Hear, settings: Settings
) -> None:
    settings.LONGEST_TRACK_S = 10
    heard = hear(b"too long")
    with pytest.raises(TooLong, match=r"lasts 12 s; the longest allowed is 10 s"):
        storing.store_file(heard, owner=owner, origin=UPLOADED)
    assert not Track.objects.exists()
    assert not storage.is_there(heard.sha256)


@pytest.mark.stores
def test_a_linked_file_stays_where_it_is(owner: User, hear: Hear, tmp_path: Path) -> None:
    folder = _folder(owner, tmp_path)
    heard = hear(b"linked")
    track, _ = storing.store_file(
        heard, owner=owner, origin=Track.Origin.SCANNED, folder=folder, path=heard.path.name
    )
    file = track.files.get()
    assert not file.is_managed
    assert storing.where(file) == str(heard.path)
    assert heard.path.exists()
    assert not storage.is_there(heard.sha256)


def test_a_copy_elsewhere_in_a_folder_is_a_second_file_of_the_same_track(
    owner: User, hear: Hear, tmp_path: Path
) -> None:
    folder = _folder(owner, tmp_path)
    made = [
        storing.store_file(
            hear(b"twice"), owner=owner, origin=Track.Origin.SCANNED, folder=folder, path=path
        )[0]
        for path in ("a.flac", "b.flac")
    ]
    assert made[0] == made[1]
    assert sorted(made[0].files.values_list("path", flat=True)) == ["a.flac", "b.flac"]


def test_a_private_folder_makes_private_tracks(owner: User, hear: Hear, tmp_path: Path) -> None:
    folder = _folder(owner, tmp_path, is_private=True)
    track, _ = storing.store_file(
        hear(b"secret"), owner=owner, origin=Track.Origin.SCANNED, folder=folder, path="x"
    )
    assert track.is_private


def test_uploads_are_private_where_the_setting_says_so(
    owner: User, hear: Hear, settings: Settings
) -> None:
    settings.UPLOADS_PRIVATE = True
    track, _ = storing.store_file(hear(b"mine"), owner=owner, origin=UPLOADED)
    assert track.is_private


def test_a_file_without_a_title_takes_its_name(owner: User, hear: Hear) -> None:
    track, _ = storing.store_file(hear(b"n", name="03 晴天.flac"), owner=owner, origin=UPLOADED)
    assert track.title == "03 晴天"


def test_the_picture_of_a_file_becomes_the_cover_of_track_and_album(
    owner: User, hear: Hear, tmp_path: Path
) -> None:
    (tmp_path / "cover.png").write_bytes(picture())
    heard = hear(b"c", tags={"album": ["A"]}, cover=str(tmp_path / "cover.png"))
    track, _ = storing.store_file(heard, owner=owner, origin=UPLOADED)
    assert track.cover is not None
    track.refresh_from_db()
    assert track.album is not None
    track.album.refresh_from_db()
    assert track.album.cover == track.cover


def test_a_very_long_file_name_is_cut_and_keeps_its_ending(owner: User, hear: Hear) -> None:
    heard = hear(b"long", name="长" * 300 + ".flac")
    track, _ = storing.store_file(heard, owner=owner, origin=UPLOADED)
    name = track.files.get().original_name
    assert len(name) == 255
    assert name.endswith(".flac")
