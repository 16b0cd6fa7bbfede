"""The matrix: every address × nobody, another user, the owner, an administrator.

All addresses of REST, of OpenSubsonic and of the pages are walked; one without an entry fails.
An entry says who gets in:

open   everybody
user   whoever is signed in
own    the owner and administrators; to others it does not exist
self   the owner alone (administrators have Django's admin for it)
admin  administrators; others are told so

nobody  is told that this server does not do it

gone and nothing are addresses of what is not there, for who is signed in and for everybody.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from songloom.curate import services as curate
from songloom.generate import services as compose
from songloom.interfaces.rest.api import api
from songloom.interfaces.subsonic.protocol import METHODS, PUBLIC
from songloom.library import storage
from songloom.library.models import Folder, Playlist, Rendition, User
from songloom.library.services import people
from songloom.play.keeping import make_share, save_station
from tests.shared_rows import shared_rows
from tests.shelf import person, shelve

ROLES = ("nobody", "other", "owner", "admin")
SECRET = "sesame for phones"
IN, NOT_SIGNED_IN, HIDDEN, DENIED = "in", "not signed in", "hidden", "denied"
RULES = {
    "open": (IN, IN, IN, IN),
    "user": (NOT_SIGNED_IN, IN, IN, IN),
    "own": (NOT_SIGNED_IN, HIDDEN, IN, IN),
    "admin": (NOT_SIGNED_IN, DENIED, DENIED, IN),
    "self": (NOT_SIGNED_IN, HIDDEN, IN, HIDDEN),
    "gone": (NOT_SIGNED_IN, HIDDEN, HIDDEN, HIDDEN),
    "nothing": (HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "nobody": (NOT_SIGNED_IN, DENIED, DENIED, DENIED),
}

# --- the entries -----------------------------------------------------------------------------

REST = {
    "GET /tracks": "user",
    "GET /tracks/{track_id}": "own",
    "PATCH /tracks/{track_id}": "own",
    "DELETE /tracks/{track_id}": "own",
    "POST /tracks/{track_id}/restore": "own",
    "GET /tracks/{track_id}/features": "own",
    "GET /tracks/{track_id}/peaks": "own",
    "GET /tracks/{track_id}/spectrogram": "own",
    "HEAD /tracks/{track_id}/spectrogram": "own",
    "GET /tracks/{track_id}/plots/{kind}": "own",
    "GET /tracks/{track_id}/cover": "own",
    "HEAD /tracks/{track_id}/cover": "own",
    "GET /tracks/{track_id}/stream": "own",
    "HEAD /tracks/{track_id}/stream": "own",
    "GET /tracks/{track_id}/renditions": "own",
    "GET /tracks/{track_id}/renditions/{rendition_id}/file": "own",
    "HEAD /tracks/{track_id}/renditions/{rendition_id}/file": "own",
    "GET /tracks/{track_id}/opinion": "own",
    "PUT /tracks/{track_id}/star": "own",
    "DELETE /tracks/{track_id}/star": "own",
    "GET /tracks/{track_id}/changes": "own",
    "POST /tracks/{track_id}/changes/{change_id}/undo": "own",
    "PUT /tracks/{track_id}/rating": "own",
    "GET /tracks/{track_id}/similar": "own",
    "POST /tracks/{track_id}/plays": "own",
    "POST /tracks/{track_id}/renditions": "own",
    "POST /tracks/{track_id}/split": "own",
    "GET /duplicates": "user",
    "GET /presets": "user",
    "PUT /presets/{name}": "user",
    "DELETE /presets/{name}": "gone",
    "POST /batches/estimate": "user",
    "POST /batches": "user",
    "POST /learn": "user",
    "GET /bin": "user",
    "POST /tracks": "user",
    "POST /imports": "user",
    "GET /csv": "user",
    "POST /csv": "user",
    "POST /scan": "user",
    "GET /folders": "user",
    "POST /folders": "admin",
    "GET /folders/{folder_id}": "own",
    "DELETE /folders/{folder_id}": "admin",
    "GET /playlists": "user",
    "POST /playlists": "user",
    "GET /playlists/{playlist_id}": "own",
    "PATCH /playlists/{playlist_id}": "own",
    "DELETE /playlists/{playlist_id}": "own",
    "POST /tracks/{track_id}/takes": "gone",  # this track was not composed
    "POST /tracks/{track_id}/takes/midi": "user",  # no file: told before the track is looked for
    "GET /generations": "user",
    "POST /generations": "user",
    "GET /generations/{generation_id}": "own",
    "DELETE /generations/{generation_id}": "own",
    "GET /jobs": "user",
    "GET /jobs/{job_id}": "own",
    "DELETE /jobs/{job_id}": "own",
}
BODIES: dict[str, Any] = {
    "PATCH /tracks/{track_id}": {"title": "x"},
    "PUT /tracks/{track_id}/rating": {"rating": 3},
    "POST /playlists": {"name": "x"},
    "PATCH /playlists/{playlist_id}": {"name": "x"},
    "POST /generations": {"prompt": "x"},
    "POST /tracks/{track_id}/takes": {"changes": [{"change": "vary"}]},
    "POST /imports": {"url": "nothing"},
    "POST /tracks/{track_id}/split": {"at": [0.5]},
    "PUT /presets/{name}": {"recipe": []},
    "POST /batches/estimate": {"q": "nothing at all", "recipe": []},
    "POST /batches": {"q": "nothing at all", "recipe": []},
    "POST /tracks/{track_id}/renditions": {"recipe": [{"edit": "gain", "db": -3}]},
    "POST /folders": {"path": "/nowhere"},
}

SUBSONIC: dict[str, tuple[str, dict[str, str]]] = {
    "ping": ("user", {}),
    "getLicense": ("user", {}),
    "getOpenSubsonicExtensions": ("open", {}),
    "tokenInfo": ("user", {}),
    "getMusicFolders": ("user", {}),
    "getScanStatus": ("user", {}),
    "startScan": ("user", {}),
    "getArtists": ("own", {"musicFolderId": "{folder_number}"}),
    "getIndexes": ("user", {}),
    "getArtist": ("own", {"id": "{artist_id}"}),
    "getArtistInfo": ("own", {"id": "{artist_id}"}),
    "getArtistInfo2": ("own", {"id": "{artist_id}"}),
    "getAlbum": ("own", {"id": "{album_id}"}),
    "getAlbumInfo": ("own", {"id": "{album_id}"}),
    "getAlbumInfo2": ("own", {"id": "{album_id}"}),
    "getSong": ("own", {"id": "{track_id}"}),
    "getGenres": ("user", {}),
    "getMusicDirectory": ("own", {"id": "{album_id}"}),
    "getAlbumList": ("user", {"type": "newest"}),
    "getAlbumList2": ("user", {"type": "newest"}),
    "getRandomSongs": ("user", {}),
    "getSongsByGenre": ("user", {"genre": "Dark"}),
    "getStarred": ("user", {}),
    "getStarred2": ("user", {}),
    "search2": ("user", {"query": "x"}),
    "search3": ("user", {"query": "x"}),
    "getPlaylists": ("user", {}),
    "getPlaylist": ("own", {"id": "{playlist_id}"}),
    "createPlaylist": ("own", {"playlistId": "{playlist_id}"}),
    "updatePlaylist": ("own", {"playlistId": "{playlist_id}", "name": "x"}),
    "deletePlaylist": ("own", {"id": "{playlist_id}"}),
    "stream": ("own", {"id": "{track_id}"}),
    "download": ("own", {"id": "{track_id}"}),
    "getCoverArt": ("own", {"id": "tr-{track_id}"}),
    "getLyricsBySongId": ("own", {"id": "{track_id}"}),
    "getLyrics": ("user", {"title": "x"}),
    "scrobble": ("own", {"id": "{track_id}"}),
    "getNowPlaying": ("user", {}),
    "getPlayQueue": ("user", {}),
    "savePlayQueue": ("user", {"id": "{track_id}"}),
    "getSimilarSongs": ("own", {"id": "{track_id}"}),
    "getSimilarSongs2": ("own", {"id": "{artist_id}"}),
    "getTopSongs": ("user", {"artist": "Ghost"}),
    "getInternetRadioStations": ("user", {}),
    "createInternetRadioStation": ("admin", {"name": "x", "streamUrl": "http://x"}),
    "updateInternetRadioStation": (
        "admin",
        {"id": "{station_id}", "name": "x", "streamUrl": "http://x"},
    ),
    "deleteInternetRadioStation": ("admin", {"id": "{station_id}"}),
    "getPlayQueueByIndex": ("user", {}),
    "savePlayQueueByIndex": ("user", {"id": "{track_id}", "currentIndex": "0"}),
    "reportPlayback": (
        "own",
        {"mediaId": "{track_id}", "mediaType": "song", "positionMs": "0", "state": "playing"},
    ),
    "getBookmarks": ("user", {}),
    "createBookmark": ("own", {"id": "{track_id}", "position": "1"}),
    "deleteBookmark": ("own", {"id": "{track_id}"}),
    "getShares": ("user", {}),
    "createShare": ("own", {"id": "{track_id}"}),
    "updateShare": ("self", {"id": "{share_id}"}),
    "deleteShare": ("self", {"id": "{share_id}"}),
    "getChatMessages": ("user", {}),
    "addChatMessage": ("user", {"message": "x"}),
    "getSonicSimilarTracks": ("own", {"id": "{track_id}"}),
    "findSonicPath": ("own", {"startSongId": "{track_id}", "endSongId": "{track_id}"}),
    "search": ("user", {"any": "x"}),
    "getAvatar": ("user", {"username": "third"}),
    "hls.m3u8": ("own", {"id": "{track_id}"}),
    "getTranscodeStream": (
        "own",
        {"mediaId": "{track_id}", "mediaType": "song", "transcodeParams": "mp3-32"},
    ),
    "getTranscodeDecision": ("own", {"mediaId": "{track_id}", "mediaType": "song"}),
    "getPodcasts": ("user", {}),
    "getNewestPodcasts": ("user", {}),
    "refreshPodcasts": ("user", {}),
    "createPodcastChannel": ("nobody", {"url": "http://x"}),
    "deletePodcastChannel": ("gone", {"id": "x"}),
    "deletePodcastEpisode": ("gone", {"id": "x"}),
    "downloadPodcastEpisode": ("gone", {"id": "x"}),
    "getPodcastEpisode": ("gone", {"id": "x"}),
    "getVideos": ("user", {}),
    "getVideoInfo": ("gone", {"id": "x"}),
    "getCaptions": ("gone", {"id": "x"}),
    "jukeboxControl": ("nobody", {"action": "start"}),
    "star": ("own", {"id": "{track_id}"}),
    "unstar": ("own", {"albumId": "{album_id}"}),
    "setRating": ("own", {"id": "{track_id}", "rating": "3"}),
    "getUser": ("admin", {"username": "third"}),
    "getUsers": ("admin", {}),
    "createUser": (
        "admin",
        {"username": "fourth", "password": "long enough", "email": "x@example.org"},
    ),
    "updateUser": ("admin", {"username": "third", "email": "x@example.org"}),
    "changePassword": ("admin", {"username": "third", "password": "long enough"}),
    "deleteUser": ("admin", {"username": "third"}),
}

# Everything else: name → method, rule, and what is sent.
OTHERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "healthz": ("GET", "open", {}),
    "readyz": ("GET", "open", {}),
    "play": ("GET", "nothing", {}),
    "nothing_here": ("GET", "nothing", {}),
    "openapi": ("GET", "open", {}),
    "openapi_v1": ("GET", "open", {}),
    "api:openapi-json": ("GET", "open", {}),
    "api:api-root": ("GET", "nothing", {}),
    "subsonic:unknown": ("GET", "open", {}),  # an answer in words, whoever asks
    "web:share": ("GET", "open", {}),  # the secret is in the address
    "web:home": ("GET", "user", {}),
    "web:threads": ("GET", "user", {}),
    "web:setup": ("GET", "nothing", {}),
    "web:sign_in": ("GET", "open", {}),
    "web:sign_out": ("POST", "open", {}),
    "web:language": ("POST", "open", {"language": "en"}),
    "web:theme": ("POST", "open", {"theme": "dark"}),
    "web:songs": ("GET", "user", {}),
    "web:duplicates": ("GET", "user", {}),
    "web:albums": ("GET", "user", {}),
    "web:album": ("GET", "own", {}),
    "web:album_cover": ("GET", "own", {}),
    "web:album_star": ("POST", "own", {}),
    "web:artists": ("GET", "user", {}),
    "web:artist": ("GET", "own", {}),
    "web:artist_cover": ("GET", "own", {}),
    "web:artist_star": ("POST", "own", {}),
    "web:search": ("GET", "user", {"q": "x"}),
    "web:search_quick": ("GET", "user", {"q": "x"}),
    "web:track": ("GET", "own", {}),
    "web:similar": ("GET", "own", {}),
    "web:track_features": ("GET", "own", {}),
    "web:track_player": ("GET", "own", {}),
    "web:track_peaks": ("GET", "own", {}),
    "web:track_spectrogram": ("GET", "own", {}),
    "web:track_cover": ("GET", "own", {}),
    "web:track_sound": ("GET", "own", {}),
    "web:track_played": ("POST", "own", {}),
    "web:track_menu": ("GET", "own", {}),
    "web:track_star": ("POST", "own", {}),
    "web:track_rate": ("POST", "own", {"stars": "3"}),
    "web:tags": ("POST", "own", {"title": "x"}),
    "web:tags_undo": ("POST", "own", {}),
    "web:bin_track": ("POST", "own", {}),
    "web:restore_track": ("POST", "own", {}),
    "web:edit": ("GET", "own", {}),
    "web:edit_preview": ("POST", "own", {}),
    "web:edit_save": ("POST", "own", {}),
    "web:edit_parts": ("POST", "own", {"way": "times", "text": "0.5"}),
    "web:edit_split": ("POST", "own", {}),
    "web:presets": ("GET", "user", {}),
    "web:preset_save": ("POST", "user", {"name": "x", "recipe": "[]"}),
    "web:preset_rename": ("POST", "gone", {"name": "none", "to": "x"}),
    "web:preset_delete": ("POST", "gone", {"name": "none"}),
    "web:preset_compare": ("POST", "user", {"before": "[]", "after": "[]"}),
    "web:batch": ("GET", "user", {}),
    "web:batch_estimate": ("POST", "user", {"preset": "phone"}),
    "web:batch_start": ("POST", "user", {"preset": "phone"}),
    "web:preview_sound": ("GET", "gone", {}),
    "web:suggestion": ("POST", "own", {}),
    "web:rendition_sound": ("GET", "own", {}),
    "web:compose": ("GET", "user", {}),
    "web:compose_parse": ("GET", "user", {"prompt": "x"}),
    "web:compose_start": ("POST", "user", {"prompt": "x"}),
    "web:take": ("GET", "own", {}),
    "web:take_roll": ("GET", "own", {}),
    "web:take_midi": ("GET", "gone", {}),
    "web:take_midi_back": ("POST", "own", {}),
    "web:take_sheet": ("GET", "gone", {}),
    "web:take_compare": ("GET", "gone", {}),
    "web:take_keep": ("POST", "own", {}),
    "web:take_discard": ("POST", "own", {}),
    "web:take_change": ("POST", "own", {"change": "again"}),
    "web:add": ("GET", "user", {}),
    "web:upload": ("POST", "user", {}),
    "web:add_url": ("POST", "user", {"url": "nothing"}),
    "web:import_table": ("POST", "user", {}),
    "web:table": ("GET", "gone", {}),
    "web:link_folder": ("POST", "admin", {"path": "/nowhere"}),
    "web:unlink_folder": ("POST", "admin", {}),
    "web:scan_folder": ("POST", "admin", {"accepts_missing": "1"}),
    "web:scan": ("POST", "user", {}),
    "web:activity": ("GET", "user", {}),
    "web:activity_state": ("GET", "user", {}),
    "web:job_cancel": ("POST", "own", {}),
    "web:job_retry": ("POST", "own", {}),
    "web:playlists": ("POST", "user", {"name": "x"}),
    "web:playlist_choose": ("GET", "user", {}),
    "web:playlist": ("GET", "own", {}),
    "web:playlist_cover": ("GET", "own", {}),
    "web:playlist_add": ("POST", "own", {}),
    "web:playlist_change": ("POST", "own", {"name": "x"}),
    "web:playlist_delete": ("POST", "own", {}),
    "web:bin": ("GET", "user", {}),
    "web:bin_tracks": ("POST", "user", {}),
    "web:bin_restore": ("POST", "user", {}),
    "web:bin_forget": ("POST", "user", {}),
    "web:settings": ("GET", "open", {}),  # leads on to a page that asks
    "web:settings_look": ("GET", "user", {}),
    "web:settings_account": ("GET", "user", {}),
    "web:settings_connect": ("GET", "user", {}),
    "web:settings_keys": ("GET", "user", {}),
    "web:make_key": ("POST", "user", {"kind": "api", "name": "x"}),
    "web:revoke_key": ("POST", "self", {}),
    "web:settings_folders": ("GET", "admin", {}),
    "web:settings_learning": ("GET", "user", {}),
    "web:settings_analysis": ("GET", "admin", {}),
    "web:settings_users": ("GET", "admin", {}),
    "web:change_user": ("POST", "admin", {}),
    "web:settings_about": ("GET", "user", {}),
}


# --- the people and their things -------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """A private track and all that hangs on it, its owner, and three who look at it."""

    users: dict[str, User | None]
    keys: dict[str, str]
    things: dict[str, str]


@pytest.fixture(scope="module")
def one_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with shared_rows(django_db_blocker):
        yield make_world()


@pytest.fixture
def world(one_world: World, db: None) -> World:
    """The same for every test; what a test changes in it is undone."""
    return one_world


def make_world() -> World:
    owner, other, admin = person("owner"), person("other"), person("root", is_admin=True)
    third = person("third")
    users = {"nobody": None, "other": other, "owner": owner, "admin": admin}
    keys = {name: people.make_api_key(user, "x")[0] for name, user in users.items() if user}
    track = shelve(owner, "Secret", artist="Ghost", album="Dark", genre="Dark", is_private=True)
    binned = shelve(owner, "Gone", is_private=True, binned_at="2026-01-01T00:00:00Z")
    playlist = Playlist.objects.create(owner=owner, name="Diary")
    (generation,), job = compose.start("a quiet waltz", owner=owner, seed=1)
    folder = Folder.objects.create(
        number=9, path="/nowhere", path_key="k", name="F", owner=owner, is_private=True
    )
    with storage.temporary() as path:
        path.write_bytes(b"sound")
        sha256 = hashlib.sha256(b"sound").hexdigest()
        storage.keep(path, sha256, "renditions")
    rendition = Rendition.objects.create(
        track=track,
        owner=owner,
        recipe={"version": 1, "edits": []},
        recipe_key="k",
        format="flac",
        sha256=sha256,
        size_bytes=5,
        duration_s=1.0,
    )
    change = curate.set_tags(track, {"genre": ["Darker"]}, user=owner)
    assert change is not None
    station = save_station("Waves", "https://radio.example")
    share = make_share(owner, [track])
    things = {
        "track_id": track.pk,
        "station_id": station.pk,
        "share_id": share.pk,
        "secret": share.secret,
        "binned_id": binned.pk,
        "album_id": track.album_id,
        "artist_id": track.artists.get().pk,
        "playlist_id": playlist.pk,
        "job_id": job.pk,
        "generation_id": generation.pk,
        "folder_id": folder.pk,
        "folder_number": folder.number,
        "rendition_id": rendition.pk,
        "name": "a preset",
        "change_id": change.pk,
        "user_id": third.pk,
        "key_id": people.make_api_key(owner, "car")[1].pk,
    }
    return World(users, keys, {name: str(value) for name, value in things.items()})


OF_FEATURES = ("/features", "/peaks", "/plots/{kind}")  # which this track has not


def each_role(rule: str) -> Iterator[tuple[str, str]]:
    """Roles with what they shall meet; whatever one of them changes is undone for the next."""
    for role, expected in zip(ROLES, RULES[rule], strict=True):
        with transaction.atomic():
            yield role, expected
            transaction.set_rollback(True)


# --- REST ------------------------------------------------------------------------------------


def operations() -> set[str]:
    found = set()
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            plain = re.sub(r"\{\w+:(\w+)\}", r"{\1}", f"{prefix}{path}")
            found |= {f"{m} {plain}" for op in view.operations for m in op.methods}
    return found


def test_every_rest_operation_has_an_entry() -> None:
    assert operations() == set(REST)


@pytest.mark.parametrize("operation", REST)
def test_rest_lets_in_whom_it_should(world: World, operation: str) -> None:
    method, template = operation.split(" ")
    path = template.format_map(world.things | {"kind": "loudness"})
    if template.endswith("/restore"):
        path = f"/tracks/{world.things['binned_id']}/restore"
    for role, expected in each_role(REST[operation]):
        headers = {"Authorization": f"Bearer {world.keys[role]}"} if role in world.keys else {}
        response = Client().generic(
            method,
            f"/api/v1{path}",
            json.dumps(BODIES[operation]) if operation in BODIES else "",
            content_type="application/json",
            headers=headers,
        )
        verdicts = {401: NOT_SIGNED_IN, 403: DENIED, 404: HIDDEN}
        assert response.status_code < 500, role
        if operation.endswith(OF_FEATURES) and response.status_code == 404:
            not_measured = b"not_measured" in response.content
            assert (IN if not_measured else HIDDEN) == expected, role
        else:
            assert verdicts.get(response.status_code, IN) == expected, role


# --- OpenSubsonic ----------------------------------------------------------------------------


def test_every_subsonic_method_has_an_entry() -> None:
    assert set(SUBSONIC) == METHODS.keys() | PUBLIC.keys()


@pytest.mark.parametrize("method", SUBSONIC)
def test_subsonic_lets_in_whom_it_should(world: World, method: str) -> None:
    rule, parameters = SUBSONIC[method]
    query = {name: value.format_map(world.things) for name, value in parameters.items()}
    for role, expected in each_role(rule):
        key = {"apiKey": world.keys[role]} if role in world.keys else {}
        address = f"/rest/{method}.view?{urlencode({**query, **key, 'f': 'json'})}"
        if method == "getTranscodeDecision":  # what the player can stands in the body
            response: Any = Client().post(address, {"name": "x"}, content_type="application/json")
        else:
            response = Client().get(address)
        assert response.status_code == 200, role
        assert subsonic_verdict(response) == expected, role


def subsonic_verdict(response: Any) -> str:
    if response["Content-Type"] != "application/json":
        return IN
    answer = json.loads(response.content)["subsonic-response"]
    numbers = {10: NOT_SIGNED_IN, 40: NOT_SIGNED_IN, 50: DENIED, 70: HIDDEN}
    return numbers.get(answer.get("error", {}).get("code"), IN)


# --- the pages, Django's admin, and the rest -------------------------------------------------


def addresses(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern, space + inner)
        else:
            yield f"{space}{pattern.name}", pattern


def in_another_table(name: str) -> bool:
    is_rest = name.startswith("api:") and name not in OTHERS
    return is_rest or (name.startswith(("subsonic:", "admin:")) and name not in OTHERS)


def test_every_other_address_has_an_entry() -> None:
    found = {name for name, _pattern in addresses(get_resolver())}
    assert {name for name in found if not in_another_table(name)} == set(OTHERS)


def filled(name: str, world: World) -> str:
    """The address with ids of the owner's things, and `x` where any text may stand."""
    pattern = dict(addresses(get_resolver()))[name]
    values = (
        {**world.things, "track_id": world.things["binned_id"]}
        if "restore" in name
        else (world.things)
    )
    values = values | {"app_label": "auth", "kind": "api-key"}
    wanted = pattern.pattern.regex.groupindex
    return reverse(name, kwargs={key: values.get(key, "x") for key in wanted})


