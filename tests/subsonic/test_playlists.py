"""Playlists: made, filled, reordered, shared, deleted."""

from __future__ import annotations

import pytest

from songloom.library.models import Track, User
from songloom.library.services.playlists import make_playlist
from songloom.search.indexing import index_tracks
from songloom.search.smart import define
from tests.shelf import shelve
from tests.subsonic.conftest import Ask, asking
from tests.subsonic.oracle import conforms


@pytest.fixture
def tracks(ada: User) -> list[Track]:
    return [shelve(ada, title) for title in ("one", "two", "three")]


def made(ask: Ask, tracks: list[Track]) -> str:
    answer = ask("createPlaylist", name="Evening", songId=[track.pk for track in tracks])
    return str(answer["playlist"]["id"])


def titles(ask: Ask, key: str) -> list[str]:
    return [song["title"] for song in ask("getPlaylist", id=key)["playlist"]["entry"]]


def test_a_new_playlist_comes_back_with_its_songs(ask: Ask, tracks: list[Track]) -> None:
    answer = ask("createPlaylist", name="晚上", songId=[t.pk for t in (*tracks, tracks[0])])
    playlist = answer["playlist"]
    conforms(playlist, "Playlist")
    assert playlist["name"] == "晚上"
    assert playlist["owner"] == "ada"
    assert playlist["public"] is False
    assert playlist["songCount"] == 4
    assert playlist["duration"] == 4
    assert titles(ask, playlist["id"]) == ["one", "two", "three", "one"]
    (listed,) = ask("getPlaylists")["playlists"]["playlist"]
    conforms(listed, "Playlist")
    assert listed["songCount"] == 4


def test_an_empty_playlist_is_a_playlist(ask: Ask) -> None:
    key = ask("createPlaylist", name="Empty")["playlist"]["id"]
    playlist = ask("getPlaylist", id=key)["playlist"]
    assert playlist["entry"] == []
    assert (playlist["songCount"], playlist["duration"]) == (0, 0)


def test_songs_are_taken_out_by_the_positions_that_were_shown(
    ask: Ask, tracks: list[Track]
) -> None:
    key = made(ask, [*tracks, *tracks])
    ask("updatePlaylist", playlistId=key, songIndexToRemove=[0, 4], songIdToAdd=tracks[2].pk)
    assert titles(ask, key) == ["two", "three", "one", "three", "three"]


def test_positions_leave_out_what_a_listener_may_not_hear(
    ask: Ask, bob: User, tracks: list[Track]
) -> None:
    """Position 1 is what the client saw there, not a hidden entry before it."""
    theirs = shelve(bob, "theirs")
    key = made(ask, [theirs, *tracks])
    Track.objects.filter(pk=theirs.pk).update(is_private=True)
    assert titles(ask, key) == ["one", "two", "three"]
    assert ask("getPlaylists")["playlists"]["playlist"][0]["songCount"] == 3
    ask("updatePlaylist", playlistId=key, songIndexToRemove=1)
    Track.objects.filter(pk=theirs.pk).update(is_private=False)
    assert titles(ask, key) == ["theirs", "one", "three"]


def test_create_with_an_id_replaces_the_songs(ask: Ask, tracks: list[Track]) -> None:
    key = made(ask, tracks)
    ask("createPlaylist", playlistId=key, songId=tracks[1].pk)
    assert titles(ask, key) == ["two"]
    assert ask("getPlaylist", id=key)["playlist"]["name"] == "Evening"


def test_name_comment_and_publicity_change_alone(ask: Ask, tracks: list[Track]) -> None:
    key = made(ask, tracks)
    ask("updatePlaylist", playlistId=key, name="Night", comment="slow", public="true")
    playlist = ask("getPlaylist", id=key)["playlist"]
    assert (playlist["name"], playlist["comment"], playlist["public"]) == ("Night", "slow", True)
    ask("updatePlaylist", playlistId=key, comment="")
    playlist = ask("getPlaylist", id=key)["playlist"]
    assert "comment" not in playlist
    assert playlist["name"] == "Night"
    assert playlist["public"] is True
    assert playlist["songCount"] == 3


