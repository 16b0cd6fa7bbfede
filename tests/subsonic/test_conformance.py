"""Every endpoint and every object of the specification, asked of a real server in every form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from songloom.core.features import FEATURES_VERSION
from songloom.library.models import Features, Track, User
from songloom.library.services import people
from songloom.play.models import Station
from songloom.search.indexing import index_tracks
from tests.live import serving
from tests.shelf import person, shelve
from tests.subsonic.conformance import (
    UNDESCRIBED,
    Endpoint,
    endpoints,
    faults,
    faults_of_frame,
    faults_of_xml,
    kinds_in,
    objects,
)

SECRET = "sesame for players"
WORDS = "[00:01.00]<00:01.00>故事 <00:02.00>的 小黄花\n[00:04.00]从出生那年就飘着"
CLIENT = {
    "name": "tests",
    "platform": "none",
    "directPlayProfiles": [{"containers": ["mp3"], "audioCodecs": ["mp3"], "protocols": ["http"]}],
    "transcodingProfiles": [{"container": "mp3", "audioCodec": "mp3", "protocol": "http"}],
}
# Objects of which this server has none: podcasts, and what no tag of ours says.
ABSENT = {"PodcastChannel", "PodcastEpisode", "Agent", "DiscTitle", "RecordLabel"}
ABSENT |= {"Movement", "Work", "VideoInfo"}
# Endpoints that this server answers with a refusal by its number, and why.
REFUSED = {
    "createPodcastChannel": 50,  # it keeps no podcasts
    "deletePodcastChannel": 70,
    "deletePodcastEpisode": 70,
    "downloadPodcastEpisode": 70,
    "getPodcastEpisode": 70,
    "getVideoInfo": 70,  # nor videos
    "getCaptions": 70,
}
# Parameters that the specification requires and that clients leave out, so we do without.
LENIENT = {("search2", "query"), ("search3", "query"), ("updateUser", "password")}


@dataclass
class World:
    """A server with an administrator and three songs; `call` signs every request."""

    client: httpx.Client
    tracks: list[Track]
    names: dict[str, str]

    def call(self, name: str, form: str = "json", /, **more: Any) -> httpx.Response:
        who = {"u": "root", "p": SECRET, "v": "1.16.1", "c": "tests", "f": form}
        body = CLIENT if name.startswith("getTranscodeDecision") else None
        method = "POST" if body else "GET"
        return self.client.request(method, f"/rest/{name}", params={**who, **more}, json=body)

    def frame(self, name: str, /, **more: Any) -> dict[str, Any]:
        frame: dict[str, Any] = self.call(name, **more).json()["subsonic-response"]
        return frame


def make_songs(owner: User) -> list[Track]:
    common = {"artist": "周杰伦", "album": "叶惠美", "genre": "Pop", "date": "2003-07-31"}
    made = [
        shelve(owner, "以父之名", tracknumber="1", composer="周杰伦", **common),
        shelve(owner, "晴天", tracknumber="3", lyrics=WORDS, albumartist="周杰伦", **common),
        shelve(owner, "Blue", artist="Joni Mitchell", album="Blue", seconds=2.0),
    ]
    for i, track in enumerate(made):
        Features.objects.create(
            track=track,
            version=FEATURES_VERSION,
            values={"tempo_bpm": 90.0 + i, "loudness_lufs": -14.0, "true_peak_dbtp": -1.0},
            tempo_bpm=90.0 + i,
            loudness_lufs=-14.0,
            true_peak_dbtp=-1.0,
        )
    index_tracks([track.pk for track in made])
    return made


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    root = person("root", is_admin=True)
    people.make_app_password(root, "phone", SECRET)
    person("guest")
    tracks = make_songs(root)
    album, artist = tracks[1].album, tracks[1].artists.first()
    assert album is not None
    assert artist is not None
    names = {"album": str(album.pk), "artist": str(artist.pk), "song": str(tracks[1].pk)}
    with serving() as address, httpx.Client(base_url=address, timeout=60) as client:
        yield World(client, tracks, names)


def prepare(world: World) -> None:
    """One of everything that an endpoint reads, made over the wire."""
    song = world.names["song"]
    for name, parameters in (
        ("star", {"id": song, "albumId": world.names["album"], "artistId": world.names["artist"]}),
        ("setRating", {"id": song, "rating": 4}),
        ("setRating", {"id": world.names["artist"], "rating": 5}),
        ("scrobble", {"id": song}),
        ("reportPlayback", {"mediaId": song, "mediaType": "song", "positionMs": 100,
                            "state": "paused"}),
        ("savePlayQueueByIndex", {"id": [song, song], "currentIndex": 1, "position": 500}),
        ("createBookmark", {"id": song, "position": 700, "comment": "here"}),
        ("createInternetRadioStation", {"name": "Waves", "streamUrl": "https://radio.example/a"}),
        ("addChatMessage", {"message": "hello"}),
    ):  # fmt: skip
        frame = world.frame(name, **parameters)
        assert frame["status"] == "ok", (name, frame)
    world.names["playlist"] = world.frame("createPlaylist", name="Evening", songId=[song])[
        "playlist"
    ]["id"]
    shared = world.frame("createShare", id=[song], description="for you")["shares"]["share"]
    world.names["share"] = shared[0]["id"]
    world.names["station"] = str(Station.objects.get().pk)


def parameters_of(world: World) -> dict[str, dict[str, Any]]:
    """Right parameters of each endpoint that needs some."""
    song, album, artist = (world.names[name] for name in ("song", "album", "artist"))
    station = {"id": world.names["station"], "name": "Waves", "streamUrl": "http://radio.example"}
    media = {"mediaId": song, "mediaType": "song"}
    new = {"username": "fresh", "password": "long enough", "email": "f@example.org"}
    by_id = dict.fromkeys(("getSong", "stream", "download", "hls.m3u8", "getLyricsBySongId"), song)
    by_id |= dict.fromkeys(("createBookmark", "deleteBookmark", "setRating", "scrobble"), song)
    by_id |= dict.fromkeys(("getSimilarSongs", "getSonicSimilarTracks", "createShare"), song)
    by_id |= dict.fromkeys(("getAlbum", "getAlbumInfo", "getAlbumInfo2", "getCoverArt"), album)
    by_id |= dict.fromkeys(("getArtist", "getArtistInfo", "getArtistInfo2"), artist)
    by_id |= {"getSimilarSongs2": artist, "getMusicDirectory": artist, "star": song}
    by_id |= {"unstar": song, "getTopSongs": artist}
    by_id |= dict.fromkeys(("getPlaylist", "deletePlaylist"), world.names["playlist"])
    by_id |= dict.fromkeys(("updateShare", "deleteShare"), world.names["share"])
    by_id |= {name: "1" for name in REFUSED if name != "createPodcastChannel"}
    asked = {name: {"id": value} for name, value in by_id.items()}
    asked["createBookmark"] |= {"position": "1"}
    asked["setRating"] |= {"rating": "3"}
    asked["getLyricsBySongId"] |= {"enhanced": "true"}
    return asked | {
        "createPodcastChannel": {"url": "https://pod.example/feed"},
        "addChatMessage": {"message": "hi"},
        "getUser": {"username": "root"},
        "getAvatar": {"username": "guest"},
        "createUser": new,
        "updateUser": {"username": "guest", "email": "g@example.org"},
        "changePassword": {"username": "guest", "password": "long enough"},
        "deleteUser": {"username": "guest"},
        "createPlaylist": {"name": "Morning", "songId": song},
        "updatePlaylist": {"playlistId": world.names["playlist"], "comment": "quiet"},
        "getAlbumList": {"type": "newest"},
        "getAlbumList2": {"type": "starred"},
        "getSongsByGenre": {"genre": "Pop"},
        "search2": {"query": "晴天"},
        "search3": {"query": '""'},
        "search": {"any": "晴天"},
        "getLyrics": {"artist": "周杰伦", "title": "晴天"},
        "findSonicPath": {"startSongId": song, "endSongId": str(world.tracks[2].pk)},
        "createInternetRadioStation": {"name": "More", "streamUrl": "http://radio.example/b"},
        "updateInternetRadioStation": station,
        "deleteInternetRadioStation": {"id": world.names["station"]},
        "jukeboxControl": {"action": "status"},
        "reportPlayback": {**media, "positionMs": "900", "state": "playing"},
        "getTranscodeDecision": media,
        "getTranscodeStream": {**media, "transcodeParams": "mp3-128"},
        "getPlayQueue": {},
    }


def last(name: str) -> tuple[bool, str]:
    """What takes things away is asked after what reads them."""
    return name.startswith(("delete", "unstar", "change")), name


def walked(world: World, endpoint: Endpoint, parameters: dict[str, Any]) -> Iterator[str]:
    """The faults of one endpoint in JSON, XML and JSONP, by GET and as a form, with `.view`."""
    if endpoint.name in REFUSED:
        frame = world.frame(endpoint.name, **parameters)
        if frame.get("error", {}).get("code") != REFUSED[endpoint.name]:
            yield f"{endpoint.name}: {frame}"
        return
    if endpoint.is_binary:
        yield from faults_of_bytes(world, endpoint.name, parameters)
        return
    yield from faults_of_frame(world.frame(endpoint.name, **parameters), endpoint)
    if last(endpoint.name)[0] or endpoint.name == "createUser":
        return  # once is all that can be
    yield from faults_of_xml(world.call(f"{endpoint.name}.view", "xml", **parameters).content,
                             endpoint)  # fmt: skip
    padded = world.call(endpoint.name, "jsonp", callback="got", **parameters).text
    if not (padded.startswith("/**/got({") and padded.endswith("});")):
        yield f"{endpoint.name}: {padded[:40]} is no JSONP"
    if endpoint.name != "getTranscodeDecision":  # its body is the player
        who = {"u": "root", "p": SECRET, "v": "1.16.1", "c": "tests", "f": "json"}
        posted = world.client.post(f"/rest/{endpoint.name}.view", data={**who, **parameters})
        yield from faults_of_frame(posted.json()["subsonic-response"], endpoint)


def faults_of_bytes(world: World, name: str, parameters: dict[str, Any]) -> Iterator[str]:
    answer = world.call(name, **parameters)
    kind = answer.headers["content-type"].partition(";")[0]
    if answer.status_code != 200 or not answer.content or kind == "application/json":
        yield f"{name}: {answer.status_code} {kind} {answer.text[:80]}"


def faults_of_missing(world: World, endpoint: Endpoint, right: dict[str, Any]) -> Iterator[str]:
    """Without one of its required parameters an endpoint says number 10, and which one."""
    for name in endpoint.required:
        if (endpoint.name, name) in LENIENT:
            continue
        rest = {key: value for key, value in right.items() if key != name}
        error = world.frame(endpoint.name, **rest).get("error", {})
        if error.get("code") != 10 or name not in error.get("message", ""):
            yield f"{endpoint.name} without {name}: {error}"


READ_ELSEWHERE = {"createUser", "createShare", "createPlaylist", *REFUSED}


def kinds_of(frame: dict[str, Any], endpoint: Endpoint) -> set[str]:
    """Which objects of the specification really stand in an answer."""
    return {
        kind
        for name, known in endpoint.payload.items()
        for value in (frame.get(name, []) if known.is_list else [frame.get(name)])
        for kind in kinds_in(value, known.kind)
    }


@pytest.mark.django_db(transaction=True)
def test_every_endpoint_answers_as_the_specification_has_it(world: World) -> None:
    prepare(world)
    right = parameters_of(world)
    found: list[str] = []
    seen: set[str] = set()
    for name in sorted(endpoints(), key=last):
        endpoint, parameters = endpoints()[name], right.get(name, {})
        found += faults_of_missing(world, endpoint, parameters)
        if name not in READ_ELSEWHERE and not last(name)[0] and not endpoint.is_binary:
            seen |= kinds_of(world.frame(name, **parameters), endpoint)
        found += walked(world, endpoint, parameters)
    jukebox = world.frame("jukeboxControl", action="get")["jukeboxPlaylist"]
    found += faults(jukebox, "JukeboxPlaylist", "jukeboxPlaylist")
    seen |= {"JukeboxPlaylist"}
    assert found == []
    assert objects().keys() - seen == ABSENT


def test_the_table_holds_all_endpoints_and_objects() -> None:
    assert (len(endpoints()), len(objects())) == (87, 73)
    named = {known.kind for one in objects().values() for known in one.values()}
    named |= {known.kind for one in endpoints().values() for known in one.payload.values()}
    plain = {"str", "int", "bool", "float", "date"}
    assert {kind for kind in named if "|" not in kind} - plain - objects().keys() == {UNDESCRIBED}


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"id": "1", "name": "x"}, []),
        ({"id": 1, "name": "x"}, ["a.id: 1 is no str"]),
        ({"id": "1"}, ["a.name is missing"]),
        ({"id": "1", "name": "x", "albumCount": True}, ["a.albumCount: True is no int"]),
        ({"id": "1", "name": "x", "starred": ""}, ["a.starred: '' is no time"]),
        ({"id": "1", "name": "x", "roles": "artist"}, ["a.roles is no list"]),
        ({"id": "1", "name": "x", "roles": [None]}, ["a.roles: None is no str"]),
        ([], ["a: [] is no ArtistID3"]),
    ],
)
def test_the_checker_notices_each_kind_of_fault(value: Any, fault: list[str]) -> None:
    """A checker that finds nothing wrong would be worth nothing."""
    assert list(faults(value, "ArtistID3", "a")) == fault


def test_the_checker_notices_faults_of_xml() -> None:
    def read(inner: str) -> list[str]:
        frame = (
            '<subsonic-response xmlns="http://subsonic.org/restapi" status="ok" version="1.16.1" '
            f'type="x" serverVersion="1" openSubsonic="true">{inner}</subsonic-response>'
        )
        return list(faults_of_xml(frame.encode(), endpoints()["getGenres"]))

    right = '<genres><genre songCount="1" albumCount="2">Pop</genre></genres>'
    assert read(right) == []
    assert read("") == ["getGenres: genres is missing"]
    wrong = read('<genres><genre songCount="one">Pop</genre></genres>')
    assert wrong == [
        "genres.genre.albumCount is missing",
        "genres.genre.songCount: 'one' is no int",
    ]
