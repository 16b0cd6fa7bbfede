"""No parameter, however odd, makes a crash: every answer is a frame, in both forms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from defusedxml import ElementTree
from django.test import Client
from pytest_django.fixtures import Settings

from songloom.interfaces.subsonic import urls  # noqa: F401  (registers every method)
from songloom.interfaces.subsonic.protocol import METHODS, PUBLIC
from songloom.library.models import User
from songloom.library.services import people
from songloom.library.services.playlists import make_playlist
from tests.shelf import shelve
from tests.subsonic.conftest import APP_PASSWORD

ODD = [
    "",
    "0",
    "-1",
    "99999999999999999999999999",
    "1e309",
    "NaN",
    "null",
    "true",
    "<b>&\"'",
    "' OR 1=1 --",
    "../../../etc/passwd",
    "\x00\x01\x1f",
    "晴天💿",
    "\u2028\ufeff",
    "x" * 4_000,
    "al-",
    "tr-00000000-0000-7000-8000-000000000000",
    "00000000-0000-7000-8000-000000000000",
]
PARAMETERS = [
    "id",
    "albumId",
    "artistId",
    "playlistId",
    "songId",
    "songIdToAdd",
    "songIndexToRemove",
    "current",
    "username",
    "genre",
    "artist",
    "title",
    "query",
    "type",
    "name",
    "size",
    "count",
    "offset",
    "songCount",
    "songOffset",
    "fromYear",
    "toYear",
    "musicFolderId",
    "ifModifiedSince",
    "rating",
    "submission",
    "time",
    "position",
    "maxBitRate",
    "format",
    "timeOffset",
    "any",
    "newerThan",
    "mediaId",
    "mediaType",
    "positionMs",
    "state",
    "playbackRate",
    "ignoreScrobble",
    "currentIndex",
    "comment",
    "description",
    "expires",
    "streamUrl",
    "homepageUrl",
    "message",
    "since",
    "startSongId",
    "endSongId",
    "transcodeParams",
    "action",
    "bitRate",
    "url",
]
CHANGES_USERS = ("createUser", "updateUser", "changePassword", "deleteUser")


@pytest.fixture
def client(ada: User) -> Client:
    people.make_app_password(ada, "phone", APP_PASSWORD)
    track = shelve(ada, "Song", artist="A", album="L", genre="G", date="2001", lyrics="la")
    make_playlist(ada, "List", [track])
    return Client()


def frame_of(response: Any) -> dict[str, Any]:
    assert response.status_code == 200
    frame: dict[str, Any] = json.loads(response.content)["subsonic-response"]
    assert frame["type"] == "songloom"
    assert frame["openSubsonic"] is True
    assert frame["status"] == ("failed" if "error" in frame else "ok")
    if "error" in frame:
        assert frame["error"]["code"] in (0, 10, 40, 50, 70)
        assert frame["error"]["message"]
    return frame


@pytest.mark.parametrize("method", sorted((METHODS.keys() | PUBLIC.keys()) - set(CHANGES_USERS)))
def test_odd_values_of_every_parameter_get_a_frame(client: Client, method: str) -> None:
    """The same value in every parameter at once: what fails says so, and nothing breaks."""
    for value in ODD:
        query = dict.fromkeys(PARAMETERS, value)
        response = client.get(
            f"/rest/{method}", {"u": "ada", "p": APP_PASSWORD, "f": "json", **query}
        )
        frame = frame_of(response)
        words = frame.get("error", {}).get("message", "")
        assert "the log has it" not in words, f"{method} broke on {value!r}"


# What is right with one odd value beside it: method → what is right, what turns odd.
ONE_ODD: dict[str, tuple[dict[str, str], str]] = {
    "getAlbumList2": ({"type": "newest"}, "size offset musicFolderId"),
    "getAlbumList": ({"type": "byYear", "fromYear": "1990", "toYear": "2010"}, "fromYear toYear"),
    "getRandomSongs": ({}, "size genre fromYear toYear musicFolderId"),
    "getSongsByGenre": ({"genre": "G"}, "genre count offset musicFolderId"),
    "getIndexes": ({}, "ifModifiedSince musicFolderId"),
    "getTopSongs": ({"artist": "A"}, "artist count"),
    "search2": ({"query": "Song"}, "query songCount songOffset albumCount artistOffset"),
    "search3": ({"query": ""}, "query songCount songOffset albumOffset artistCount"),
    "getPlaylists": ({}, "username"),
    "createPlaylist": ({"name": "x"}, "name songId playlistId"),
    "savePlayQueue": ({}, "id current position"),
    "getLyrics": ({"title": "Song"}, "artist title"),
}


@pytest.mark.parametrize("method", ONE_ODD)
def test_one_odd_value_beside_right_ones_gets_a_frame(client: Client, method: str) -> None:
    right, names = ONE_ODD[method]
    query = {"u": "ada", "p": APP_PASSWORD, "f": "json", **right}
    assert frame_of(client.get(f"/rest/{method}", query))["status"] == "ok"
    for name in names.split():
        for value in ODD:
            frame = frame_of(client.get(f"/rest/{method}", {**query, name: value}))
            words = frame.get("error", {}).get("message", "")
            assert "the log has it" not in words, f"{method} broke on {name}={value!r}"


@pytest.mark.parametrize("form", ["xml", "", "yaml", "JSON", "jsonp"])
def test_an_unknown_form_is_xml(client: Client, form: str) -> None:
    query = {"u": "ada", "p": APP_PASSWORD, "f": form}
    response = client.get("/rest/ping", query)
    assert response.status_code == 200
    if form == "jsonp":  # without a callback
        assert json.loads(response.content)["subsonic-response"]["error"]["code"] == 0
    else:
        assert ElementTree.fromstring(response.content).attrib["status"] == "ok"


def test_jsonp_calls_back(client: Client) -> None:
    query = {"u": "ada", "p": APP_PASSWORD, "f": "jsonp", "callback": "app.done"}
    response = client.get("/rest/getArtists", query)
    assert response["Content-Type"].startswith("text/javascript")
    body = response.content.decode()
    assert body.startswith("/**/app.done(")
    assert json.loads(body[len("/**/app.done(") : -2])["subsonic-response"]["status"] == "ok"
    evil = client.get("/rest/ping", {**query, "callback": "alert(1);//"})
    assert b"alert" not in evil.content


@pytest.mark.parametrize("path", ["/rest/", "/rest/nothing", "/rest/nothing.view", "/rest/.view"])
def test_a_method_that_is_not_there_is_named_in_an_answer(client: Client, path: str) -> None:
    frame = frame_of(client.get(path, {"u": "ada", "p": APP_PASSWORD, "f": "json"}))
    assert frame["error"]["code"] == 0


def test_a_stranger_learns_nothing_about_methods(client: Client) -> None:
    for path in ("/rest/nothing", "/rest/getArtists", "/rest/deleteUser"):
        assert frame_of(client.get(path, {"f": "json"}))["error"]["code"] == 10


def test_methods_of_http_that_mean_nothing_here_are_refused(client: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        assert client.generic(method, "/rest/ping").status_code == 405


def test_a_head_is_answered_like_a_get(client: Client) -> None:
    response = client.head("/rest/ping", {"u": "ada", "p": APP_PASSWORD, "f": "json"})
    assert response.status_code == 200
    assert response.content == b""
    assert int(response["Content-Length"]) > 50


def test_what_breaks_is_logged_and_answered_without_details(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(call: object) -> None:
        raise RuntimeError("secret /path/of/ours")

    monkeypatch.setitem(METHODS, "ping", broken)
    frame = frame_of(client.get("/rest/ping", {"u": "ada", "p": APP_PASSWORD, "f": "json"}))
    assert frame["error"]["code"] == 0
    assert "secret" not in frame["error"]["message"]
    assert "path" not in frame["error"]["message"]


def test_a_body_over_a_megabyte_is_an_answer_too(client: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    response = client.post(
        f"/rest/ping?u=ada&p={APP_PASSWORD}&f=json",
        "x=" + "y" * 2_000,
        content_type="application/x-www-form-urlencoded",
    )
    assert frame_of(response)["error"]["code"] == 0


def test_form_values_stand_before_those_of_the_address(client: Client) -> None:
    response = client.post(
        "/rest/getUser?username=nobody&f=json",
        f"username=ada&u=ada&p={APP_PASSWORD}",
        content_type="application/x-www-form-urlencoded",
    )
    assert frame_of(response)["user"]["username"] == "ada"


def test_multipart_forms_are_read_too(client: Client) -> None:
    response = client.post("/rest/ping", {"u": "ada", "p": APP_PASSWORD, "f": "json"})
    assert frame_of(response)["status"] == "ok"
    broken = client.generic(
        "POST",
        "/rest/ping?f=json",
        b"nonsense",
        content_type="multipart/form-data; boundary=x",
    )
    assert frame_of(broken)["status"] == "failed"
