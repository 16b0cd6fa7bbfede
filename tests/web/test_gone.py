"""A folder that is suddenly empty: said on the folders page, scanned again or accepted there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from songloom.acquire import services as acquire
from songloom.interfaces.web.gone import stopped
from songloom.jobs import services as jobs
from songloom.jobs.models import Job
from songloom.library.models import File, Folder, Track, User

N_SONGS = 51  # one more than may go without asking
FOLDERS = "/settings/folders/"


def folder_at(path: Path, owner: User, n: int) -> Folder:
    """A linked folder of files that are known as they lie there: a scan has nothing to hear."""
    path.mkdir()
    folder = acquire.link_folder(str(path), owner=owner)
    for i in range(n):
        file = path / f"{i:02}.wav"
        file.write_bytes(b"x")
        track = Track.objects.create(title=str(i), owner=owner, duration_s=1, origin="scanned")
        File.objects.create(
            track=track,
            owner=owner,
            folder=folder,
            path=file.name,
            place=f"{folder.number} {i}",
            sha256=f"{i:064d}",
            size_bytes=1,
            modified_ns=file.stat().st_mtime_ns,
            format="wav",
            sample_rate=8_000,
            channels=1,
            duration_s=1.0,
        )
    assert scan(owner, folder).state == Job.State.DONE
    return folder


def scan(owner: User, folder: Folder | None = None, **more: bool) -> Job:
    job = acquire.scan_later(owner=owner, folder=folder, **more)
    jobs.finish([job])
    job.refresh_from_db()
    return job


@pytest.fixture
def emptied(yun: User, tmp_path: Path) -> Folder:
    """A folder whose drive went away: there, but empty, and scanned since."""
    folder = folder_at(tmp_path / "Music 2", yun, N_SONGS)
    shutil.rmtree(folder.path)
    Path(folder.path).mkdir()
    assert scan(yun, folder).state == Job.State.FAILED
    return folder


@pytest.mark.parametrize(
    ("language", "said", "words"),
    [
        ("en", "Much of “Music 2” was not there at the last scan.", "They are gone for good"),
        ("zh-hans", "上次扫描时，“Music 2”里大部分文件不在。", "文件确实没了"),
    ],
)
def test_a_folder_that_is_suddenly_empty_is_said_and_can_be_accepted(
    client: Client, emptied: Folder, language: str, said: str, words: str
) -> None:
    client.post("/language/", {"language": language})
    page = client.get(FOLDERS).content.decode()
    assert said in page
    assert f'value="1">{words}</button>' in page
    assert not File.objects.filter(missing_at__isnull=False).exists()
    address = reverse("web:scan_folder", args=[emptied.pk])
    assert f'action="{address}"' in page
    client.post(address, {"accepts_missing": "1"})
    jobs.finish(list(Job.objects.unfinished().filter(kind="acquire.scan")))
    assert Track.objects.filter(missing_at__isnull=False).count() == N_SONGS
    assert said not in client.get(FOLDERS).content.decode()
    assert Track.objects.count() == N_SONGS, "missing is not deleted"


def test_a_drive_that_is_back_needs_only_another_scan(
    client: Client, yun: User, tmp_path: Path
) -> None:
    folder = folder_at(tmp_path / "Music 2", yun, N_SONGS)
    away = tmp_path / "away"
    shutil.move(folder.path, away)
    Path(folder.path).mkdir()
    scan(yun)
    assert stopped([folder]) == {folder.pk}
    page = client.get("/activity/").content.decode()
    assert f'<a class="link" href="{FOLDERS}">Look at the folders</a>' in page
    Path(folder.path).rmdir()
    shutil.move(away, folder.path)
    client.post(reverse("web:scan_folder", args=[folder.pk]))
    jobs.finish(list(Job.objects.unfinished().filter(kind="acquire.scan")))
    assert stopped([folder]) == set()
    assert not Track.objects.filter(missing_at__isnull=False).exists()


def test_of_two_folders_only_the_one_that_stopped_is_named(
    yun: User, emptied: Folder, tmp_path: Path
) -> None:
    well = folder_at(tmp_path / "Well", yun, 1)
    scan(yun)  # all of them: one refused, the other done
    assert stopped([emptied, well]) == {emptied.pk}
    scan(yun, well)
    assert stopped([emptied, well]) == {emptied.pk}, "a scan of another folder says nothing of it"


def test_folders_that_were_never_scanned_or_went_well_have_no_note(
    client: Client, yun: User, tmp_path: Path
) -> None:
    folder = folder_at(tmp_path / "Well", yun, 1)
    assert stopped([folder]) == set()
    assert stopped([]) == set()
    assert "data-stopped" not in client.get(FOLDERS).content.decode()


def test_only_an_administrator_accepts_that_files_are_gone(
    mo: User, yun: User, tmp_path: Path
) -> None:
    folder = folder_at(tmp_path / "Well", yun, 1)
    n_jobs = Job.objects.count()
    browser = Client()
    browser.force_login(mo)
    answer = browser.post(reverse("web:scan_folder", args=[folder.pk]), {"accepts_missing": "1"})
    assert answer.status_code == 403
    assert Job.objects.count() == n_jobs
