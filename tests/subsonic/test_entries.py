"""Entries of a catalogue without sound: a player is never offered what it cannot play."""

from __future__ import annotations

import json
from typing import Any

import pytest

from songloom.library.models import Playlist, Track, User
from songloom.library.services import opinions
from songloom.library.services.playlists import make_playlist
from songloom.library.services.tagging import set_fields
from songloom.search.indexing import index_tracks
from tests.shelf import shelve
from tests.subsonic.conftest import Ask

NOT_FOUND = 70


@pytest.fixture
def entry(ada: User) -> Track:
    """By an artist and on an album that nothing else is on."""
    track = Track.objects.create(
        title="Only a name",
        owner=ada,
        has_audio=False,
        duration_s=200.0,
        lyrics="la la",
        origin=Track.Origin.IMPORTED,
    )
    set_fields(
        track, {"artist": ["Silent"], "album": ["Paper"], "genre": ["Mute"], "date": ["1999"]}
    )
    return track


@pytest.fixture
def song(ada: User) -> Track:
    """With sound, on the same album as a second entry."""
    return shelve(ada, "A song", artist="Loud", album="Mixed", genre="Pop")


@pytest.fixture
def indexed(entry: Track, song: Track) -> None:
    index_tracks([entry.pk, song.pk])


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("getArtists", {}),
        ("getIndexes", {}),
        ("getGenres", {}),
        ("getMusicDirectory", {"id": "0"}),
        ("getAlbumList2", {"type": "newest"}),
        ("getAlbumList", {"type": "alphabeticalByName"}),
        ("getRandomSongs", {"size": 500}),
        ("getSongsByGenre", {"genre": "Mute"}),
        ("search3", {"query": ""}),
        ("search3", {"query": "only"}),
        ("search3", {"query": "silent"}),
        ("search3", {"query": "paper"}),
        ("search2", {"query": "paper"}),
        ("getTopSongs", {"artist": "Silent"}),
        ("getLyrics", {"title": "only a name"}),
        ("getStarred2", {}),
    ],
)
def test_no_list_holds_an_entry_or_what_only_entries_are_on(
    ask: Ask, ada: User, entry: Track, method: str, parameters: dict[str, Any]
) -> None:
    for thing in (entry, entry.album, entry.artists.get()):
        assert thing is not None
        opinions.star(ada, thing)
    said = json.dumps(ask(method, **parameters))
    assert [word for word in ("Only a name", "Silent", "Paper", "Mute") if word in said] == []


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("getSong", "id"),
        ("stream", "id"),
        ("download", "id"),
        ("scrobble", "id"),
        ("star", "id"),
        ("setRating", "id"),
        ("getLyricsBySongId", "id"),
    ],
)
def test_an_entry_asked_for_by_its_id_is_not_there(
    ask: Ask, entry: Track, method: str, name: str
) -> None:
    answer = ask(method, **{name: entry.pk}, rating=3)
    assert answer["error"]["code"] == NOT_FOUND


def test_an_album_shows_those_of_its_songs_that_can_be_played(
    ask: Ask, entry: Track, song: Track
) -> None:
    set_fields(entry, {"artist": ["Loud"], "album": ["Mixed"]})
    entry.refresh_from_db()
    assert entry.album_id == song.album_id
    album = ask("getAlbum", id=song.album_id)["album"]
    assert [each["title"] for each in album["song"]] == ["A song"]
    assert album["songCount"] == 1
    artist = ask("getArtist", id=song.artists.get().pk)["artist"]
    assert artist["albumCount"] == 1


def test_an_artist_and_an_album_of_entries_alone_are_not_there(ask: Ask, entry: Track) -> None:
    assert ask("getAlbum", id=entry.album_id)["error"]["code"] == NOT_FOUND
    assert ask("getArtist", id=entry.artists.get().pk)["error"]["code"] == NOT_FOUND


def test_a_playlist_counts_and_numbers_what_can_be_played(
    ask: Ask, ada: User, entry: Track, song: Track
) -> None:
    other = shelve(ada, "Another")
    made = make_playlist(ada, "Mixed", [entry, song, other])
    shown = ask("getPlaylist", id=made.pk)["playlist"]
    assert [each["title"] for each in shown["entry"]] == ["A song", "Another"]
    assert shown["songCount"] == 2
    ask("updatePlaylist", playlistId=made.pk, songIndexToRemove=0)
    left = Playlist.objects.get(pk=made.pk).entries.values_list("track", flat=True)
    assert list(left) == [entry.pk, other.pk]


def test_an_entry_that_got_its_sound_is_there(ask: Ask, entry: Track) -> None:
    Track.objects.filter(pk=entry.pk).update(has_audio=True)
    assert ask("getSong", id=entry.pk)["song"]["title"] == "Only a name"
