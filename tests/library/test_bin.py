"""The bin: in, out, and forgotten for good with the bytes that nobody else needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from songloom.jobs.models import Job
from songloom.library import storage
from songloom.library.models import File, Folder, Playlist, Rendition, Star, Track, User
from songloom.library.services import bin as bin_
from songloom.library.services import opinions, playlists, storing
from tests.library.conftest import Hear, Keep


def rendition_of(track: Track, owner: User, content: bytes, key: str) -> Rendition:
    """A rendition with real bytes in the storage."""
    import hashlib

    sha256 = hashlib.sha256(content).hexdigest()
    storage.keep_bytes(content, sha256, "renditions")
    return Rendition.objects.create(
        track=track, owner=owner, recipe={"version": 1, "edits": []}, recipe_key=key, format="flac",
        sha256=sha256, size_bytes=len(content), duration_s=1.0,
    )  # fmt: skip


def test_what_is_binned_is_gone_from_sight_and_nothing_else_changes(
    keep: Keep, owner: User
) -> None:
    track = keep(artist="X")
    opinions.star(owner, track)
    made = playlists.make_playlist(owner, "list", [track])
    bin_.bin_track(track)
    assert not Track.objects.visible_to(owner).exists()
    assert list(Track.objects.shown_to(owner).binned()) == [track]
    assert Star.objects.count() == made.entries.count() == 1
    assert storing.is_there(track.files.get())


def test_what_is_restored_is_as_it_was(keep: Keep, owner: User) -> None:
    track = keep(artist="X", title="Y")
    bin_.bin_track(track)
    bin_.restore_track(track)
    track.refresh_from_db()
    assert track.binned_at is None
    assert list(Track.objects.visible_to(owner)) == [track]
    assert (track.title, track.artist_text) == ("Y", "X")


@pytest.mark.parametrize("act", [bin_.bin_track, bin_.restore_track])
def test_a_second_time_changes_nothing_and_asks_for_nothing(keep: Keep, act: object) -> None:
    track = keep()
    if act is bin_.bin_track:
        bin_.bin_track(track)
    first = track.binned_at
    Job.objects.all().delete()
    act(track)  # type: ignore[operator]
    track.refresh_from_db()
    assert track.binned_at == first
    assert not Job.objects.exists()


def test_binning_and_restoring_ask_for_a_new_index_entry(keep: Keep) -> None:
    from songloom.pipeline import PIPELINE

    track = keep()
    for act, event in ((bin_.bin_track, "track.binned"), (bin_.restore_track, "track.restored")):
        Job.objects.all().delete()
        act(track)
        assert sorted(Job.objects.values_list("kind", flat=True)) == sorted(PIPELINE[event])


@pytest.mark.stores
def test_forgetting_takes_the_bytes_with_it(keep: Keep, owner: User) -> None:
    track = keep()
    sound = track.files.get().sha256
    made = rendition_of(track, owner, b"edited", "k").sha256
    assert storage.is_there(sound)
    assert storage.is_there(made, "renditions")
    bin_.forget_track(track)
    assert not Track.objects.exists()
    assert not File.objects.exists()
    assert not storage.is_there(sound)
    assert not storage.is_there(made, "renditions")


@pytest.mark.stores
def test_bytes_that_somebody_else_holds_stay(
    keep: Keep, hear: Hear, owner: User, stranger: User
) -> None:
    track = keep(b"shared")
    other, _ = storing.store_file(hear(b"shared"), owner=stranger, origin=Track.Origin.UPLOADED)
    rendition_of(track, owner, b"same edit", "k")
    kept = rendition_of(other, stranger, b"same edit", "k")
    bin_.forget_track(track)
    assert storing.is_there(other.files.get())
    assert storage.is_there(kept.sha256, "renditions")
    bin_.forget_track(other)
    assert not storage.is_there(kept.sha256, "renditions")


def test_a_linked_file_is_never_touched(hear: Hear, owner: User, tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    original = music / "song.flac"
    original.write_bytes(b"mine")
    folder = Folder.objects.create(number=1, path=str(music), path_key="k", name="m", owner=owner)
    track, _ = storing.store_file(
        hear(b"mine"), owner=owner, origin=Track.Origin.SCANNED, folder=folder, path="song.flac"
    )
    bin_.forget_track(track)
    assert original.read_bytes() == b"mine"
    assert Folder.objects.filter(pk=folder.pk).exists()


def test_forgetting_leaves_no_hole_in_a_playlist(keep: Keep, owner: User) -> None:
    a, b = keep(b"a"), keep(b"b")
    made = playlists.make_playlist(owner, "list", [a, b, a])
    bin_.forget_track(a)
    assert [entry.track for entry in Playlist.objects.get(pk=made.pk).entries.all()] == [b]


def test_bringing_a_binned_file_again_takes_it_out_of_the_bin(
    keep: Keep, hear: Hear, owner: User
) -> None:
    track = keep(b"again")
    bin_.bin_track(track)
    same, is_new = storing.store_file(hear(b"again"), owner=owner, origin=Track.Origin.UPLOADED)
    assert (same, is_new) == (track, False)
    assert list(Track.objects.visible_to(owner)) == [track]
