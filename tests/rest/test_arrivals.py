"""Bringing music in over REST: uploads, addresses, scans, folders; every refusal leaves nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from songloom.interfaces.answers import limits
from songloom.jobs.models import Job
from songloom.library.models import File, Folder, Track
from tests.kept import home_path
from tests.rest.conftest import Caller, assert_error, read
from tests.rest.test_tracks import TRACK
from tests.shelf import wav_bytes


def upload(caller: Caller, content: bytes, name: str = "song.wav", **fields: str) -> Any:
    file = SimpleUploadedFile(name, content)
    return caller.client.post("/api/v1/tracks", {"file": file, **fields}, headers=caller.headers)


def left_behind() -> list[str]:
    """Files in the home's folder for bytes on their way in."""
    return [path.name for path in (Path(django_settings.HOME) / "tmp").glob("*") if path.is_file()]


def test_a_new_file_is_201_and_the_same_again_200(ada: Caller) -> None:
    content = wav_bytes(1.5, 331.0)
    first = read(upload(ada, content, "晴天.wav"), 201)
    assert first.keys() >= TRACK
    assert first["title"] == "晴天"
    assert first["duration_s"] == pytest.approx(1.5, abs=1 / 8_000)  # one sample
    assert first["format"] == "wav"
    assert first["size_bytes"] == len(content)
    assert first["warnings"] == []
    again = read(upload(ada, content, "other name.wav"), 200)
    assert again["id"] == first["id"]
    assert ada.get("tracks")["total"] == 1
    file = File.objects.get()
    assert home_path(file.sha256).read_bytes() == content
    assert left_behind() == []


def test_identical_bytes_of_two_people_are_two_tracks(ada: Caller, bob: Caller) -> None:
    content = wav_bytes(1.0, 333.0)
    first, second = read(upload(ada, content), 201), read(upload(bob, content), 201)
    assert first["id"] != second["id"]
    assert File.objects.values("sha256").distinct().count() == 1


def test_a_title_may_be_given(ada: Caller) -> None:
    made = read(upload(ada, wav_bytes(1.0, 335.0), title="青花瓷"), 201)
    assert made["title"] == "青花瓷"
    read(upload(ada, wav_bytes(1.0, 336.0), title="x" * 301), 422)


def test_a_stored_track_is_analysed_and_indexed_by_itself(ada: Caller) -> None:
    read(upload(ada, wav_bytes(1.0, 337.0)), 201)
    kinds = set(Job.objects.values_list("kind", flat=True))
    assert {"search.index", "analyse.extract"} <= kinds


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 415, "empty_file"),
        (b"these words are no sound" * 100, 415, "not_audio"),
        (b"<!DOCTYPE html><html><body>404</body></html>", 415, "web_page"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", 415, None),
        (bytes(range(256)) * 64, 415, "not_audio"),
    ],
)
def test_what_is_no_sound_is_refused_and_leaves_nothing(
    ada: Caller, content: bytes, status: int, code: str | None
) -> None:
    error = read(upload(ada, content, "song.mp3"), status)["error"]
    assert code is None or error["code"] == code
    assert not Track.objects.exists()
    assert not File.objects.exists()
    assert left_behind() == []


def test_too_large_and_too_long_say_the_limit(ada: Caller, settings: Settings) -> None:
    settings.LARGEST_UPLOAD_MB = 0.01
    error = read(upload(ada, wav_bytes(2.0, 339.0)), 413)["error"]
    assert error["code"] == "too_large"
    assert "0.01 MB" in error["message"]
    settings.LARGEST_UPLOAD_MB = 10
    settings.LONGEST_TRACK_S = 1
    error = read(upload(ada, wav_bytes(2.0, 341.0)), 422)["error"]
    assert error["code"] == "too_long"
    assert not Track.objects.exists()
    assert left_behind() == []


