"""Tags, the bin and playlists from the command line."""

from __future__ import annotations

import pytest

from songloom.library.models import Playlist, Track
from songloom.library.services.people import local_owner
from songloom.search import services as search
from songloom.search.indexing import index_tracks
from tests.cli.conftest import Songloom
from tests.shelf import shelve

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def track() -> Track:
    return shelve(local_owner(), "Old name", artist="Somebody", genre="Folk")


def test_tags_are_set_and_shown(songloom: Songloom, track: Track) -> None:
    said = songloom(
        "tag", "set", str(track.pk), "title=晴天", "artist=周杰伦", "artist=A", "tag=calm", "--json"
    )
    assert said.status == 0
    assert said.document["tags"]["artist"] == ["周杰伦", "A"]
    assert (said.document["id"], said.document["title"]) == (str(track.pk), "晴天")
    track.refresh_from_db()
    assert track.title == "晴天"


def test_a_changed_title_is_searchable_when_the_command_returns(
    songloom: Songloom, track: Track
) -> None:
    songloom("tag", "set", str(track.pk), "title=晴天")
    found = search.search("qingtian", local_owner())
    assert [each.pk for each in found.tracks] == [track.pk]


def test_an_empty_value_clears_a_field(songloom: Songloom, track: Track) -> None:
    assert songloom("tag", "set", str(track.pk), "genre=", "--json").document["genres"] == []


@pytest.mark.parametrize("pair", ["title", "=x", "title=", "date=someday", "a b=c"])
def test_a_field_that_makes_no_sense_changes_nothing(
    songloom: Songloom, track: Track, pair: str
) -> None:
    said = songloom("tag", "set", str(track.pk), pair, "--json")
    assert (said.status, said.code) == (1, "bad_value")
    track.refresh_from_db()
    assert track.title == "Old name"


def test_a_track_goes_into_the_bin_and_comes_back(songloom: Songloom, track: Track) -> None:
    pk = str(track.pk)
    assert songloom("rm", pk, "--json").document == {"track": pk, "is_binned": True}
    assert songloom("show", pk, "--json").code == "not_found"
    assert songloom("search", "old", "--json").document["total"] == 0
    assert songloom("restore", pk, "--json").document == {"track": pk, "is_binned": False}
    assert songloom("show", pk, "--json").document["title"] == "Old name"
    assert songloom("search", "old", "--json").document["total"] == 1


def test_people_are_told_how_to_bring_it_back(songloom: Songloom, track: Track) -> None:
    assert f"songloom restore {track.pk}" in songloom("rm", str(track.pk)).out


@pytest.mark.parametrize("verb", ["rm", "restore", "show", "similar", "play-url"])
def test_an_unknown_track_is_status_1(songloom: Songloom, verb: str) -> None:
    said = songloom(verb, "0123456789abcdef", "--json")
    assert (said.status, said.code) == (1, "not_found")


def test_a_playlist_is_made_filled_shown_and_deleted(songloom: Songloom, track: Track) -> None:
    other = shelve(local_owner(), "Second")
    made = songloom("playlist", "create", "Evening", str(track.pk), "--public", "--json").document
    assert (made["name"], made["is_public"]) == ("Evening", True)
    filled = songloom("playlist", "add", "Evening", str(other.pk), str(track.pk), "--json").document
    assert [each["title"] for each in filled["tracks"]] == ["Old name", "Second", "Old name"]
    left = songloom("playlist", "remove", made["id"], str(track.pk), "--json").document
    assert [each["title"] for each in left["tracks"]] == ["Second"]
    assert "Second" in songloom("playlist", "show", "Evening").out
    assert [
        each["id"] for each in songloom("playlist", "--json", "list").document["playlists"]
    ] == [made["id"]]
    assert songloom("playlist", "delete", "Evening", "--json").document == {"deleted": made["id"]}
    assert not Playlist.objects.exists()
    assert Track.objects.filter(pk=other.pk).exists()


@pytest.mark.searches
def test_a_smart_playlist_is_asked_anew(songloom: Songloom, track: Track) -> None:
    query = ("--query", "title:name", "--sort", "-added", "--most", "1")
    made = songloom("playlist", "create", "Names", *query, "--json").document
    assert (made["is_smart"], made["query"], made["max_tracks"]) == (True, "title:name", 1)
    assert made["tracks"] == []
    index_tracks([track.pk])
    shown = songloom("playlist", "show", "Names", "--json").document
    assert [each["title"] for each in shown["tracks"]] == ["Old name"]
    newer = shelve(local_owner(), "Newer name")
    index_tracks([newer.pk])
    assert "Newer name" in songloom("playlist", "show", "Names").out
    assert songloom("playlist", "add", "Names", str(track.pk), "--json").code == "bad_value"
    said = songloom("playlist", "create", "Other", "--query", "tempo:x", "--json")
    assert said.code == "bad_value"
    assert Playlist.objects.count() == 1


@pytest.mark.parametrize("what", ["show", "delete"])
def test_a_playlist_that_is_not_there_is_not_found(songloom: Songloom, what: str) -> None:
    assert songloom("playlist", what, "Nothing", "--json").code == "not_found"


def test_a_playlist_needs_a_name(songloom: Songloom) -> None:
    assert songloom("playlist", "create", " ", "--json").code == "bad_value"


def test_a_track_in_the_bin_keeps_its_place_but_is_not_listed(
    songloom: Songloom, track: Track
) -> None:
    songloom("playlist", "create", "Evening", str(track.pk))
    songloom("rm", str(track.pk))
    assert songloom("playlist", "show", "Evening", "--json").document["tracks"] == []
    songloom("restore", str(track.pk))
    assert len(songloom("playlist", "show", "Evening", "--json").document["tracks"]) == 1
