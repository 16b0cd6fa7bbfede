"""The requests of known clients, as their public sources and bug reports show them, replayed.

What is replayed is the way they sign in, the form they ask for, their parameters and order; what is
looked at is what they read. The programs themselves did not run here: see docs/user/en/clients.md.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import pytest
from defusedxml import ElementTree
from django.test import Client

from songloom.library.services import people
from songloom.search.indexing import index_tracks
from tests.shelf import person, shelve

SECRET = "sesame for players"
SPACE = "{http://subsonic.org/restapi}"
SALT = "c19b2d"
TOKEN = {"t": hashlib.md5((SECRET + SALT).encode(), usedforsecurity=False).hexdigest(), "s": SALT}
PLAIN, HEX = {"p": SECRET}, {"p": f"enc:{SECRET.encode().hex()}"}
Steps = list[tuple[str, dict[str, Any], str]]


@dataclass(frozen=True)
class Known:
    """A client program.

    who    how it signs in, its name and the version that it speaks
    steps  method, parameters, and where the answer holds what it reads next (`a/b` is b in a);
           `{song}` and the like stand for ids; empty is an answer without more
    """

    name: str
    who: dict[str, str]
    steps: Steps
    suffix: str = ".view"
    is_form: bool = False


NOTHING: dict[str, Any] = {}
ONLY = {"artistCount": 0, "albumCount": 0, "songCount": 0}
START = {"artistOffset": 0, "albumOffset": 0, "songOffset": 0}
ALL = {"query": '""', **ONLY, **START}
PAGE = {"size": 20, "offset": 0}

# Sources: koel/koel#2619, sentriz/gonic#229 (request logs).
SYMFONIUM = Known(
    "Symfonium",
    {**TOKEN, "v": "1.13.0", "c": "Symfonium", "f": "json"},
    [
        ("ping", NOTHING, ""),
        ("getOpenSubsonicExtensions", NOTHING, "openSubsonicExtensions"),
        ("getMusicFolders", NOTHING, "musicFolders/musicFolder"),
        ("search3", ALL | {"artistCount": 500}, "searchResult3/artist"),
        ("search3", ALL | {"albumCount": 500}, "searchResult3/album"),
        ("search3", ALL | {"songCount": 500}, "searchResult3/song"),
        ("search3", ALL | {"songCount": 500, "musicFolderId": 0}, "searchResult3/song"),
        ("search3", ALL | {"songCount": 500, "songOffset": 500}, "searchResult3"),
        ("getPlaylists", NOTHING, "playlists/playlist"),
        ("getPlaylist", {"id": "{playlist}"}, "playlist/entry"),
        ("getStarred2", NOTHING, "starred2/song"),
        ("getLyricsBySongId", {"id": "{song}"}, "lyricsList/structuredLyrics"),
    ],
)
# Source: jeffvli/feishin, src/renderer/api/subsonic.
FEISHIN = Known(
    "Feishin",
    {**TOKEN, "v": "1.13.0", "c": "Feishin", "f": "json"},
    [
        ("ping", NOTHING, ""),
        ("getOpenSubsonicExtensions", NOTHING, "openSubsonicExtensions"),
        ("getMusicFolders", NOTHING, "musicFolders/musicFolder"),
        ("getAlbumList2", PAGE | {"type": "newest"}, "albumList2/album"),
        ("getAlbumList2", PAGE | {"type": "random"}, "albumList2/album"),
        ("getAlbumList2", PAGE | {"type": "byYear", "fromYear": 0, "toYear": 2100},
         "albumList2/album"),
        ("getArtists", NOTHING, "artists/index"),
        ("getArtist", {"id": "{artist}"}, "artist/album"),
        ("getArtistInfo", {"id": "{artist}"}, "artistInfo"),
        ("getAlbum", {"id": "{album}"}, "album/song"),
        ("getTopSongs", {"artist": "周杰伦", "count": 5}, "topSongs/song"),
        ("getSimilarSongs", {"id": "{song}", "count": 10}, "similarSongs"),
        ("getGenres", NOTHING, "genres/genre"),
        ("getSongsByGenre", {"genre": "Pop", "count": 500, "offset": 0}, "songsByGenre/song"),
        ("getRandomSongs", {"size": 10}, "randomSongs/song"),
        ("search3", {"query": "晴天", **START, "artistCount": 4, "albumCount": 4,
                     "songCount": 4}, "searchResult3/song"),
        ("star", {"id": ["{song}"], "albumId": ["{album}"]}, ""),
        ("getStarred", NOTHING, "starred/album"),
        ("unstar", {"id": ["{song}"], "albumId": ["{album}"]}, ""),
        ("setRating", {"id": "{song}", "rating": 5}, ""),
        ("scrobble", {"id": "{song}", "submission": "false"}, ""),
        ("scrobble", {"id": "{song}", "submission": "true"}, ""),
        ("getLyricsBySongId", {"id": "{song}"}, "lyricsList/structuredLyrics"),
    ],
)  # fmt: skip
# Source: dweymouth/go-subsonic, the library that Supersonic uses; it reads XML.
SUPERSONIC = Known(
    "Supersonic",
    {**TOKEN, "v": "1.16.1", "c": "supersonic", "f": "xml"},
    [
        ("ping", NOTHING, ""),
        ("getOpenSubsonicExtensions", NOTHING, "openSubsonicExtensions"),
        ("getUser", {"username": "ada"}, "user"),
        ("getAlbumList2", PAGE | {"type": "alphabeticalByArtist"}, "albumList2/album"),
        ("getAlbumList2", PAGE | {"type": "recent"}, "albumList2"),
        ("getAlbumList2", PAGE | {"type": "frequent"}, "albumList2"),
        ("getArtists", NOTHING, "artists/index"),
        ("getArtist", {"id": "{artist}"}, "artist/album"),
        ("getArtistInfo2", {"id": "{artist}"}, "artistInfo2"),
        ("getAlbum", {"id": "{album}"}, "album/song"),
        ("getAlbumInfo2", {"id": "{album}"}, "albumInfo"),
        ("getSimilarSongs2", {"id": "{artist}"}, "similarSongs2"),
        ("getInternetRadioStations", NOTHING, "internetRadioStations"),
        ("getPlaylists", NOTHING, "playlists/playlist"),
        ("savePlayQueueByIndex", {"id": ["{song}", "{other}"], "currentIndex": 1}, ""),
        ("getPlayQueueByIndex", NOTHING, "playQueueByIndex/entry"),
        ("getLyricsBySongId", {"id": "{song}"}, "lyricsList/structuredLyrics"),
        ("getScanStatus", NOTHING, "scanStatus"),
    ],
)
# Source: BLeeEZ/amperfy, SubsonicServerApi.swift; it reads XML.
AMPERFY = Known(
    "Amperfy",
    {**TOKEN, "v": "1.16.1", "c": "Amperfy"},
    [
        ("ping", NOTHING, ""),
        ("getOpenSubsonicExtensions", NOTHING, "openSubsonicExtensions"),
        ("getGenres", NOTHING, "genres/genre"),
        ("getArtists", NOTHING, "artists/index"),
        ("getAlbumList2", {"type": "alphabeticalByName", "size": 500, "offset": 0},
         "albumList2/album"),
        ("getAlbumList2", {"type": "newest", "size": 50, "offset": 0}, "albumList2/album"),
        ("getAlbum", {"id": "{album}"}, "album/song"),
        ("getSong", {"id": "{song}"}, "song"),
        ("getPlaylists", NOTHING, "playlists/playlist"),
        ("getPodcasts", {"includeEpisodes": "false"}, "podcasts"),
        ("getInternetRadioStations", NOTHING, "internetRadioStations"),
        ("search3", {"query": "晴天", **START, **ONLY, "songCount": 40}, "searchResult3/song"),
        ("createPlaylist", {"name": "Amperfy"}, "playlist"),
        ("updatePlaylist", {"playlistId": "{playlist}", "songIdToAdd": "{other}"}, ""),
        ("getStarred2", NOTHING, "starred2/song"),
        ("getLyricsBySongId", {"id": "{song}"}, "lyricsList/structuredLyrics"),
    ],
)  # fmt: skip
# Source: daneren2005/Subsonic, RESTMusicService.java; it reads XML and posts long requests.
DSUB = Known(
    "DSub",
    {**HEX, "v": "1.2.0", "c": "DSub"},
    [
        ("ping", NOTHING, ""),
        ("getLicense", NOTHING, "license"),
        ("getMusicFolders", NOTHING, "musicFolders/musicFolder"),
        ("getIndexes", NOTHING, "indexes/index"),
        ("getMusicDirectory", {"id": "{artist}"}, "directory/child"),
        ("getMusicDirectory", {"id": "{album}"}, "directory/child"),
        ("getAlbumList", {"type": "newest", **PAGE}, "albumList/album"),
        ("search2", {"query": "晴天", "artistCount": 5, "albumCount": 5, "songCount": 5},
         "searchResult2/song"),
        ("search", {"any": "晴天", "songCount": 5}, "searchResult/match"),
        ("createPlaylist", {"name": "DSub", "songId": ["{song}", "{other}"]}, "playlist/entry"),
        ("createBookmark", {"id": "{song}", "position": 1500, "comment": ""}, ""),
        ("getBookmarks", NOTHING, "bookmarks/bookmark"),
        ("deleteBookmark", {"id": "{song}"}, ""),
        ("getChatMessages", {"since": 0}, "chatMessages"),
        ("addChatMessage", {"message": "hi"}, ""),
        ("createShare", {"id": ["{song}"], "description": "x"}, "shares/share"),
        ("getShares", NOTHING, "shares/share"),
        ("jukeboxControl", {"action": "status"}, "jukeboxStatus"),
        ("getLyrics", {"artist": "周杰伦", "title": "晴天"}, "lyrics"),
        ("scrobble", {"id": "{song}", "submission": "true", "time": 1_790_000_000_000}, ""),
        ("savePlayQueue", {"id": ["{song}"], "current": "{song}", "position": 10}, ""),
        ("getPlayQueue", NOTHING, "playQueue/entry"),
        ("getUser", {"username": "ada"}, "user"),
    ],
    is_form=True,
)  # fmt: skip
# Source: CappielloAntonio/tempo, subsonic/api.
TEMPO = Known(
    "Tempo",
    {**TOKEN, "v": "1.15.0", "c": "Tempo", "f": "json"},
    [
        ("ping", NOTHING, ""),
        ("getOpenSubsonicExtensions", NOTHING, "openSubsonicExtensions"),
        ("getAlbumList2", {"type": "byYear", **PAGE, "fromYear": 2100, "toYear": 1900},
         "albumList2/album"),
        ("getRandomSongs", {"size": 100, "fromYear": 1900, "toYear": 2100}, "randomSongs/song"),
        ("getStarred2", NOTHING, "starred2/song"),
        ("getIndexes", {"musicFolderId": "0"}, "indexes/index"),
        ("getArtist", {"id": "{artist}"}, "artist/album"),
        ("getTopSongs", {"artist": "周杰伦", "count": 20}, "topSongs/song"),
        ("getSimilarSongs2", {"id": "{artist}", "count": 20}, "similarSongs2"),
        ("search3", {"query": "qingtian", "songCount": 20, "albumCount": 20, "artistCount": 20},
         "searchResult3/song"),
        ("savePlayQueue", {"id": ["{song}", "{other}"], "current": "{other}", "position": 7}, ""),
        ("getPlayQueue", NOTHING, "playQueue/entry"),
        ("getPodcasts", {"includeEpisodes": "true"}, "podcasts"),
        ("getNewestPodcasts", {"count": 20}, "newestPodcasts"),
        ("createShare", {"id": "{album}", "description": "x", "expires": 4_000_000_000_000},
         "shares/share"),
        ("getInternetRadioStations", NOTHING, "internetRadioStations"),
    ],
    suffix="",
)  # fmt: skip
# Source: tamland/airsonic-refix, src/shared/api.ts; a web page of another address.
REFIX = Known(
    "airsonic-refix",
    {**PLAIN, "v": "1.15.0", "c": "web", "f": "json"},
    [
        ("getGenres", NOTHING, "genres/genre"),
        ("getAlbumList2", {"type": "byGenre", "genre": "Pop", **PAGE}, "albumList2/album"),
        ("getAlbumList2", {"type": "alphabeticalByName", **PAGE}, "albumList2/album"),
        ("getArtists", NOTHING, "artists/index"),
        ("getArtistInfo2", {"id": "{artist}"}, "artistInfo2"),
        ("getArtist", {"id": "{artist}"}, "artist/album"),
        ("getTopSongs", {"artist": "周杰伦"}, "topSongs/song"),
        ("createPlaylist", {"name": "web"}, "playlist"),
        ("updatePlaylist", {"playlistId": "{playlist}", "name": "x", "comment": "",
                            "public": "true"}, ""),
        ("getRandomSongs", {"size": 200}, "randomSongs/song"),
        ("search3", {"query": "晴天"}, "searchResult3/song"),
        ("getPodcasts", NOTHING, "podcasts"),
        ("refreshPodcasts", NOTHING, ""),
        ("scrobble", {"id": "{song}", "submission": "true"}, ""),
    ],
    suffix="",
)  # fmt: skip
CLIENTS = (SYMFONIUM, FEISHIN, SUPERSONIC, AMPERFY, DSUB, TEMPO, REFIX)


@pytest.fixture
def world(db: None) -> dict[str, str]:
    """Two songs of one album, in the index, one of them starred and in a playlist."""
    ada = person("ada")
    people.make_app_password(ada, "phone", SECRET)
    common = {"artist": "周杰伦", "album": "叶惠美", "genre": "Pop", "date": "2003"}
    song = shelve(ada, "晴天", lyrics="[00:01.00]故事的小黄花", **common)
    other = shelve(ada, "东风破", **common)
    index_tracks([song.pk, other.pk])
    things = {
        "song": song.pk,
        "other": other.pk,
        "album": song.album_id,
        "artist": song.artists.get().pk,
    }
    ids = {name: str(pk) for name, pk in things.items()}
    first = {"u": "ada", "p": SECRET, "f": "json", "id": ids["song"]}
    Client().get("/rest/star", first)
    made = Client().get("/rest/createPlaylist", first | {"name": "晚上", "songId": ids["song"]})
    return ids | {"playlist": made.json()["subsonic-response"]["playlist"]["id"]}


def filled(value: Any, world: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [filled(one, world) for one in value]
    return value.format_map(world) if isinstance(value, str) and "{" in value else value


def asked(client: Known, method: str, parameters: dict[str, Any], world: dict[str, str]) -> Any:
    sent = {"u": "ada", **client.who}
    sent |= {name: filled(value, world) for name, value in parameters.items()}
    address = f"/rest/{method}{client.suffix}"
    return Client().post(address, sent) if client.is_form else Client().get(address, sent)


def read(response: Any) -> Any:
    """The frame as a dict, or the root of the XML form."""
    if response["Content-Type"] == "application/json":
        return json.loads(response.content)["subsonic-response"]
    return ElementTree.fromstring(response.content)


def held(frame: Any, path: str) -> bool:
    """Whether the answer has what the client goes on with; a list there is not empty."""
    if not isinstance(frame, dict):
        return frame.find("/".join(f"{SPACE}{part}" for part in path.split("/"))) is not None
    for part in path.split("/"):
        if part not in frame:
            return False
        frame = frame[part]
    return bool(frame != [])


@pytest.mark.searches
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_known_client_finds_what_it_reads(world: dict[str, str], client: Known) -> None:
    for method, parameters, path in client.steps:
        response = asked(client, method, parameters, world)
        assert response.status_code == 200
        frame = read(response)
        status = frame["status"] if isinstance(frame, dict) else frame.attrib["status"]
        assert status == "ok", (method, response.content)
        assert not path or held(frame, path), (method, path, response.content)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_known_client_hears_the_song_and_sees_its_cover(
    world: dict[str, str], client: Known
) -> None:
    for method, key in (("stream", "{song}"), ("download", "{song}"), ("getCoverArt", "{album}")):
        response = asked(client, method, {"id": key, "size": 300}, world)
        assert response.status_code == 200
        assert response["Content-Type"].startswith(("audio/", "image/")), method


def test_a_wrong_password_is_told_in_the_form_that_was_asked_for(world: dict[str, str]) -> None:
    wrong = {"u": "ada", "p": "wrong", "v": "1.16.1", "c": "x"}
    assert read(Client().get("/rest/ping", wrong | {"f": "json"}))["error"]["code"] == 40
    root = read(Client().get("/rest/ping", wrong))
    error = root.find(f"{SPACE}error")
    assert (root.attrib["status"], error.attrib["code"]) == ("failed", "40")


def test_a_player_that_is_a_web_page_of_another_address_may_read(world: dict[str, str]) -> None:
    headers = {"Origin": "https://player.example", "Access-Control-Request-Method": "POST"}
    before = Client().options("/rest/getTranscodeDecision", headers=headers)
    assert before.status_code == 200
    assert "Content-Type" in before["Access-Control-Allow-Headers"]
    answer = asked(REFIX, "ping", {}, world)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer  # no cookie ever goes along


def test_chinese_artists_stand_under_their_pinyin_letter(world: dict[str, str]) -> None:
    for method, frame in (("getArtists", "artists"), ("getIndexes", "indexes")):
        (index,) = read(asked(TEMPO, method, {}, world))[frame]["index"]
        assert (index["name"], index["artist"][0]["name"]) == ("Z", "周杰伦")
