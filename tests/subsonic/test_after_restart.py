"""What one player did is read back by another player of the same user, after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from songloom.library.models import Track, User
from songloom.library.services import people
from tests.live import serving
from tests.shelf import person, shelve

PHONE, NEW = "sesame for phones", "another sesame"
Answer = dict[str, Any]


class Player:
    """One client program, signed in its own way."""

    def __init__(self, client: httpx.Client, **who: str) -> None:
        self.client, self.who = client, who

    def ask(self, name: str, /, **more: Any) -> Answer:
        query = {**self.who, "v": "1.16.1", "f": "json", **more}
        response = self.client.get(f"/rest/{name}", params=query)
        answer: Answer = response.json()["subsonic-response"]
        return answer

    def do(self, name: str, /, **more: Any) -> Answer:
        answer = self.ask(name, **more)
        assert answer["status"] == "ok", (name, answer)
        return answer


@contextmanager
def phone() -> Iterator[Player]:
    with serving() as address, httpx.Client(base_url=address, timeout=60) as client:
        yield Player(client, u="root", p=PHONE, c="phone")


@contextmanager
def desktop(user: User) -> Iterator[Player]:
    key, _row = people.make_api_key(user, "desktop")
    with serving() as address, httpx.Client(base_url=address, timeout=60) as client:
        yield Player(client, apiKey=key, c="desktop")


@pytest.fixture
def root(transactional_db: None) -> User:
    user = person("root", is_admin=True)
    people.make_app_password(user, "phone", PHONE)
    person("guest")
    return user


@pytest.fixture
def songs(root: User) -> list[Track]:
    return [shelve(root, title, artist="周杰伦", album="叶惠美") for title in ("晴天", "东风破")]


def on_the_phone(player: Player, first: str, second: str, album: str, artist: str) -> None:
    player.do("star", id=first, albumId=album, artistId=artist)
    player.do("setRating", id=first, rating=4)
    player.do("setRating", id=album, rating=5)
    player.do("scrobble", id=second, time=1_790_000_000_000)
    made = player.do("createPlaylist", name="晚上", songId=[first, second])["playlist"]
    player.do("updatePlaylist", playlistId=made["id"], songIndexToRemove=0, comment="slow",
              public="true")  # fmt: skip
    player.do("createBookmark", id=second, position=61_000, comment="the bridge")
    player.do("savePlayQueueByIndex", id=[first, second, first], currentIndex=2, position=500)
    player.do("createShare", id=album, description="for you", expires=4_000_000_000_000)
    player.do("createInternetRadioStation", name="Waves", streamUrl="https://radio.example/a",
              homepageUrl="https://radio.example")  # fmt: skip
    player.do("addChatMessage", message="到家了")
    player.do("reportPlayback", mediaId=first, mediaType="song", positionMs=300, state="paused",
              playbackRate="1.5", ignoreScrobble="true")  # fmt: skip
    player.do("createUser", username="kim", password=NEW, email="kim@example.org",
              shareRole="false")  # fmt: skip
    player.do("updateUser", username="guest", maxBitRate=128, downloadRole="false",
              adminRole="true")  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_what_the_phone_did_the_desktop_sees_after_a_restart(
    root: User, songs: list[Track]
) -> None:
    first, second = (str(song.pk) for song in songs)
    album, artist = str(songs[0].album_id), str(songs[0].artists.get().pk)
    with phone() as player:
        on_the_phone(player, first, second, album, artist)
    with desktop(root) as player:
        song = player.do("getSong", id=first)["song"]
        assert (song["userRating"], "starred" in song) == (4, True)
        assert "playCount" not in song  # the phone counts for itself
        heard = player.do("getSong", id=second)["song"]
        assert (heard["playCount"], heard["bookmarkPosition"]) == (1, 61_000)
        assert heard["played"] == "2026-09-21T14:13:20Z"
        starred = player.do("getStarred2")["starred2"]
        assert [one["id"] for one in starred["artist"] + starred["album"]] == [artist, album]
        assert player.do("getAlbum", id=album)["album"]["userRating"] == 5
        (listed,) = player.do("getPlaylists")["playlists"]["playlist"]
        assert (listed["name"], listed["comment"], listed["public"]) == ("晚上", "slow", True)
        entries = player.do("getPlaylist", id=listed["id"])["playlist"]["entry"]
        assert [entry["id"] for entry in entries] == [second]
        (mark,) = player.do("getBookmarks")["bookmarks"]["bookmark"]
        assert (mark["position"], mark["comment"]) == (61_000, "the bridge")
        assert mark["entry"]["id"] == second
        queue_is_there(player, first, second)
        (share,) = player.do("getShares")["shares"]["share"]
        assert [entry["id"] for entry in share["entry"]] == [second, first]  # 东 before 晴
        assert share["expires"] == "2096-10-02T07:06:40Z"
        others_are_there(player, first)


def queue_is_there(player: Player, first: str, second: str) -> None:
    queue = player.do("getPlayQueueByIndex")["playQueueByIndex"]
    assert (queue["currentIndex"], queue["position"], queue["changedBy"]) == (2, 500, "phone")
    assert [entry["id"] for entry in queue["entry"]] == [first, second, first]
    older = player.do("getPlayQueue")["playQueue"]
    assert (older["current"], older["position"]) == (first, 500)


def others_are_there(player: Player, first: str) -> None:
    (station,) = player.do("getInternetRadioStations")["internetRadioStations"][
        "internetRadioStation"
    ]
    assert station["name"] == "Waves"
    assert station["homePageUrl"] == "https://radio.example"
    (said,) = player.do("getChatMessages")["chatMessages"]["chatMessage"]
    assert (said["username"], said["message"]) == ("root", "到家了")
    (playing,) = player.do("getNowPlaying")["nowPlaying"]["entry"]
    assert (playing["id"], playing["state"], playing["positionMs"]) == (first, "paused", 300)
    assert (playing["playbackRate"], playing["playerName"]) == (1.5, "phone")
    kim = player.do("getUser", username="kim")["user"]
    assert (kim["email"], kim["shareRole"], kim["adminRole"]) == ("kim@example.org", False, False)
    guest = player.do("getUser", username="guest")["user"]
    assert (guest["maxBitRate"], guest["downloadRole"], guest["adminRole"]) == (128, False, True)
    new = Player(player.client, u="kim", p=NEW, c="tablet")
    assert new.ask("ping")["status"] == "ok"
    assert new.ask("createShare", id=first)["error"]["code"] == 50


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_is_gone_after_a_restart(root: User, songs: list[Track]) -> None:
    first, second = (str(song.pk) for song in songs)
    with phone() as player:
        on_the_phone(player, first, second, str(songs[0].album_id), str(songs[0].artists.get().pk))
        (share,) = player.do("getShares")["shares"]["share"]
        (station,) = player.do("getInternetRadioStations")["internetRadioStations"][
            "internetRadioStation"
        ]
        (listed,) = player.do("getPlaylists")["playlists"]["playlist"]
        player.do("updateShare", id=share["id"], description="for all", expires=0)
        player.do("updateInternetRadioStation", id=station["id"], name="Tides",
                  streamUrl="https://radio.example/b")  # fmt: skip
        changed = player.do("getShares")["shares"]["share"][0]
        assert changed["description"] == "for all"
        assert changed["expires"] < "2096"  # the usual end: no share is for ever
        for name, key in (
            ("unstar", first),
            ("deleteBookmark", second),
            ("deleteShare", share["id"]),
            ("deletePlaylist", listed["id"]),
        ):
            player.do(name, id=key)
        player.do("setRating", id=first, rating=0)
        player.do("savePlayQueueByIndex")
        player.do("reportPlayback", mediaId=first, mediaType="song", positionMs=0, state="stopped")
        player.do("deleteUser", username="kim")
    with desktop(root) as player:
        song = player.do("getSong", id=first)["song"]
        assert "starred" not in song
        assert "userRating" not in song
        assert player.do("getBookmarks")["bookmarks"]["bookmark"] == []
        assert player.do("getShares")["shares"]["share"] == []
        assert player.do("getPlaylists")["playlists"]["playlist"] == []
        assert player.do("getPlayQueueByIndex")["playQueueByIndex"]["entry"] == []
        assert player.do("getNowPlaying")["nowPlaying"]["entry"] == []
        assert player.ask("getUser", username="kim")["error"]["code"] == 70
        (left,) = player.do("getInternetRadioStations")["internetRadioStations"][
            "internetRadioStation"
        ]
        assert (left["name"], "homePageUrl" in left) == ("Tides", False)
        player.do("deleteInternetRadioStation", id=left["id"])
        gone = player.do("getInternetRadioStations")["internetRadioStations"]
        assert gone["internetRadioStation"] == []
