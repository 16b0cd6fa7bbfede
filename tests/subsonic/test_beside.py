"""What stands beside the music: bookmarks, radio, messages, avatars; and what there is none of."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from songloom.library.models import Track, User
from songloom.library.services import people
from tests.shelf import shelve
from tests.subsonic.conftest import APP_PASSWORD, Ask, asking

RADIO = {"name": "Waves", "streamUrl": "https://radio.example/a"}


@pytest.fixture
def song(ada: User) -> Track:
    return shelve(ada, "one", artist="A", album="Album")


def test_bookmarks_are_ones_own(ask: Ask, bob: User, song: Track) -> None:
    assert ask("createBookmark", id=song.pk, position=1_500, comment="here")["status"] == "ok"
    (mark,) = ask("getBookmarks")["bookmarks"]["bookmark"]
    assert (mark["position"], mark["username"], mark["entry"]["title"]) == (1_500, "ada", "one")
    assert mark["entry"]["bookmarkPosition"] == 1_500
    as_bob = asking(bob)
    assert as_bob("getBookmarks")["bookmarks"]["bookmark"] == []
    assert "bookmarkPosition" not in as_bob("getSong", id=song.pk)["song"]
    assert as_bob("deleteBookmark", id=song.pk)["status"] == "ok"
    assert len(ask("getBookmarks")["bookmarks"]["bookmark"]) == 1
    assert ask("createBookmark", id=song.pk, position="soon")["error"]["code"] == 0
    assert ask("createBookmark", id=song.pk, position="-1")["error"]["code"] == 0
    assert ask("createBookmark", id="nothing", position="1")["error"]["code"] == 70


def test_stations_are_for_all_and_changed_by_administrators(ask: Ask, root: User) -> None:
    as_root = asking(root)
    assert ask("createInternetRadioStation", **RADIO)["error"]["code"] == 50
    assert as_root("createInternetRadioStation", **RADIO)["status"] == "ok"
    assert as_root("createInternetRadioStation", name="x", streamUrl="x")["error"]["code"] == 0
    (station,) = ask("getInternetRadioStations")["internetRadioStations"]["internetRadioStation"]
    assert station == {"id": station["id"], **RADIO}
    changed = {"id": station["id"], **RADIO, "homePageUrl": "http://radio.example"}
    assert ask("updateInternetRadioStation", **changed)["error"]["code"] == 50
    assert as_root("updateInternetRadioStation", **changed)["status"] == "ok"
    (station,) = ask("getInternetRadioStations")["internetRadioStations"]["internetRadioStation"]
    assert station["homePageUrl"] == "http://radio.example"
    assert ask("deleteInternetRadioStation", id=station["id"])["error"]["code"] == 50
    assert as_root("deleteInternetRadioStation", id=station["id"])["status"] == "ok"
    assert as_root("deleteInternetRadioStation", id=station["id"])["error"]["code"] == 70


def test_messages_are_for_all_the_newest_first(ask: Ask, bob: User) -> None:
    as_bob = asking(bob)
    ask("addChatMessage", message="一")
    as_bob("addChatMessage", message="二")
    said = ask("getChatMessages")["chatMessages"]["chatMessage"]
    assert [(one["username"], one["message"]) for one in said] == [("bob", "二"), ("ada", "一")]
    newer = ask("getChatMessages", since=said[0]["time"] + 1_000)["chatMessages"]["chatMessage"]
    assert newer == []
    assert ask("addChatMessage", message=" ")["error"]["code"] == 0


def test_everybody_has_an_avatar_of_their_own(ada: User, bob: User) -> None:
    people.make_app_password(ada, "phone", APP_PASSWORD)

    def avatar(name: str, **more: Any) -> Any:
        who = {"u": "ada", "p": APP_PASSWORD, "f": "json"}
        return Client().get("/rest/getAvatar", {**who, "username": name, **more})

    first, second = avatar("ada"), avatar("bob")
    assert first["Content-Type"] == second["Content-Type"] == "image/png"
    assert first["ETag"] != second["ETag"]
    assert avatar("ada", size=64)["ETag"] != first["ETag"]
    assert avatar("nobody").json()["subsonic-response"]["error"]["code"] == 70


@pytest.mark.parametrize(
    ("method", "payload"),
    [
        ("getPodcasts", {"podcasts": {"channel": []}}),
        ("getNewestPodcasts", {"newestPodcasts": {"episode": []}}),
        ("refreshPodcasts", {}),
        ("getVideos", {"videos": {}}),
    ],
)
def test_lists_of_what_there_is_none_of_are_empty(
    ask: Ask, method: str, payload: dict[str, Any]
) -> None:
    answer = ask(method)
    assert answer["status"] == "ok"
    assert {name: answer[name] for name in payload} == payload


def test_podcasts_are_not_promised(ask: Ask) -> None:
    assert ask("createPodcastChannel", url="https://pod.example")["error"]["code"] == 50
    assert ask("getPodcasts", id="1")["error"]["code"] == 70
    for method in ("getPodcastEpisode", "getVideoInfo", "getCaptions", "deletePodcastChannel"):
        assert ask(method, id="1")["error"]["code"] == 70
        assert ask(method)["error"]["code"] == 10


def test_the_jukebox_is_silent_and_says_so(ask: Ask) -> None:
    status = ask("jukeboxControl", action="status")["jukeboxStatus"]
    assert status == {"currentIndex": 0, "playing": False, "volume": 0, "position": 0}
    assert ask("jukeboxControl", action="get")["jukeboxPlaylist"]["entry"] == []
    for action in ("start", "add", "setGain"):
        assert ask("jukeboxControl", action=action)["error"]["code"] == 50
    assert ask("jukeboxControl", action="sing")["error"]["code"] == 0
    assert ask("getUser", username="ada")["user"]["jukeboxRole"] is False


@pytest.mark.searches
@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"any": "one"}, ["one"]),
        ({"artist": "A"}, ["one"]),
        ({"album": "Album", "title": "one"}, ["one"]),
        ({"title": "two"}, []),
        ({}, ["one"]),
        ({"any": 'on"e'}, ["one"]),  # a quotation mark ends nothing
        ({"any": "one", "newerThan": 4_000_000_000_000}, []),
    ],
)
def test_the_oldest_search_finds_songs(
    ask: Ask, song: Track, asked: dict[str, Any], titles: list[str]
) -> None:
    from songloom.search.indexing import index_tracks

    index_tracks([song.pk])
    result = ask("search", **asked)["searchResult"]
    assert [match["title"] for match in result["match"]] == titles
    assert (result["offset"], result["totalHits"]) == (0, len(titles))
