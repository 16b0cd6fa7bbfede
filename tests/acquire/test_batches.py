"""A first scan takes in many files at once, and all that held for one file holds for each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from songloom.acquire import glancing
from songloom.acquire import services as acquire
from songloom.acquire.batches import Covers, place_all
from songloom.acquire.glancing import glanced
from songloom.acquire.models import Refusal
from songloom.acquire.placing import Gone
from songloom.acquire.walking import audio_files
from songloom.core.audio.glance import whole_sha256
from songloom.core.features import FEATURES_VERSION
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import Cover, Features, File, Folder, Track, User
from songloom.library.services.bin import bin_track
from songloom.library.services.tracing import graph
from tests.acquire.sounds import make_song, picture
from tests.at_once import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create(username="ming")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "music").mkdir()
    return tmp_path / "music"


@pytest.fixture
def folder(root: Path, owner: User) -> Folder:
    return acquire.link_folder(root, owner=owner)


def make_songs(root: Path, n: int, *, first: int = 0) -> list[Path]:
    return [
        make_song(root / f"{at:03}.flac", seed=at, title=f"Song {at}", artist="Ann", album="Best")
        for at in range(first, first + n)
    ]


def rescan(folder: Folder) -> tuple[list[str], int]:
    outcome = acquire.scan_folder(folder)
    assert outcome.refused == []
    return outcome.added, outcome.n_missing


# --- the price --------------------------------------------------------------------------------


def test_more_songs_cost_few_more_statements(folder: Folder, root: Path) -> None:
    def cost(n: int, first: int) -> int:
        make_songs(root, n, first=first)
        with CaptureQueriesContext(connection) as asked:
            acquire.scan_folder(folder)
        return len(asked)

    cost(1, 0)
    few, many = cost(2, 100), cost(30, 200)
    assert many <= few + 5  # a batch is a batch
    assert File.objects.count() == 33


def test_what_is_made_can_be_played_and_found_at_once(folder: Folder, root: Path) -> None:
    make_songs(root, 3)
    (added, _) = rescan(folder)
    tracks = Track.objects.visible_to(folder.owner).with_sound()
    assert sorted(str(track.pk) for track in tracks) == sorted(added)
    assert set(Job.objects.values_list("kind", flat=True)) == {
        "search.index_new",
        "analyse.catch_up",
    }
    assert [node["kind"] for node in graph(tracks[0], folder.owner)["nodes"]] == ["file", "track"]


def test_nothing_is_decoded_to_begin_with(
    folder: Folder, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_songs(root, 3)
    monkeypatch.setattr("songloom.acquire.hearing.PROBE", "songloom.no.such:function")
    assert len(rescan(folder)[0]) == 3
    assert set(File.objects.values_list("is_believed", "sha256")) == {(True, "")}


# --- a child that dies ------------------------------------------------------------------------


def test_a_file_that_kills_its_child_is_alone_in_its_fate(
    folder: Folder, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_songs(root, 4)
    (root / "001.flac").rename(root / "deadly.flac")
    monkeypatch.setattr(glancing, "GLANCE", "tests.acquire.deadly:glance_all")
    (only,) = glanced(root, audio_files(root))
    with only.until_stored:
        assert [seen.path for seen, _ in only.heard] == ["000.flac", "002.flac", "003.flac"]
        assert [seen.path for seen in only.unclear] == ["deadly.flac"]
    assert len(rescan(folder)[0]) == 4  # the decoder could read it


def test_calls_hold_no_more_than_a_request_may(root: Path) -> None:
    long = "歌" * 80
    for at in range(120):
        (root / f"{long} {at:03}.mp3").write_bytes(b"x")
    calls = list(glancing._calls(root, audio_files(root)))
    assert sum(map(len, calls)) == 120
    assert max(map(len, calls)) <= glancing.A_CALL
    assert max(sum(len(str(root / s.path)) for s in some) for some in calls) < 60_000 / 6
    assert [len(some) for some in glancing._calls(root, [])] == []


def test_whoever_asks_no_more_leaves_nothing(root: Path, home: Path) -> None:
    make_songs(root, 6)
    glancing_now = glanced(root, audio_files(root))
    next(glancing_now).until_stored.close()
    glancing_now.close()  # type: ignore[attr-defined]
    assert list((home / "tmp").iterdir()) == []


# --- the same bytes, moved bytes ----------------------------------------------------------------


def test_copies_within_one_scan_are_one_track(folder: Folder, root: Path) -> None:
    (song,) = make_songs(root, 1)
    for name in ("a copy.flac", "z copy.flac"):
        shutil.copyfile(song, root / name)
    assert len(rescan(folder)[0]) == 1
    assert Track.objects.get().files.count() == 3
    assert set(File.objects.values_list("sha256", flat=True)) == {whole_sha256(str(song))}


def test_alike_in_parts_is_not_the_same(folder: Folder, root: Path) -> None:
    """Bytes that no part covers tell the two apart."""
    song = make_song(root / "a.wav", seed=1, seconds=20.0)
    content = bytearray(song.read_bytes())
    content[100_000] ^= 255
    (root / "b.wav").write_bytes(content)
    assert len(rescan(folder)[0]) == 2
    assert File.objects.values("parts_sha256").distinct().count() == 1
    assert File.objects.values("sha256").distinct().count() == 2


def test_bytes_that_were_uploaded_are_known(folder: Folder, root: Path) -> None:
    songs = make_songs(root, 2)
    track, _ = acquire.add_file(songs[0], owner=folder.owner)
    (added, _) = rescan(folder)
    assert len(added) == 1
    assert track.files.count() == 2
    assert Track.objects.count() == 2


def test_an_upload_of_bytes_that_a_scan_only_glanced_at_is_known(
    folder: Folder, root: Path
) -> None:
    songs = make_songs(root, 2)
    rescan(folder)
    track, is_new = acquire.add_file(songs[0], owner=folder.owner)
    assert not is_new
    assert track.files.count() == 2
    assert Track.objects.count() == 2


def test_bytes_of_somebody_else_are_not_shared(folder: Folder, root: Path) -> None:
    (song,) = make_songs(root, 1)
    other = User.objects.create(username="otto")
    acquire.add_file(song, owner=other)
    assert len(rescan(folder)[0]) == 1
    assert Track.objects.filter(owner=other).get().files.count() == 1


@pytest.mark.parametrize("state", ["glanced at", "read", "from before"])
def test_a_moved_song_keeps_its_track(folder: Folder, root: Path, state: str) -> None:
    songs = make_songs(root, 3)
    rescan(folder)
    whole = {path.name: whole_sha256(str(path)) for path in songs}
    for file in File.objects.all() if state != "glanced at" else ():
        File.objects.filter(pk=file.pk).update(
            sha256=whole[file.path], **({"parts_sha256": ""} if state == "from before" else {})
        )
    before = {f.original_name: (f.pk, f.track_id) for f in File.objects.all()}
    (root / "new place").mkdir()
    for song in songs:
        song.rename(root / "new place" / song.name)
    make_songs(root, 1, first=50)
    added, n_missing = rescan(folder)
    assert (len(added), n_missing) == (1, 0)
    after = {
        f.original_name: (f.pk, f.track_id) for f in File.objects.filter(path__contains="place")
    }
    assert after == before
    assert set(File.objects.filter(path__contains="place").values_list("sha256", flat=True)) == set(
        whole.values()
    )


def test_a_song_in_the_bin_comes_back_with_its_copy(folder: Folder, root: Path) -> None:
    (song,) = make_songs(root, 1)
    rescan(folder)
    bin_track(Track.objects.get())
    shutil.copyfile(song, root / "copy.flac")
    assert rescan(folder) == ([], 0)
    assert Track.objects.get().binned_at is None


def test_gone_files_are_taken_one_by_one() -> None:
    files = [File(path=f"{n}", sha256="s", parts_sha256="p") for n in "ab"]
    believed = File(path="c", sha256="", parts_sha256="p")
    gone = Gone([*files, believed])
    heard = type("Heard", (), {"sha256": "s", "parts_sha256": "p"})()
    assert [gone.take(heard) for _ in range(4)] == [*files, believed, None]
    assert gone.files == {}


# --- other rules --------------------------------------------------------------------------------


def test_a_catalogue_entry_gets_its_sound_from_a_scan(folder: Folder, root: Path) -> None:
    make_songs(root, 2)
    entry = Track.objects.create(
        title="Song 1", sort_title="song 1", owner=folder.owner, has_audio=False, origin="imported"
    )
    acquire_credit(entry, "Ann")
    (added, _) = rescan(folder)
    entry.refresh_from_db()
    assert (entry.has_audio, str(entry.pk) in added, Track.objects.count()) == (True, True, 2)


def acquire_credit(entry: Track, name: str) -> None:
    from songloom.library.services.tagging import artist_named

    entry.credits.create(artist=artist_named(name), role="artist")


def test_pictures_are_stored_once(folder: Folder, root: Path) -> None:
    for album in ("one", "two"):
        make_songs(root / album, 3, first=len(album) * ord(album[0]))
        (root / album / "cover.png").write_bytes(picture())
    (root / "two" / "cover.png").write_bytes(picture(colour=(1, 2, 3)))
    assert len(rescan(folder)[0]) == 6
    assert Cover.objects.count() == 2
    assert Track.objects.filter(cover=None).count() == 0
    assert Track.objects.values("cover").distinct().count() == 2


def test_only_so_many_pictures_are_remembered(
    root: Path, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songloom.acquire.batches.MOST_COVERS", 2)
    covers = Covers()
    paths = [root / f"{n}.png" for n in range(3)]
    for n, path in enumerate(paths):
        path.write_bytes(picture(colour=(n, n, n)))
    first = [covers.of(path) for path in paths]
    assert len(set(first)) == 3
    assert len(covers._known) == 2
    assert [covers.of(path) for path in paths] == first
    assert covers.of(None) is None
    (root / "broken.png").write_bytes(b"no picture")
    assert covers.of(root / "broken.png") is None


def test_tracks_of_a_private_folder_are_its_owners(root: Path, owner: User) -> None:
    make_songs(root, 2)
    acquire.scan_folder(acquire.link_folder(root, owner=owner, is_private=True))
    other = User.objects.create(username="otto")
    assert Track.objects.visible_to(other).count() == 0
    assert Track.objects.visible_to(owner).count() == 2


def test_a_song_that_claims_to_last_for_days_is_left_to_the_decoder(
    folder: Folder, root: Path, settings: Settings
) -> None:
    make_songs(root, 1)
    settings.LONGEST_TRACK_S = 0.1
    assert [one["code"] for one in acquire.scan_folder(folder).refused] == ["too_long"]


@pytest.mark.django_db(transaction=True)
def test_two_scans_at_once_make_each_track_once(folder: Folder, root: Path) -> None:
    make_songs(root, 20)
    shutil.copyfile(root / "003.flac", root / "copy.flac")
    both = at_once(*(lambda: acquire.scan_folder(folder).added for _ in range(2)))
    added = [track_id for each in both if isinstance(each, list) for track_id in each]
    assert len(added) == len(set(added)) == Track.objects.count() == 20
    assert File.objects.count() == 21


def test_what_another_worker_placed_is_only_noted(folder: Folder, root: Path) -> None:
    make_songs(root, 2)
    (found,) = glanced(root, audio_files(root))
    with found.until_stored:
        first, again = (
            list(place_all(found.heard, folder=folder, gone=Gone(), covers=Covers()))
            for _ in range(2)
        )
    assert {is_new for _, is_new in first} == {True}
    assert sorted(again) == sorted((track_id, False) for track_id, _ in first)


# --- the decoder's word -------------------------------------------------------------------------


def test_analysis_replaces_what_was_believed(folder: Folder, root: Path) -> None:
    make_songs(root, 2)
    rescan(folder)
    finish(list(Job.objects.all()))
    assert Features.objects.filter(version=FEATURES_VERSION).count() == 2
    for file in File.objects.all():
        assert (file.is_believed, file.duration_s, file.is_truncated) == (False, 0.25, False)
        assert file.sha256 == whole_sha256(str(root / file.path))
        assert len(file.sound_sha256) == 64
    assert rescan(folder) == ([], 0)


def test_what_turns_out_to_be_no_music_is_listed_and_nothing_else(
    folder: Folder, root: Path
) -> None:
    make_songs(root, 2)
    song = root / "001.flac"
    content = song.read_bytes()
    start = content.index(b"\xff\xf8", 42)
    song.write_bytes(content[:start] + bytes(len(content) - start))  # honest headers, no sound
    assert len(rescan(folder)[0]) == 2
    finish(list(Job.objects.all()))
    track = File.objects.select_related("track").get(path="001.flac").track
    assert track.missing_at is not None  # nobody can hear it; nothing is deleted
    assert Track.objects.filter(missing_at=None).count() == 1
    for _ in range(2):  # remembered
        outcome = acquire.scan_folder(folder)
        assert [one["source"] for one in outcome.refused] == ["001.flac"]
        assert (outcome.added, outcome.n_missing) == ([], 0)
    make_song(song, seed=99, title="Whole")
    assert rescan(folder) == ([], 0)
    track.refresh_from_db()
    assert track.title == "Whole"
    assert Track.objects.filter(missing_at=None).count() == 2


def test_what_another_version_refused_is_tried_again(folder: Folder, root: Path) -> None:
    (song,) = make_songs(root, 1)
    rescan(folder)
    status = song.stat()
    Refusal.objects.create(
        folder=folder, path=song.name, size_bytes=status.st_size, code="not_audio",
        modified_ns=status.st_mtime_ns, version="0", message="old",
    )  # fmt: skip
    Track.objects.update(missing_at=folder.created_at)
    File.objects.update(missing_at=folder.created_at)
    assert rescan(folder) == ([], 0)
    assert Track.objects.get().missing_at is None
    assert not Refusal.objects.exists()
