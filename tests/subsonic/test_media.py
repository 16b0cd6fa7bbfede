"""Sound, covers and lyrics as clients fetch them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from songloom.interfaces.subsonic.lyrics import read
from songloom.library.models import User
from songloom.library.services import people
from tests.shelf import shelve
from tests.subsonic.conftest import APP_PASSWORD, Ask
from tests.subsonic.oracle import conforms

PREFIX = "/_files"


@pytest.fixture
def fetch(ada: User) -> Any:
    people.make_app_password(ada, "player", APP_PASSWORD)

    def fetch(method: str, /, **parameters: Any) -> Any:
        headers = parameters.pop("headers", {})
        query = {"u": "ada", "p": APP_PASSWORD, "f": "json"} | parameters
        return Client().get(f"/rest/{method}", query, headers=headers)

    return fetch


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "cover.png"
    Image.new("RGB", (900, 700), (166, 61, 36)).save(path)
    return path


def sent(response: Any) -> bytes:
    """The bytes of the file that the answer names."""
    named = response["X-Accel-Redirect"]
    assert named.startswith(PREFIX)
    return Path(named.removeprefix(PREFIX)).read_bytes()


def test_stream_and_download_give_the_very_bytes(fetch: Any, ada: User) -> None:
    track = shelve(ada, "晴天/..\\x", artist="周杰伦")
    file = track.files.get()
    response = fetch("stream", id=track.pk)
    assert len(sent(response)) == file.size_bytes
    assert response["Content-Type"] == "audio/wav"
    assert "Content-Disposition" not in response
    assert "sandbox" in response["Content-Security-Policy"]
    saved = fetch("download", id=track.pk)
    assert sent(saved) == sent(response)
    assert saved["Content-Disposition"].startswith("attachment")
    assert "/" not in saved["Content-Disposition"].partition("''")[2].replace("%2F", "/")
    tag = response["ETag"]
    again = fetch("stream", id=track.pk, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again["ETag"] == tag


def test_what_cannot_be_streamed_is_an_answer_in_words(fetch: Any, ada: User, bob: User) -> None:
    hidden = shelve(bob, "hidden", is_private=True)
    for method in ("stream", "download", "getCoverArt", "getLyricsBySongId"):
        for key in (hidden.pk, "nothing"):
            response = fetch(method, id=key)
            assert response.status_code == 200
            error = json.loads(response.content)["subsonic-response"]["error"]
            assert error["code"] == 70
        assert json.loads(fetch(method).content)["subsonic-response"]["error"]["code"] == 10


def test_a_file_that_is_away_is_no_crash(fetch: Any, ada: User) -> None:
    track = shelve(ada, "away")
    Path(fetch("stream", id=track.pk)["X-Accel-Redirect"].removeprefix(PREFIX)).unlink()
    answer = json.loads(fetch("stream", id=track.pk).content)["subsonic-response"]
    assert answer["error"]["code"] == 0
    assert "/" not in answer["error"]["message"]


def test_streaming_is_not_a_play(fetch: Any, ask: Ask, ada: User) -> None:
    track = shelve(ada, "song")
    fetch("stream", id=track.pk)
    assert "playCount" not in ask("getSong", id=track.pk)["song"]


def size_of(response: Any) -> tuple[int, int]:
    with Image.open(io.BytesIO(sent(response))) as image:
        return image.size


def test_covers_come_in_the_size_asked_for(fetch: Any, ask: Ask, ada: User, picture: Path) -> None:
    track = shelve(ada, "song", album="L", artist="A", cover=picture)
    song = ask("getSong", id=track.pk)["song"]
    assert size_of(fetch("getCoverArt", id=song["coverArt"])) == (600, 467)
    assert size_of(fetch("getCoverArt", id=song["coverArt"], size=90)) == (90, 70)
    assert size_of(fetch("getCoverArt", id=track.pk, size=90)) == (90, 70)
    album = ask("getAlbum", id=song["albumId"])["album"]
    artist = ask("getArtist", id=song["artistId"])["artist"]
    for key in (album["coverArt"], album["id"], artist["coverArt"], artist["id"]):
        assert size_of(fetch("getCoverArt", id=key, size=100_000)) == (900, 700)
    response = fetch("getCoverArt", id=song["coverArt"], size=90)
    assert response["Content-Type"] == "image/jpeg"
    known = fetch(
        "getCoverArt", id=song["coverArt"], size=90, headers={"If-None-Match": response["ETag"]}
    )
    assert known.status_code == 304
    other = fetch("getCoverArt", id=song["coverArt"], size=91)
    assert other["ETag"] != response["ETag"]


def test_lyrics_with_times_are_lines_with_starts(ask: Ask, ada: User) -> None:
    words = "[ti:x]\n[offset:-100]\n[00:12.50]second\n[00:01.2][01:00]again\nplain"
    track = shelve(ada, "Song", artist="A", lyrics=words)
    (found,) = ask("getLyricsBySongId", id=track.pk)["lyricsList"]["structuredLyrics"]
    conforms(found, "StructuredLyrics")
    assert found["synced"] is True
    assert found["offset"] == -100
    assert found["line"] == [
        {"start": 1200, "value": "again"},
        {"start": 12500, "value": "second"},
        {"start": 60000, "value": "again"},
    ]
    older = ask("getLyrics", artist="A", title="song")["lyrics"]
    assert older["value"] == "again\nsecond\nagain"


def test_plain_lyrics_have_no_starts(ask: Ask, ada: User) -> None:
    track = shelve(ada, "Song", lyrics="one\n\ntwo [chorus]")
    (found,) = ask("getLyricsBySongId", id=track.pk)["lyricsList"]["structuredLyrics"]
    assert found["synced"] is False
    assert found["line"] == [{"value": "one"}, {"value": ""}, {"value": "two [chorus]"}]


def test_a_song_without_words_has_none(ask: Ask, ada: User) -> None:
    track = shelve(ada, "Song")
    assert ask("getLyricsBySongId", id=track.pk)["lyricsList"] == {"structuredLyrics": []}
    assert ask("getLyrics", artist="x", title="y")["lyrics"] == {"value": ""}


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("[00:00]a\n[00:00.1]b\n[00:00.01]c\n[00:00:001]d", [0, 1, 10, 100]),
        ("[99:59.999]end", [5_999_999]),
        ("[xx:yy]no\n[1]no", [None, None]),
        ("", []),
        ("\n \n", []),
        ("[ar:somebody]", []),
    ],
)
def test_times_are_read_as_they_are_written(text: str, starts: list[int | None]) -> None:
    assert [line.start_ms for line in read(text).lines] == starts
