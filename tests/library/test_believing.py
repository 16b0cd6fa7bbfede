"""What headers said gives way to what was decoded; bytes are read whole only where it matters."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from songloom.core.audio.glance import parts_sha256
from songloom.errors import StorageAway
from songloom.library.keep.verify import verify
from songloom.library.models import File, Folder, Track, User
from songloom.library.services.believing import (
    believe_no_more,
    bytes_of,
    is_unchanged,
    read_likely,
)
from songloom.library.services.documents import file_document

CONTENT = b"a song, as far as anybody knows " * 900


@pytest.fixture
def folder(owner: User, tmp_path: Path) -> Folder:
    (tmp_path / "music").mkdir()
    return Folder.objects.create(
        number=1, path=str(tmp_path / "music"), path_key="k", name="music", owner=owner
    )


def believed(folder: Folder, name: str = "a.flac", content: bytes = CONTENT) -> File:
    path = Path(folder.path, name)
    path.write_bytes(content)
    track = Track.objects.create(title=name, owner=folder.owner, duration_s=9, origin="scanned")
    return File.objects.create(
        track=track, owner=folder.owner, folder=folder, path=name, place=name, format="flac",
        parts_sha256=parts_sha256(str(path)), sample_rate=44_100, channels=2, duration_s=9.0,
        size_bytes=len(content), is_believed=True,
    )  # fmt: skip


def decoded(file: File, **more: Any) -> dict[str, Any]:
    found = {"sha256": hashlib.sha256(CONTENT).hexdigest(), "sound_sha256": "5" * 64,
             "parts_sha256": file.parts_sha256, "format": "mp3", "codec": "c" * 60,
             "sample_rate": 48_000, "channels": 1, "bit_rate": 1, "bits": 24,
             "duration_s": 8.5, "is_truncated": True, "claimed_s": 9.0}  # fmt: skip
    return found | more


def test_all_bytes_are_read_once_and_noted(folder: Folder) -> None:
    file = believed(folder)
    assert file.bytes_key == file.parts_sha256
    assert bytes_of(file) == hashlib.sha256(CONTENT).hexdigest()
    Path(folder.path, "a.flac").unlink()
    again = File.objects.get()
    assert bytes_of(again) == again.bytes_key == hashlib.sha256(CONTENT).hexdigest()
    assert again.is_believed  # its length is still what the headers say


def test_bytes_that_cannot_be_reached_are_said_to_be_away(folder: Folder) -> None:
    file = believed(folder)
    Path(folder.path, "a.flac").unlink()
    with pytest.raises(StorageAway):
        bytes_of(file)
    assert File.objects.get().sha256 == ""


def test_only_likely_files_of_this_owner_are_read(folder: Folder, stranger: User) -> None:
    mine, other = believed(folder), believed(folder, "b.flac", CONTENT + b"!")
    lost, theirs = believed(folder, "c.flac"), believed(folder, "d.flac")
    Path(folder.path, "c.flac").unlink()
    File.objects.filter(pk=theirs.pk).update(owner=stranger)
    read_likely(folder.owner, parts=mine.parts_sha256)
    known = set(File.objects.exclude(sha256="").values_list("path", flat=True))
    assert known == {"a.flac"}
    read_likely(folder.owner, parts="")  # of bytes nobody took parts of, nothing is likely
    assert File.objects.filter(pk__in=[other.pk, lost.pk], sha256="").count() == 2


def test_the_decoder_has_the_last_word(folder: Folder) -> None:
    file = believed(folder)
    believe_no_more(file, decoded(file))
    file.refresh_from_db()
    assert (file.is_believed, file.is_truncated, file.duration_s) == (False, True, 8.5)
    assert (file.codec, file.bits, file.sound_sha256) == ("c" * 40, 24, "5" * 64)
    assert (file.track.duration_s, file.track.format) == (8.5, "mp3")


def test_what_changed_while_it_was_decoded_stays_believed(folder: Folder) -> None:
    file = believed(folder)
    believe_no_more(file, decoded(file, parts_sha256="0" * 64))
    file.refresh_from_db()
    assert (file.is_believed, file.duration_s, file.track.duration_s) == (True, 9.0, 9)


@pytest.mark.parametrize("is_read", [False, True])
def test_a_deep_look_sees_what_changed(folder: Folder, is_read: bool) -> None:
    file = believed(folder)
    if is_read:
        bytes_of(file)
    assert is_unchanged(file)
    assert verify(is_deep=True)["problems"] == []
    Path(folder.path, "a.flac").write_bytes(CONTENT[:-1] + b"!")
    assert not is_unchanged(file)
    found = verify(is_deep=True)["problems"]
    assert [(one["code"], one["id"]) for one in found] == [("changed_file", str(file.pk))]
    Path(folder.path, "a.flac").unlink()
    assert not is_unchanged(file)


def test_a_document_says_what_is_known(folder: Folder) -> None:
    file = believed(folder)
    said = file_document(file)
    assert (said["sha256"], said["is_believed"]) == (None, True)
    believe_no_more(file, decoded(file))
    file.refresh_from_db()
    said = file_document(file)
    assert (said["sha256"], said["is_believed"]) == (hashlib.sha256(CONTENT).hexdigest(), False)
