"""Linked folders: read in place, brought up to date, never written, nothing lost."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutagen
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songloom.acquire import services as acquire
from songloom.acquire.models import Refusal
from songloom.core.audio.decode import opened
from songloom.core.audio.probe import described
from songloom.errors import BadValue, Conflict, NoSuchFile, StorageAway, TooManyMissing
from songloom.jobs.models import Job
from songloom.library import storage
from songloom.library.models import Features, File, Folder, Rendition, Track, User
from songloom.library.services.believing import believe_no_more
from songloom.library.services.storing import linked_path
from songloom.library.services.tagging import set_fields
from tests.acquire.sounds import make_song

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def owner() -> User:
    return User.objects.create(username="ming")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with three songs and things that are none."""
    root = tmp_path / "music"
    make_song(root / "周杰伦" / "我很忙" / "01 青花瓷.flac", seed=1)
    make_song(root / "b.flac", seed=2, title="Second", artist="Somebody")
    make_song(root / "c.wav", seed=3)
    (root / "broken.mp3").write_bytes(b"no song at all" * 20)
    (root / "notes.txt").write_text("x")
    return root


@pytest.fixture
def folder(root: Path, owner: User) -> Folder:
    return acquire.link_folder(root, owner=owner)


def state_of(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Everything that can be seen of a folder from outside."""
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (status.st_mtime_ns, status.st_mode, content)
    return found


def track_of(path: str) -> Track:
    return File.objects.select_related("track").get(path=path).track


def test_a_first_scan_adds_what_is_there_and_changes_nothing(folder: Folder, root: Path) -> None:
    before = state_of(root)
    outcome = acquire.scan_folder(folder)
    assert (len(outcome.added), outcome.existing, outcome.n_missing) == (3, [], 0)
    assert [(each["source"], each["code"]) for each in outcome.refused] == [
        ("broken.mp3", "not_audio")
    ]
    assert state_of(root) == before
    track = track_of("周杰伦/我很忙/01 青花瓷.flac")
    assert (track.title, track.artist_text, str(track.album)) == ("青花瓷", "周杰伦", "我很忙")
    assert (track.origin, track.owner, track.is_private) == ("scanned", folder.owner, False)
    assert track_of("b.flac").title == "Second"
    assert folder.last_scan_at is not None
    kinds = Job.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["analyse.catch_up", "search.index_new"]  # one of each for all


def test_a_second_scan_listens_to_nothing_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = acquire.scan_folder(folder)
    monkeypatch.setattr("songloom.acquire.hearing.PROBE", "songloom.no.such:function")
    monkeypatch.setattr("songloom.acquire.glancing.GLANCE", "songloom.no.such:function")
    again = acquire.scan_folder(folder)
    assert again.added == []
    assert sorted(again.existing) == sorted(first.added)
    assert again.refused == first.refused  # remembered, not tried again


def test_what_is_unchanged_costs_no_statement_of_its_own(folder: Folder, root: Path) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            acquire.scan_folder(folder)
        return len(asked)

    acquire.scan_folder(folder)
    few = cost()
    for n in range(4):
        make_song(root / f"more {n}.wav", seed=20 + n)
    acquire.scan_folder(folder)
    assert cost() == few


def test_a_refused_file_is_tried_again_once_it_has_changed(folder: Folder, root: Path) -> None:
    acquire.scan_folder(folder)
    make_song(root / "broken.wav", seed=6).rename(root / "broken.mp3")
    outcome = acquire.scan_folder(folder)
    assert (len(outcome.added), outcome.refused) == (1, [])
    assert not Refusal.objects.exists()


def test_a_refused_file_that_is_gone_is_forgotten(folder: Folder, root: Path) -> None:
    acquire.scan_folder(folder)
    assert [refusal.path for refusal in Refusal.objects.all()] == ["broken.mp3"]
    (root / "broken.mp3").unlink()
    assert acquire.scan_folder(folder).refused == []
    assert not Refusal.objects.exists()


def test_new_files_are_added_and_the_rest_stays(folder: Folder, root: Path) -> None:
    first = acquire.scan_folder(folder)
    make_song(root / "new" / "d.ogg", seed=4)
    second = acquire.scan_folder(folder)
    assert len(second.added) == 1
    assert sorted(second.existing) == sorted(first.added)


@pytest.mark.parametrize("target", ["renamed.flac", "deep/er/b.flac", "周杰伦/b.flac"])
def test_a_moved_or_renamed_file_keeps_its_track(folder: Folder, root: Path, target: str) -> None:
    acquire.scan_folder(folder)
    track, file = track_of("b.flac"), File.objects.get(path="b.flac")
    (root / target).parent.mkdir(parents=True, exist_ok=True)
    (root / "b.flac").rename(root / target)
    outcome = acquire.scan_folder(folder)
    assert (outcome.added, outcome.n_missing) == ([], 0)
    moved = File.objects.get(path=target)
    assert (moved.pk, moved.track_id, moved.missing_at) == (file.pk, track.pk, None)
    assert not File.objects.filter(path="b.flac").exists()
    assert (root / target).name == moved.original_name


def test_two_files_that_change_places_keep_to_their_paths(folder: Folder, root: Path) -> None:
    make_song(root / "e.flac", seed=9, title="Fifth")
    acquire.scan_folder(folder)
    b, e = track_of("b.flac"), track_of("e.flac")
    (root / "b.flac").rename(root / "x")
    (root / "e.flac").rename(root / "b.flac")
    (root / "x").rename(root / "e.flac")
    outcome = acquire.scan_folder(folder)
    assert (outcome.added, outcome.n_missing) == ([], 0)
    assert {track_of("b.flac").pk, track_of("e.flac").pk} == {b.pk, e.pk}
    assert track_of("b.flac").title == "Fifth"  # what lies there now


def test_a_copy_is_the_same_track_with_two_files(folder: Folder, root: Path) -> None:
    acquire.scan_folder(folder)
    shutil.copyfile(root / "b.flac", root / "copy.flac")
    outcome = acquire.scan_folder(folder)
    assert outcome.added == []
    assert track_of("copy.flac").pk == track_of("b.flac").pk
    (root / "b.flac").unlink()
    acquire.scan_folder(folder)
    assert track_of("copy.flac").missing_at is None  # it can still be heard


# --- missing ---------------------------------------------------------------------------------


def test_a_missing_file_is_marked_and_found_again(folder: Folder, root: Path) -> None:
    acquire.scan_folder(folder)
    track = track_of("b.flac")
    (root / "b.flac").rename(root.parent / "away.flac")
    outcome = acquire.scan_folder(folder)
    assert outcome.n_missing == 1
    track.refresh_from_db()
    assert track.missing_at is not None
    assert acquire.scan_folder(folder).n_missing == 1  # still away
    (root.parent / "away.flac").rename(root / "b.flac")
    assert acquire.scan_folder(folder).n_missing == 0
    track.refresh_from_db()
    assert track.missing_at is None
    assert track_of("b.flac").pk == track.pk


def test_a_missing_file_that_comes_back_elsewhere_is_the_same_track(
    folder: Folder, root: Path
) -> None:
    acquire.scan_folder(folder)
    track = track_of("b.flac")
    (root / "b.flac").rename(root.parent / "away.flac")
    acquire.scan_folder(folder)
    (root.parent / "away.flac").rename(root / "back.flac")
    outcome = acquire.scan_folder(folder)
    assert (outcome.added, outcome.n_missing) == ([], 0)
    assert track_of("back.flac").pk == track.pk
    track.refresh_from_db()
    assert track.missing_at is None


def known_files(folder: Folder, n: int) -> None:
    """Rows of files that the folder no longer holds."""
    track = Track.objects.create(title="t", owner=folder.owner, duration_s=1, origin="scanned")
    facts = {"format": "mp3", "sample_rate": 8_000, "channels": 1, "duration_s": 1.0}
    File.objects.bulk_create(
        File(
            track=track,
            owner=folder.owner,
            folder=folder,
            path=f"gone/{i}.mp3",
            place=f"{i}",
            sha256=f"{i:064d}",
            size_bytes=1,
            **facts,
        )
        for i in range(n)
    )


def test_when_too_much_is_gone_the_scan_stops_and_asks(folder: Folder, root: Path) -> None:
    acquire.scan_folder(folder)
    known_files(folder, 60)
    with pytest.raises(TooManyMissing, match="60 of 63 files"):
        acquire.scan_folder(folder)
    assert not File.objects.filter(missing_at__isnull=False).exists()
    assert acquire.scan_folder(folder, accepts_missing=True).n_missing == 60
    assert acquire.scan_folder(folder).n_missing == 60  # asked once is enough
    assert File.objects.filter(folder=folder).count() == 63  # missing is not deleted


@pytest.mark.parametrize(("n_gone", "asks"), [(50, False), (51, True)])
def test_fifty_files_may_go_without_asking(folder: Folder, n_gone: int, asks: bool) -> None:
    known_files(folder, n_gone)
    if asks:
        with pytest.raises(TooManyMissing):
            acquire.scan_folder(folder)
    else:
        assert acquire.scan_folder(folder).n_missing == n_gone


def test_a_folder_that_vanished_is_an_error_and_changes_nothing(
    folder: Folder, root: Path, owner: User
) -> None:
    acquire.scan_folder(folder)
    root.rename(root.parent / "unmounted")
    before = list(File.objects.values())
    with pytest.raises(StorageAway):
        acquire.scan_folder(folder)
    with pytest.raises(StorageAway):
        acquire.scan_folders([folder])
    assert list(File.objects.values()) == before
    other = root.parent / "other"
    make_song(other / "x.wav", seed=8)
    outcome = acquire.scan_folders([folder, acquire.link_folder(other, owner=owner)])
    assert [each["code"] for each in outcome.refused] == ["storage_away"]
    assert len(outcome.added) == 1  # the other folder is scanned all the same


# --- changed files ---------------------------------------------------------------------------


def retag(path: Path, **tags: str) -> None:
    file = mutagen.File(path, easy=True)
    assert file is not None
    for name, value in tags.items():
        file[name] = value
    file.save()
    later(path)


def later(path: Path) -> None:
    """The file was written at another time, however coarse the clock of its disk is."""
    later_ns = path.stat().st_mtime_ns + 5_000_000_000
    os.utime(path, ns=(later_ns, later_ns))


def rendered(track: Track) -> Rendition:
    """A rendition with real bytes in the storage."""
    content = f"a rendition of {track.pk}".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    storage.keep_bytes(content, sha256, "renditions")
    return Rendition.objects.create(
        track=track, owner=track.owner, recipe={"version": 1, "edits": []}, recipe_key="k",
        format="flac", sha256=sha256, size_bytes=len(content), duration_s=1.0,
    )  # fmt: skip


def measured(track: Track) -> None:
    """As analysis leaves it: decoded whole, with features."""
    for file in track.files.filter(is_believed=True):
        with opened(str(linked_path(file)), hashes=True) as sound:
            for _ in sound.blocks():
                pass
            believe_no_more(file, described(str(linked_path(file)), sound))
    Features.objects.create(track=track, version=1)


def test_new_tags_in_a_file_are_taken_over_and_old_features_stay(
    folder: Folder, root: Path
) -> None:
    acquire.scan_folder(folder)
    track = track_of("b.flac")
    measured(track)
    retag(root / "b.flac", title="Better title", album="An album")
    outcome = acquire.scan_folder(folder)
    assert (outcome.added, outcome.n_missing) == ([], 0)
    track = track_of("b.flac")
    assert (track.title, track.artist_text, str(track.album)) == (
        "Better title",
        "Somebody",
        "An album",
    )
    assert Features.objects.filter(track=track).exists()
    assert acquire.scan_folder(folder).n_existing == 3


def test_what_a_person_wrote_outlives_other_changes_of_the_file(folder: Folder, root: Path) -> None:
    acquire.scan_folder(folder)
    track = track_of("b.flac")
    set_fields(track, {"title": ["By hand"], "genre": ["Mine"]})
    retag(root / "b.flac", composer="Somebody else")
    acquire.scan_folder(folder)
    track = track_of("b.flac")
    assert track.title == "By hand"
    assert [genre.name for genre in track.genres.all()] == ["Mine"]
    assert track.credits.filter(role="composer", artist__name="Somebody else").exists()


def test_another_recording_under_the_same_name_is_measured_anew(folder: Folder, root: Path) -> None:
    acquire.scan_folder(folder)
    track = track_of("c.wav")
    measured(track)
    make_song(root / "c.wav", seed=77, seconds=0.5)
    acquire.scan_folder(folder)
    changed = track_of("c.wav")
    assert (changed.pk, changed.duration_s) == (track.pk, 0.5)
    assert not Features.objects.filter(track=track).exists()


def test_another_recording_of_the_same_length_is_measured_anew(folder: Folder, root: Path) -> None:
    acquire.scan_folder(folder)
    track = track_of("c.wav")
    measured(track)
    rendered(track)
    make_song(root / "c.wav", seed=78)  # as long, as loud, in the same format
    later(root / "c.wav")
    acquire.scan_folder(folder)
    assert track_of("c.wav").pk == track.pk
    assert not Features.objects.filter(track=track).exists()
    assert not Rendition.objects.filter(track=track).exists()
    assert Job.objects.filter(kind="analyse.extract", arguments__track_id=str(track.pk)).exists()


def test_renditions_of_a_replaced_sound_leave_no_bytes(
    folder: Folder, root: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    acquire.scan_folder(folder)
    made = rendered(track_of("c.wav"))
    make_song(root / "c.wav", seed=79)
    later(root / "c.wav")
    with django_capture_on_commit_callbacks(execute=True):
        acquire.scan_folder(folder)
    assert not storage.is_there(made.sha256, "renditions")


@pytest.mark.parametrize("name", ["song.mp3", "song.ogg", "song.flac"])
def test_new_tags_keep_features_and_renditions(folder: Folder, root: Path, name: str) -> None:
    make_song(root / name, seed=11, title="Old")
    acquire.scan_folder(folder)
    track = track_of(name)
    measured(track)
    rendered(track)
    retag(root / name, title="New", album="An album")
    acquire.scan_folder(folder)
    assert track_of(name).title == "New"
    assert Features.objects.filter(track=track).exists()
    assert Rendition.objects.filter(track=track).exists()


def test_a_file_heard_before_hashes_were_kept_is_measured_once_more(
    folder: Folder, root: Path
) -> None:
    acquire.scan_folder(folder)
    track = track_of("b.flac")
    measured(track)
    File.objects.update(sound_sha256="")
    acquire.scan_folder(folder)  # nothing changed: nothing is opened
    assert Features.objects.filter(track=track).exists()
    assert File.objects.get(path="b.flac").sound_sha256 == ""
    later(root / "b.flac")
    acquire.scan_folder(folder)  # another time, the same bytes: the same sound
    assert Features.objects.filter(track=track).exists()
    File.objects.update(sound_sha256="")
    retag(root / "b.flac", title="Once")
    acquire.scan_folder(folder)  # nobody knows whether it sounds as before
    assert not Features.objects.filter(track=track).exists()
    measured(track)
    retag(root / "b.flac", title="Twice")
    acquire.scan_folder(folder)  # now the hash says that it does
    assert Features.objects.filter(track=track).exists()


def test_a_file_that_broke_is_refused_and_its_track_stays(folder: Folder, root: Path) -> None:
    acquire.scan_folder(folder)
    track = track_of("c.wav")
    (root / "c.wav").write_bytes(b"garbage" * 10)
    outcome = acquire.scan_folder(folder)
    assert "c.wav" in [each["source"] for each in outcome.refused]
    assert track_of("c.wav").pk == track.pk


def test_a_name_that_is_no_utf8_is_refused_with_a_sentence(folder: Folder, root: Path) -> None:
    os.rename(root / "c.wav", os.fsencode(root) + b"/\xff\xfe.wav")
    outcome = acquire.scan_folder(folder)
    assert len(outcome.added) == 2
    (refused,) = [each for each in outcome.refused if each["code"] == "bad_value"]
    assert "UTF-8" in refused["message"]
    refused["source"].encode()


def test_a_file_swapped_for_a_link_is_not_followed(
    folder: Folder, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from songloom.acquire import scanning
    from songloom.acquire.walking import Seen

    outside = make_song(root.parent / "outside.wav", seed=5)
    (root / "c.wav").unlink()
    (root / "c.wav").symlink_to(outside)  # between the listing and the listening
    monkeypatch.setattr(scanning, "audio_files", lambda root: [Seen("c.wav", 1, 1)])
    outcome = acquire.scan_folder(folder)
    assert [each["code"] for each in outcome.refused] == ["no_such_file"]
    assert outcome.added == []


# --- interruptions ---------------------------------------------------------------------------


def test_a_scan_killed_half_way_is_taken_up_where_it_stopped(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from songloom.acquire import batches, scanning

    place, n_placed = batches.place_all, 0

    def place_three_then_die(*args: object, **options: object) -> object:
        nonlocal n_placed
        if n_placed == 3:  # two songs, and what is none
            raise KeyboardInterrupt
        n_placed += 1
        return place(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("songloom.acquire.glancing.A_CALL", 1)
    monkeypatch.setattr(scanning, "BATCH", 1)
    monkeypatch.setattr(scanning, "place_all", place_three_then_die)
    with pytest.raises(KeyboardInterrupt):
        acquire.scan_folder(folder)
    assert Track.objects.count() == 2
    monkeypatch.setattr(scanning, "place_all", place)
    outcome = acquire.scan_folder(folder)
    assert (len(outcome.added), len(outcome.existing)) == (1, 2)
    assert Track.objects.count() == File.objects.count() == 3


def test_no_temporary_file_stays(folder: Folder, home: Path) -> None:
    acquire.scan_folder(folder)
    assert list((home / "tmp").iterdir()) == []


# --- linking ---------------------------------------------------------------------------------


def test_a_folder_is_linked_once(folder: Folder, root: Path, owner: User) -> None:
    assert acquire.link_folder(f"{root}/../music/", owner=owner).pk == folder.pk
    (root.parent / "link").symlink_to(root)
    assert acquire.link_folder(root.parent / "link", owner=owner).pk == folder.pk
    assert (folder.name, folder.number) == ("music", 1)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        (lambda root: root / "周杰伦", Conflict),
        (lambda root: root.parent, BadValue),  # holds the home
        (lambda root: root.parent / "home" / "media", BadValue),
        (lambda root: root.parent / "nowhere", NoSuchFile),
        (lambda root: root / "b.flac", BadValue),
        (lambda root: "", BadValue),
        (lambda root: "\0", BadValue),
    ],
)
def test_a_folder_that_cannot_be_linked(
    folder: Folder, root: Path, owner: User, path: Callable[[Path], Path], error: type[Exception]
) -> None:
    (root.parent / "home" / "media").mkdir(exist_ok=True)
    with pytest.raises(error):
        acquire.link_folder(path(root), owner=owner)
    assert Folder.objects.count() == 1


def test_tracks_of_a_private_folder_are_private(root: Path, owner: User) -> None:
    folder = acquire.link_folder(root, owner=owner, is_private=True)
    acquire.scan_folder(folder)
    assert set(Track.objects.values_list("is_private", flat=True)) == {True}


def test_unlinking_lets_the_tracks_go_and_the_files_stay(
    folder: Folder, root: Path, owner: User
) -> None:
    acquire.scan_folder(folder)
    kept, _ = acquire.add_file(root / "b.flac", owner=owner)  # also in the storage
    before = state_of(root)
    assert acquire.unlink_folder(folder) == 2
    assert state_of(root) == before
    assert list(Track.objects.values_list("pk", flat=True)) == [kept.pk]
    assert not File.objects.filter(folder__isnull=False).exists()
    assert not Folder.objects.exists()
