"""Jobs of acquiring, run as a command without a worker runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from songloom.acquire import services as acquire
from songloom.errors import BadUrl, ForbiddenAddress, NoSuchFile
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import Track, User
from songloom.library.services.bin import forget_track
from songloom.library.services.tracing import graph
from tests.acquire.sounds import make_song
from tests.fetch.servers import Request, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.HOME = tmp_path / "home"
    settings.MEDIA = settings.HOME / "media"
    settings.FETCH_ALLOW = ["127.0.0.0/8"]
    (settings.HOME / "tmp").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def owner() -> User:
    return User.objects.create(username="ming")


def done(job: Job) -> Job:
    """The job, after it and all that follows from it has ended."""
    finish([job])
    job.refresh_from_db()
    return job


def result(job: Job) -> dict[str, Any]:
    ended = done(job)
    assert ended.state == "done", ended.error
    assert ended.result is not None
    return dict(ended.result)


def leftovers(home: Path) -> list[Path]:
    return list((home / "tmp").iterdir())


def test_a_path_is_added_by_a_job(owner: User, tmp_path: Path, home: Path) -> None:
    make_song(tmp_path / "music" / "a.wav", seed=1)
    (tmp_path / "music" / "b.mp3").write_bytes(b"no")
    found = result(acquire.add_path_later(tmp_path / "music", owner=owner))
    assert len(found["added"]) == 1
    assert found["track_ids"] == found["added"]
    assert [each["code"] for each in found["refused"]] == ["not_audio"]
    assert leftovers(home) == []
    with pytest.raises(NoSuchFile):
        acquire.add_path_later(tmp_path / "nowhere", owner=owner)


def test_a_single_file_that_is_refused_fails_its_job(owner: User, tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"no song")
    job = done(acquire.add_path_later(tmp_path / "a.mp3", owner=owner))
    assert (job.state, job.error and job.error["code"]) == ("failed", "not_audio")


def test_an_address_is_fetched_with_its_lineage(owner: User, tmp_path: Path, home: Path) -> None:
    song = make_song(tmp_path / "x.flac", artist="Somebody").read_bytes()

    def answering(request: Request) -> None:
        if request.path == "/go":
            request.answer(b"", status="302 Found", location="/files/02%20-%20%E6%AD%8C.flac")
        else:
            request.answer(song, content_type="audio/flac")

    with serving(answering) as server:
        found = result(acquire.add_url(server.url("/go"), owner=owner))
        again = result(acquire.add_url(server.url("/go"), owner=owner))
        url = server.url("/go")
    track = Track.objects.get()
    assert found["added"] == [str(track.pk)] == again["existing"]
    assert (track.title, track.artist_text, track.origin) == ("歌", "Somebody", "fetched")
    assert [(n["kind"], n["label"]) for n in graph(track, track.owner)["nodes"]] == [
        ("url", url),
        ("file", "02 - 歌.flac"),
        ("track", "歌"),
    ]
    assert leftovers(home) == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"<!DOCTYPE html><html>", "200 OK", "web_page"),
        (b"x", "404 Not Found", "dead_link"),
        (b"", "200 OK", "dead_link"),
        (b"text, but no song" * 100, "200 OK", "not_audio"),
        (b"OggS" * 600_000, "200 OK", "too_large"),
    ],
)
def test_what_an_address_may_answer_instead(
    owner: User, home: Path, settings: Settings, body: bytes, status: str, code: str
) -> None:
    settings.LARGEST_UPLOAD_MB = 1
    with serving(lambda request: request.answer(body, status=status)) as server:
        job = done(acquire.add_url(server.url(), owner=owner))
    assert (job.state, job.error and job.error["code"]) == ("failed", code)
    assert not Track.objects.exists()
    assert leftovers(home) == []


@pytest.mark.parametrize(
    ("url", "error"),
    [("file:///etc/passwd", BadUrl), ("", BadUrl), ("http://10.0.0.1/a", ForbiddenAddress)],
)
def test_a_bad_address_is_refused_before_there_is_a_job(
    owner: User, url: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        acquire.add_url(url, owner=owner)
    assert not Job.objects.exists()


def test_all_folders_are_scanned_by_one_job(owner: User, tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_song(tmp_path / name / f"{name}.wav", seed=len(name) + ord(name[0]))
        acquire.link_folder(tmp_path / name, owner=owner)
    job = acquire.scan_later(owner=owner)
    assert acquire.scan_later(owner=owner).pk == job.pk  # one scan at a time
    found = result(job)
    assert len(found["added"]) == 2
    assert (found["n_missing"], found["refused"]) == (0, [])


def test_a_scan_tells_nobody_of_others_private_folders(owner: User, tmp_path: Path) -> None:
    other = User.objects.create(username="hong")
    for name, whose, is_private in (
        ("mine", owner, True),
        ("hers", other, True),
        ("all", other, False),
    ):
        make_song(tmp_path / name / f"{name}.wav", seed=len(name) + ord(name[0]))
        (tmp_path / name / f"secret of {name}.mp3").write_bytes(b"no song")
        acquire.link_folder(tmp_path / name, owner=whose, is_private=is_private)
    found = result(acquire.scan_later(owner=owner))
    assert [each["source"] for each in found["refused"]] == [
        "secret of mine.mp3",
        "secret of all.mp3",
    ]
    assert sorted(Track.objects.values_list("title", flat=True)) == ["all", "mine"]
    theirs = acquire.scan_later(owner=other)
    assert theirs.owner == other


def test_one_folder_is_scanned_alone_and_an_unlinked_one_is_no_error(
    owner: User, tmp_path: Path
) -> None:
    make_song(tmp_path / "one" / "a.wav")
    folder = acquire.link_folder(tmp_path / "one", owner=owner)
    assert len(result(acquire.scan_later(owner=owner, folder=folder))["added"]) == 1
    late = acquire.scan_later(owner=owner, folder=folder)
    acquire.unlink_folder(folder)
    assert result(late)["added"] == []


def test_a_folder_that_is_away_fails_its_job_without_a_path_in_the_words(
    owner: User, tmp_path: Path
) -> None:
    make_song(tmp_path / "one" / "a.wav")
    folder = acquire.link_folder(tmp_path / "one", owner=owner)
    (tmp_path / "one").rename(tmp_path / "gone")
    job = done(acquire.scan_later(owner=owner, folder=folder))
    assert job.state == "failed"
    assert job.error is not None
    assert job.error["code"] == "storage_away"
    assert str(tmp_path) not in job.error["message"]


def test_a_cancelled_scan_stops_and_keeps_what_it_has(
    owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from songloom.acquire import batches, scanning
    from songloom.jobs.services import cancel

    monkeypatch.setattr("songloom.jobs.running.WRITE_EVERY_S", 0.0)
    for seed in range(6):
        make_song(tmp_path / "one" / f"{seed}.wav", seed=seed)
    folder = acquire.link_folder(tmp_path / "one", owner=owner)
    job = acquire.scan_later(owner=owner, folder=folder)
    place = batches.place_all

    def place_and_cancel(*args: object, **options: object) -> object:
        cancel(Job.objects.get(pk=job.pk))
        return place(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("songloom.acquire.glancing.A_CALL", 1)
    monkeypatch.setattr(scanning, "place_all", place_and_cancel)
    assert done(job).state == "cancelled"
    assert Track.objects.count() == 1
    for track in Track.objects.all():
        forget_track(track)


def test_an_idle_server_loads_no_network_client() -> None:
    look = (
        "import sys, django; django.setup(); import songloom.acquire.services; "
        "print('httpx' in sys.modules, 'pypinyin' in sys.modules, 'opencc' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False"]
