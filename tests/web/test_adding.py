"""Bringing music in: files, addresses, folders; a bad file gets words and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from songloom.interfaces.answers.limits import EVERY
from songloom.jobs.models import Job
from songloom.library.models import File, Track, User
from tests.shelf import wav_bytes

JSON = {"Accept": "application/json"}
UPLOAD = "/add/files/"


def send(client: Client, *files: tuple[str, bytes], json: bool = True) -> Any:
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(UPLOAD, {"file": sent}, headers=JSON if json else {})


def test_a_file_becomes_a_song(client: Client, yun: User) -> None:
    told = send(client, ("Paper Boats.wav", wav_bytes(0.6, 330.0))).json()["files"][0]
    assert told["is_new"] is True
    track = Track.objects.get()
    assert told["page"] == reverse("web:track", args=[track.pk])
    assert (track.title, track.owner) == ("Paper Boats", yun)
    assert track.duration_s == pytest.approx(0.6)


def test_the_same_bytes_are_one_song(client: Client) -> None:
    sound = wav_bytes(0.6, 331.0)
    first = send(client, ("a.wav", sound)).json()["files"][0]
    again = send(client, ("b.wav", sound)).json()["files"][0]
    assert again["is_new"] is False
    assert again["track"]["id"] == first["track"]["id"]


def test_several_files_come_at_once_and_a_bad_one_stops_none(client: Client) -> None:
    answer = send(client, ("a.wav", wav_bytes(0.5, 332.0)), ("b.wav", b"nonsense" * 100))
    told = answer.json()["files"]
    assert "track" in told[0]
    assert told[1]["error"]["code"] == "not_audio"
    assert Track.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.mp3", b"<!doctype html><html><body>Not here</body></html>", "web_page"),
        ("noise.flac", bytes(range(256)) * 20, "not_audio"),
        ("../../etc/passwd.wav", b"root:x:0:0", "not_audio"),
    ],
)
def test_what_is_no_audio_gets_words_and_leaves_nothing(
    client: Client, settings: Any, name: str, content: bytes, code: str
) -> None:
    before = sorted((Path(settings.HOME) / "tmp").iterdir())
    answer = send(client, (name, content))
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"].endswith(".")
    assert not Track.objects.exists()
    assert not File.objects.exists()
    assert sorted((Path(settings.HOME) / "tmp").iterdir()) == before


def test_an_empty_file_gets_words(client: Client) -> None:
    answer = send(client, ("empty.mp3", b""))
    assert answer.json()["error"]["code"] == "empty_file"


@override_settings(LARGEST_UPLOAD_MB=0.001)
def test_a_file_that_is_too_large_gets_words(client: Client) -> None:
    answer = send(client, ("long.wav", wav_bytes(1.0, 333.0)))
    assert answer.json()["error"]["code"] == "too_large"


def test_without_script_the_page_itself_says_what_came(client: Client) -> None:
    answer = send(client, ("a.wav", wav_bytes(0.5, 334.0)), ("b.wav", b"x" * 500), json=False)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "“a” was added." in page
    assert "b.wav: " in page


def test_the_words_of_a_refusal_are_chinese_where_the_reader_is(chinese: Client) -> None:
    answer = send(chinese, ("x.mp3", b"<!doctype html><html></html>"))
    assert answer.json()["error"]["message"] == "这是网页，不是音频，没有添加。"


def test_an_address_is_fetched_in_the_background(client: Client, yun: User) -> None:
    answer = client.post("/add/address/", {"url": "https://music.example/a.flac"})
    assert answer["Location"] == reverse("web:activity")
    job = Job.objects.get(kind="acquire.url")
    assert job.owner == yun
    assert "https://music.example/a.flac" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "url", ["", "nothing", "ftp://x.example/a.mp3", "file:///etc/passwd", "javascript:alert(1)"]
)
def test_an_address_that_is_none_is_refused_at_once(client: Client, url: str) -> None:
    page = client.post("/add/address/", {"url": url}, follow=True).content.decode()
    assert 'data-level="error"' in page
    assert not Job.objects.exists()


@pytest.mark.parametrize("back", ["/add/", "/settings/folders/"])
def test_a_folder_that_is_not_there_stays_as_it_was_typed(client: Client, back: str) -> None:
    form = {"path": "/no/such <place>", "next": back}
    page = client.post("/add/folder/", form, follow=True).content.decode()
    assert "There is nothing at this path." in page
    assert 'value="/no/such &lt;place&gt;"' in page
    assert "/no/such" not in client.get(back).content.decode()


def test_an_address_that_was_refused_stays_as_it_was_typed(client: Client) -> None:
    page = client.post("/add/address/", {"url": "ftp://x.example/a.mp3"}, follow=True)
    assert 'value="ftp://x.example/a.mp3"' in page.content.decode()


def test_scanning_is_queued_once_however_often_it_is_asked(client: Client) -> None:
    for _ in range(3):
        assert client.post("/scan/").status_code == 302
    assert Job.objects.filter(kind="acquire.scan").count() == 1


def test_only_administrators_link_folders(mo: User, tmp_path: Path) -> None:
    browser = Client()
    browser.force_login(mo)
    assert browser.post("/add/folder/", {"path": str(tmp_path)}).status_code == 403
    assert 'id="folder"' not in browser.get("/add/").content.decode()


@override_settings(RATE_LIMITS=True)
def test_a_flood_of_addresses_is_slowed_down(client: Client) -> None:
    try:
        for i in range(61):
            answer = client.post("/add/address/", {"url": f"https://x.example/{i}"}, follow=True)
        assert "Too many tries" in answer.content.decode()
    finally:
        for limit in EVERY:
            limit.forget()