def test_a_form_without_a_file_is_refused(ada: Caller) -> None:
    response = ada.client.post("/api/v1/tracks", {"title": "x"}, headers=ada.headers)
    assert list(read(response, 422)["error"]["fields"]) == ["file"]
    response = ada.client.post("/api/v1/tracks", {"file": "words"}, headers=ada.headers)
    read(response, 422)
    broken = ada.client.generic(
        "POST",
        "/api/v1/tracks",
        b"--x\r\nnonsense",
        content_type="multipart/form-data; boundary=x",
        headers=ada.headers,
    )
    assert broken.status_code in (400, 422)
    assert_error(broken.json())
    no_boundary = ada.client.generic(
        "POST", "/api/v1/tracks", b"x", content_type="multipart/form-data", headers=ada.headers
    )
    assert read(no_boundary, 400)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.wav", "C:\\x\\y.wav", "a\x00b.wav", ".wav", "💿.wav"]
)
def test_the_senders_name_is_never_a_path(ada: Caller, name: str) -> None:
    made = read(upload(ada, wav_bytes(1.0, 343.0), name), 201)
    assert "/" not in made["title"]
    assert "\\" not in made["title"]


def test_uploads_are_private_where_that_is_set(
    ada: Caller, bob: Caller, settings: Settings
) -> None:
    settings.UPLOADS_PRIVATE = True
    made = read(upload(ada, wav_bytes(1.0, 345.0)), 201)
    bob.get(f"tracks/{made['id']}", 404)
    settings.UPLOADS_PRIVATE = False
    made = read(upload(ada, wav_bytes(1.0, 346.0)), 201)
    bob.get(f"tracks/{made['id']}")


def test_an_address_is_accepted_as_a_job(ada: Caller) -> None:
    response = ada.send("POST", "imports", {"url": "https://example.org/song.mp3"})
    job = read(response, 202)["job"]
    assert response["Location"] == f"/api/v1/jobs/{job['id']}"
    assert job["state"] == "queued"


@pytest.mark.parametrize(
    ("url", "codes"),
    [
        ("", ["bad_url"]),
        ("nothing", ["bad_url"]),
        ("ftp://example.org/x", ["bad_url"]),
        ("file:///etc/passwd", ["bad_url"]),
        ("http://127.0.0.1/x", ["forbidden_address"]),
        ("http://[::1]/x", ["forbidden_address"]),
        ("http://2130706433/x", ["forbidden_address", "bad_url"]),
        ("http://192.168.0.1/x", ["forbidden_address"]),
        ("http://user:pw@/x", ["bad_url"]),
    ],
)
def test_an_address_that_may_not_be_fetched_is_refused_at_once(
    ada: Caller, url: str, codes: list[str]
) -> None:
    assert ada.post("imports", {"url": url}, 422)["error"]["code"] in codes
    assert not Job.objects.exists()


def test_a_scan_is_a_job_and_two_are_one(ada: Caller, bob: Caller) -> None:
    first = ada.post("scan", status=202)["job"]
    again = ada.post("scan", {}, 202)["job"]
    assert first["id"] == again["id"]
    bob.post("scan", {"folder": "00000000-0000-7000-8000-000000000000"}, 404)


def test_folders_are_linked_by_administrators(ada: Caller, root: Caller, tmp_path: Path) -> None:
    ada.post("folders", {"path": str(tmp_path)}, 403)
    made = root.post("folders", {"path": str(tmp_path), "name": "Music"}, 201)
    assert made["path"] == str(tmp_path.resolve())
    (seen,) = ada.get("folders")["items"]
    assert seen["name"] == "Music"
    assert seen["path"] is None
    ada.post("scan", {"folder": made["id"]}, 202)
    ada.delete(f"folders/{made['id']}", 403)
    root.delete(f"folders/{made['id']}")
    assert not Folder.objects.exists()
    assert tmp_path.is_dir()
    for path in ("", "/no/such/folder", str(tmp_path / "file")):
        (tmp_path / "file").touch()
        root.post("folders", {"path": path}, 422)


def test_uploads_and_imports_have_limits(ada: Caller, settings: Settings) -> None:
    settings.RATE_LIMITS = True
    for limit in limits.EVERY:
        limit.forget()
    assert ada.user is not None
    for _ in range(limits.UPLOADS.n):
        limits.UPLOADS.count(str(ada.user.pk))
    assert int(upload(ada, b"x")["Retry-After"]) > 0
    for _ in range(limits.IMPORTS.n):
        ada.post("imports", {"url": "nothing"}, 422)
    ada.post("imports", {"url": "nothing"}, 429)
    for limit in limits.EVERY:
        limit.forget()
