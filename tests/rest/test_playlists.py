"""Playlists over REST."""

from __future__ import annotations

from uuid import uuid4

import pytest

from songloom.library.models import Playlist, Track
from songloom.search.indexing import index_tracks
from tests.rest.conftest import Caller, read
from tests.shelf import shelve


@pytest.fixture
def ids(ada: Caller) -> list[str]:
    assert ada.user is not None
    return [str(shelve(ada.user, title).pk) for title in ("one", "two", "three")]


def test_a_playlist_lives_from_post_to_delete(ada: Caller, ids: list[str]) -> None:
    made = ada.post(
        "playlists", {"name": "晚上", "comment": "slow", "tracks": [ids[2], *ids]}, status=201
    )
    assert made["name"] == "晚上"
    assert made["n_tracks"] == 4
    assert made["duration_s"] == 4.0
    assert [track["id"] for track in made["tracks"]] == [ids[2], *ids]
    where = f"playlists/{made['id']}"
    assert ada.get(where) == made
    (listed,) = ada.get("playlists")["items"]
    assert listed == {name: value for name, value in made.items() if name != "tracks"}
    changed = ada.patch(where, {"name": "Night", "tracks": ids[:1]})
    assert changed["name"] == "Night"
    assert changed["comment"] == "slow"
    assert [track["title"] for track in changed["tracks"]] == ["one"]
    assert ada.patch(where, {"is_public": True})["n_tracks"] == 1
    assert ada.patch(where, {"tracks": []})["tracks"] == []
    ada.delete(where)
    ada.get(where, 404)
    assert ada.get("playlists") == {"items": [], "next": None, "total": 0}


def test_a_refused_playlist_leaves_nothing_behind(ada: Caller, ids: list[str]) -> None:
    ada.post("playlists", {"name": "x", "tracks": [ids[0], str(uuid4())]}, 422)
    ada.post("playlists", {"name": " \t "}, 422)
    assert not Playlist.objects.exists()
    key = ada.post("playlists", {"name": "x", "tracks": ids}, 201)["id"]
    ada.patch(f"playlists/{key}", {"name": "y", "tracks": [str(uuid4())]}, 422)
    kept = ada.get(f"playlists/{key}")
    assert kept["name"] == "x"
    assert kept["n_tracks"] == 3


def test_publicity_decides_who_sees_and_owners_alone_change(
    ada: Caller, bob: Caller, root: Caller, ids: list[str]
) -> None:
    key = ada.post("playlists", {"name": "x", "tracks": ids}, 201)["id"]
    where = f"playlists/{key}"
    bob.get(where, 404)
    bob.patch(where, {"name": "y"}, 404)
    read(bob.send("DELETE", where), 404)
    assert root.get(where)["name"] == "x"
    ada.patch(where, {"is_public": True})
    assert bob.get(where)["n_tracks"] == 3
    assert bob.get("playlists")["total"] == 1
    bob.patch(where, {"name": "y"}, 403)
    read(bob.send("DELETE", where), 403)


def test_what_a_reader_may_not_hear_is_left_out_of_their_view(
    ada: Caller, bob: Caller, ids: list[str]
) -> None:
    key = ada.post("playlists", {"name": "x", "tracks": ids, "is_public": True}, 201)["id"]
    Track.objects.filter(pk=ids[1]).update(is_private=True)
    seen = bob.get(f"playlists/{key}")
    assert [track["title"] for track in seen["tracks"]] == ["one", "three"]
    assert (seen["n_tracks"], seen["duration_s"]) == (2, 2.0)
    assert ada.get(f"playlists/{key}")["n_tracks"] == 3


def test_nobody_can_list_what_they_may_not_hear(ada: Caller, bob: Caller, ids: list[str]) -> None:
    Track.objects.filter(pk=ids[0]).update(is_private=True)
    error = bob.post("playlists", {"name": "spy", "tracks": ids}, 422)["error"]
    assert "tracks" in error["fields"]


def test_lists_of_playlists_come_in_pages(ada: Caller) -> None:
    for name in ("d", "a", "c", "b", "a"):
        ada.post("playlists", {"name": name}, 201)
    first = ada.get("playlists", limit=3)
    rest = ada.get("playlists", limit=3, cursor=first["next"])
    assert [item["name"] for item in first["items"] + rest["items"]] == ["a", "a", "b", "c", "d"]
    assert rest["next"] is None
    assert first["total"] == 5


@pytest.mark.searches
def test_a_smart_playlist_is_a_query_that_can_be_changed(ada: Caller, ids: list[str]) -> None:
    index_tracks(Track.objects.values_list("pk", flat=True))
    made = ada.post("playlists", {"name": "x", "query": "one", "max_tracks": 7}, status=201)
    assert (made["is_smart"], made["query"], made["max_tracks"]) == (True, "one", 7)
    where = f"playlists/{made['id']}"
    assert [track["title"] for track in made["tracks"]] == ["one"]
    changed = ada.patch(where, {"query": "", "sort": "-title", "max_tracks": 2})
    assert [track["title"] for track in changed["tracks"]] == ["two", "three"]
    assert (changed["n_tracks"], changed["duration_s"]) == (2, 2.0)
    renamed = ada.patch(where, {"name": "y"})
    assert renamed["sort"] == "-title"
    assert ada.patch(where, {"max_tracks": None})["n_tracks"] == 3
    (listed,) = ada.get("playlists")["items"]
    assert (listed["n_tracks"], listed["duration_s"]) == (3, 3.0)


@pytest.mark.searches
def test_what_a_smart_playlist_cannot_be_is_said_and_leaves_it(ada: Caller, ids: list[str]) -> None:
    ada.post("playlists", {"name": "x", "query": "one", "tracks": ids}, 422)
    ada.post("playlists", {"name": "x", "query": "tempo:fast"}, 422)
    assert not Playlist.objects.exists()
    key = ada.post("playlists", {"name": "x", "query": "one"}, 201)["id"]
    for wish in ({"tracks": ids}, {"query": "key:H2"}, {"sort": "colour"}, {"max_tracks": 0}):
        ada.patch(f"playlists/{key}", {"name": "y", **wish}, 422)
    kept = ada.get(f"playlists/{key}")
    assert (kept["name"], kept["query"], kept["sort"]) == ("x", "one", "")
    by_hand = ada.post("playlists", {"name": "z"}, 201)["id"]
    assert ada.patch(f"playlists/{by_hand}", {"sort": "title"})["is_smart"] is False
