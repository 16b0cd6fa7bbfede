"""A path means something on one machine: a worker elsewhere gives the job back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from songloom.acquire import reaching
from songloom.acquire import services as acquire
from songloom.jobs import registry
from songloom.jobs.models import Job, Worker
from songloom.jobs.performing import perform
from songloom.jobs.place import HOST
from songloom.jobs.services import finish
from songloom.library.models import Folder, Track, User
from tests.acquire.sounds import make_song

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def owner(tmp_path: Path, settings: Settings) -> User:
    settings.HOME = tmp_path / "home"
    settings.MEDIA = settings.HOME / "media"
    (settings.HOME / "tmp").mkdir(parents=True)
    return User.objects.create(username="ming")


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return make_song(tmp_path / "music" / "a.wav", seed=1)


def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on this process runs on another machine."""
    monkeypatch.setattr(reaching, "HOST", "elsewhere.00")


def far_worker() -> Worker:
    """Another machine's, which takes jobs of every queue."""
    now = timezone.now()
    return Worker.objects.create(name="far:1", host="elsewhere.00", pid=1, queues="", seen_at=now)


def test_a_path_that_is_not_here_goes_back_uncounted_until_it_is(
    owner: User, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = acquire.add_path_later(song, owner=owner)
    away = song.rename(song.with_name("away.wav"))
    elsewhere(monkeypatch)
    assert perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts, job.stage) == ("queued", 0, reaching.WHY)
    assert job.due_at is not None  # another worker has time to take it
    away.rename(song)  # as on the machine that has it
    Job.objects.filter(pk=job.pk).update(due_at=None)
    assert perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)


def test_after_ten_minutes_it_is_said_that_nobody_finds_it(
    owner: User, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = acquire.add_path_later(song, owner=owner)
    song.unlink()
    elsewhere(monkeypatch)
    asked_at = timezone.now() - reaching.GIVEN_BACK_FOR - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(created_at=asked_at)
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, (job.error or {})["code"]) == ("failed", "no_such_file")


def test_where_it_was_named_a_missing_path_is_refused_at_once(owner: User, song: Path) -> None:
    job = acquire.add_path_later(song, owner=owner)
    song.unlink()
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, (job.error or {})["code"]) == ("failed", "no_such_file")


def test_a_scan_elsewhere_marks_nothing_missing_and_waits(
    owner: User, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquire.link_folder(str(song.parent), owner=owner)
    finish([acquire.scan_later(owner=owner)])
    assert Track.objects.get().missing_at is None
    job = acquire.scan_later(owner=owner)
    Folder.objects.update(path=str(song.parent.with_name("mounted elsewhere")))
    elsewhere(monkeypatch)
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.stage) == ("queued", reaching.WHY)
    assert Track.objects.get().missing_at is None


def test_a_table_of_this_disk_waits_too(
    owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("title\nBlue\n")
    job = acquire.import_table_later(path, owner=owner)
    path.unlink()
    elsewhere(monkeypatch)
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.stage) == ("queued", reaching.WHY)


def test_a_command_does_itself_what_a_worker_elsewhere_could_not_reach(
    owner: User, song: Path
) -> None:
    far_worker()
    job = acquire.add_path_later(song, owner=owner)
    finish_only(job)
    assert Track.objects.get().title == "a"


def test_a_command_leaves_to_that_worker_what_needs_no_disk(owner: User, song: Path) -> None:
    from songloom.jobs.services import _is_served

    job = acquire.add_path_later(song, owner=owner)
    follows = Job(kind="analyse.extract", queue="analysis")
    assert not _is_served(job, {"elsewhere.00"})
    assert _is_served(job, {"elsewhere.00", HOST})
    assert _is_served(follows, {"elsewhere.00"})
    assert not _is_served(follows, set())


def test_whatever_reads_a_path_says_that_it_lies_on_a_disk() -> None:
    on_disk = {name for name, kind in registry.kinds.items() if kind.on_disk}
    assert on_disk == {"acquire.add", "acquire.scan", "acquire.table"}


def finish_only(job: Job) -> None:
    """As a command does it, but for the jobs that follow, which the far worker would do."""
    from songloom.jobs.services import _step

    while not Job.objects.get(pk=job.pk).is_final:
        assert _step([Job.objects.get(pk=job.pk)])