@pytest.mark.parametrize(
    ("method", "parameters", "code"),
    [
        ("createPlaylist", {}, 10),
        ("createPlaylist", {"name": "   "}, 0),
        ("createPlaylist", {"name": "x", "songId": "nothing"}, 70),
        ("updatePlaylist", {}, 10),
        ("updatePlaylist", {"playlistId": "nothing"}, 70),
        ("deletePlaylist", {"id": "nothing"}, 70),
        ("getPlaylist", {}, 10),
    ],
)
def test_refusals_have_their_numbers(
    ask: Ask, method: str, parameters: dict[str, str], code: int
) -> None:
    assert ask(method, **parameters)["error"]["code"] == code
    assert ask("getPlaylists")["playlists"]["playlist"] == []


@pytest.mark.parametrize("index", ["3", "-1", "x", "99999999999999999999"])
def test_a_position_outside_the_list_changes_nothing(
    ask: Ask, tracks: list[Track], index: str
) -> None:
    key = made(ask, tracks)
    refused = ask("updatePlaylist", playlistId=key, songIndexToRemove=["0", index], name="New")
    assert refused["status"] == "failed"
    assert titles(ask, key) == ["one", "two", "three"]
    assert ask("getPlaylist", id=key)["playlist"]["name"] == "Evening"


def test_others_see_public_lists_and_change_none(
    ask: Ask, bob: User, root: User, tracks: list[Track]
) -> None:
    key = made(ask, tracks)
    as_bob = asking(bob)
    assert as_bob("getPlaylist", id=key)["error"]["code"] == 70
    assert as_bob("deletePlaylist", id=key)["error"]["code"] == 70
    assert as_bob("getPlaylists")["playlists"]["playlist"] == []
    ask("updatePlaylist", playlistId=key, public="true")
    assert titles(as_bob, key) == ["one", "two", "three"]
    assert as_bob("updatePlaylist", playlistId=key, name="Mine")["error"]["code"] == 50
    assert as_bob("deletePlaylist", id=key)["error"]["code"] == 50
    assert asking(root)("deletePlaylist", id=key)["status"] == "ok"
    assert ask("getPlaylist", id=key)["error"]["code"] == 70


def test_nobody_can_put_what_they_may_not_hear_into_a_list(
    ask: Ask, bob: User, tracks: list[Track]
) -> None:
    secret = shelve(bob, "secret", is_private=True)
    assert ask("createPlaylist", name="spy", songId=secret.pk)["error"]["code"] == 70
    key = made(ask, tracks)
    assert ask("updatePlaylist", playlistId=key, songIdToAdd=secret.pk)["error"]["code"] == 70


def test_a_very_long_list_fits_into_one_form(ask: Ask, ada: User, tracks: list[Track]) -> None:
    """More fields than Django takes by itself."""
    key = made(ask, tracks * 700)
    assert ask("getPlaylist", id=key)["playlist"]["songCount"] == 2_100


@pytest.mark.searches
def test_a_smart_playlist_is_served_live_and_read_only(
    ask: Ask, ada: User, tracks: list[Track]
) -> None:
    index_tracks([track.pk for track in tracks])
    made_here = define(make_playlist(ada, "Live"), "-two", sort="title")
    (listed,) = ask("getPlaylists")["playlists"]["playlist"]
    conforms(listed, "Playlist")
    assert (listed["songCount"], listed["duration"], listed["readonly"]) == (2, 2, True)
    assert titles(ask, listed["id"]) == ["one", "three"]
    define(made_here, "")
    assert titles(ask, listed["id"]) == ["one", "three", "two"]
    for wish in ({"songIdToAdd": tracks[1].pk}, {"songIndexToRemove": 0}):
        refused = ask("updatePlaylist", playlistId=listed["id"], name="Other", **wish)
        assert refused["error"]["message"]
    assert ask("getPlaylist", id=listed["id"])["playlist"]["name"] == "Live"
    ask("updatePlaylist", playlistId=listed["id"], name="Other")
    assert ask("getPlaylist", id=listed["id"])["playlist"]["name"] == "Other"


def test_only_who_may_change_a_playlist_is_told_so(
    ask: Ask, bob: User, tracks: list[Track]
) -> None:
    key = made(ask, tracks)
    assert ask("getPlaylist", id=key)["playlist"]["readonly"] is False
    ask("updatePlaylist", playlistId=key, public="true")
    assert asking(bob)("getPlaylist", id=key)["playlist"]["readonly"] is True