@pytest.mark.parametrize("name", OTHERS)
def test_the_rest_lets_in_whom_it_should(world: World, name: str) -> None:
    method, rule, form = OTHERS[name]
    address = filled(name, world)
    for role, expected in each_role(rule):
        client = Client()
        if user := world.users[role]:
            client.force_login(user)
        response = client.get(address, form) if method == "GET" else client.post(address, form)
        assert response.status_code < 500 or name == "readyz", role
        assert page_verdict(response) == expected, role


def page_verdict(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith("/sign-in/?next="):
        return NOT_SIGNED_IN
    return {401: NOT_SIGNED_IN, 403: DENIED, 404: HIDDEN, 410: HIDDEN}.get(response.status_code, IN)


OPEN = ("admin:login", "admin:logout", "admin:None")  # the door, and what only leads to it
ADMIN = sorted(
    name
    for name, _pattern in addresses(get_resolver())
    if name.startswith("admin:") and name not in OPEN
)


@pytest.mark.parametrize("name", ADMIN)
def test_django_admin_is_for_administrators(world: World, name: str) -> None:
    address = filled(name, world)
    for role, user in world.users.items():
        client = Client()
        if user:
            client.force_login(user)
        response = client.get(address)
        assert response.status_code < 500, role
        if role != "admin":
            assert response.status_code in (302, 403, 404, 405), role
            assert "admin/login" in response.get("Location", "admin/login"), role
