"""Lists by a rule, stars and ratings, random songs."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.library.models import Track, User
from tests.shelf import shelve
from tests.subsonic.conftest import Ask, asking
from tests.subsonic.oracle import conforms


@pytest.fixture
def years(ada: User) -> list[Track]:
    """Six albums of one song each, 1990 to 2015, stored in that order."""
    return [
        shelve(
            ada,
            f"song {year}",
            album=f"{letter} album",
            artist=f"{other} band",
            date=str(year),
            genre="Folk" if year < 2000 else "Rock",
        )
        for year, letter, other in zip(range(1990, 2020, 5), "CAFBED", "zyxwvu", strict=True)
    ]


def names(answer: dict[str, Any]) -> list[str]:
    albums = answer["albumList2"]["album"]
    for album in albums:
        conforms(album, "AlbumID3")
    return [album["name"][0] for album in albums]


def test_albums_in_every_order(ask: Ask, years: list[Track]) -> None:
    assert names(ask("getAlbumList2", type="newest")) == list("DEBFAC")
    assert names(ask("getAlbumList2", type="alphabeticalByName")) == list("ABCDEF")
    assert names(ask("getAlbumList2", type="alphabeticalByArtist")) == list("DEBFAC")
    by_year = {"type": "byYear", "fromYear": 1995, "toYear": 2010}
    assert names(ask("getAlbumList2", **by_year)) == list("AFBE")
    backwards = {"type": "byYear", "fromYear": 2010, "toYear": 1995}
    assert names(ask("getAlbumList2", **backwards)) == list("EBFA")
    assert sorted(names(ask("getAlbumList2", type="byGenre", genre="folk"))) == ["A", "C"]
    assert sorted(names(ask("getAlbumList2", type="random"))) == list("ABCDEF")


def test_pages_cover_all_albums_once(ask: Ask, years: list[Track]) -> None:
    pages = [
        names(ask("getAlbumList2", type="alphabeticalByName", size=4, offset=offset))
        for offset in (0, 4, 8)
    ]
    assert pages == [list("ABCD"), list("EF"), []]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, 10),
        ({"type": "sideways"}, 0),
        ({"type": "byYear"}, 10),
        ({"type": "byGenre"}, 10),
        ({"type": "newest", "size": "many"}, 0),
    ],
)
def test_a_list_that_cannot_be_says_why(ask: Ask, parameters: dict[str, str], code: int) -> None:
    assert ask("getAlbumList2", **parameters)["error"]["code"] == code


def test_sizes_are_kept_within_limits(ask: Ask, years: list[Track]) -> None:
    assert len(names(ask("getAlbumList2", type="newest", size=100_000))) == 6
    assert names(ask("getAlbumList2", type="newest", size=-5)) == []
    assert len(names(ask("getAlbumList2", type="newest", offset=-5))) == 6


def test_stars_on_songs_albums_and_artists_show_everywhere(ask: Ask, years: list[Track]) -> None:
    track = years[2]
    assert track.album is not None
    album, artist = track.album, track.artists.get()
    assert ask("star", id=track.pk, albumId=album.pk, artistId=artist.pk)["status"] == "ok"
    starred = ask("getStarred2")["starred2"]
    conforms(starred, "Starred2")
    assert [song["id"] for song in starred["song"]] == [str(track.pk)]
    assert [found["id"] for found in starred["album"]] == [str(album.pk)]
    assert [found["id"] for found in starred["artist"]] == [str(artist.pk)]
    assert "starred" in ask("getSong", id=track.pk)["song"]
    assert "starred" in ask("getAlbum", id=album.pk)["album"]
    assert "starred" in ask("getArtist", id=artist.pk)["artist"]
    assert names(ask("getAlbumList2", type="starred")) == ["F"]
    older = ask("getStarred")["starred"]
    assert [song["id"] for song in older["song"]] == [str(track.pk)]
    for _ in range(2):  # taking it back twice is no error
        assert ask("unstar", id=[track.pk, album.pk, artist.pk])["status"] == "ok"
    assert ask("getStarred2")["starred2"] == {"artist": [], "album": [], "song": []}


def test_the_latest_star_stands_first(ask: Ask, years: list[Track]) -> None:
    for track in (years[4], years[0], years[3]):
        ask("star", id=track.pk)
    found = [song["title"] for song in ask("getStarred2")["starred2"]["song"]]
    assert found == ["song 2005", "song 1990", "song 2010"]


def test_stars_are_private(ask: Ask, bob: User, years: list[Track]) -> None:
    ask("star", id=years[0].pk)
    as_bob = asking(bob)
    assert as_bob("getStarred2")["starred2"]["song"] == []
    assert "starred" not in as_bob("getSong", id=years[0].pk)["song"]


def test_nothing_is_starred_when_one_id_is_unknown(ask: Ask, years: list[Track]) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    assert ask("star", id=[years[0].pk, unknown])["error"]["code"] == 70
    assert ask("getStarred2")["starred2"]["song"] == []
    assert ask("star")["error"]["code"] == 10


def test_ratings_are_one_to_five_and_zero_takes_them_back(ask: Ask, years: list[Track]) -> None:
    track = years[1]
    for stars in (1, 5):
        assert ask("setRating", id=track.pk, rating=stars)["status"] == "ok"
        assert ask("getSong", id=track.pk)["song"]["userRating"] == stars
    for wrong in (-1, 6, 1_000_000, "x"):
        assert ask("setRating", id=track.pk, rating=wrong)["error"]["code"] == 0
    assert ask("setRating", id=track.pk)["error"]["code"] == 10
    assert ask("getSong", id=track.pk)["song"]["userRating"] == 5
    ask("setRating", id=track.pk, rating=0)
    assert "userRating" not in ask("getSong", id=track.pk)["song"]


def test_highest_rated_albums_come_first(ask: Ask, years: list[Track]) -> None:
    for track, stars in zip(years[:3], (3, 5, 4), strict=True):
        ask("setRating", id=track.album_id, rating=stars)
    assert names(ask("getAlbumList2", type="highest")) == list("AFC")


def test_random_songs_are_drawn_without_repeats(ask: Ask, years: list[Track]) -> None:
    songs = ask("getRandomSongs", size=500)["randomSongs"]["song"]
    assert sorted(song["title"] for song in songs) == [track.title for track in years]
    few = ask("getRandomSongs", size=3)["randomSongs"]["song"]
    assert len({song["id"] for song in few}) == 3
    old = ask("getRandomSongs", toYear=1999, size=50)["randomSongs"]["song"]
    assert {song["year"] for song in old} == {1990, 1995}
    rock = ask("getRandomSongs", genre="Rock", fromYear=2010)["randomSongs"]["song"]
    assert {song["year"] for song in rock} == {2010, 2015}


def test_random_orders_differ(ask: Ask, years: list[Track]) -> None:
    """Eight draws of six songs are the same order by chance once in 720^7."""
    draws = {
        tuple(song["id"] for song in ask("getRandomSongs", size=6)["randomSongs"]["song"])
        for _ in range(8)
    }
    assert len(draws) > 1


def test_songs_by_genre_page_by_page(ask: Ask, years: list[Track]) -> None:
    found: list[str] = []
    for offset in (0, 2, 4):
        page = ask("getSongsByGenre", genre="ROCK", count=2, offset=offset)["songsByGenre"]["song"]
        found += [song["title"] for song in page]
    assert sorted(found) == ["song 2000", "song 2005", "song 2010", "song 2015"]
