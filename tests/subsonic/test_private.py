"""An album that several people share says nothing of the tracks that a listener may not hear."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from songloom.library.models import Album, Track, User
from songloom.library.services import people
from tests.shelf import shelve
from tests.subsonic.conftest import APP_PASSWORD, Ask, asking

SECRET, SHOWN = (200, 10, 10), (10, 10, 200)
BINNED_AT = "2026-01-01T00:00:00Z"


def painted(path: Path, colour: tuple[int, int, int]) -> Path:
    Image.new("RGB", (300, 300), colour).save(path)
    return path


@pytest.fixture
def secret(ada: User, tmp_path: Path) -> Track:
    """Ada's private track: it made the album, and gave it date and cover."""
    named = {"artist": "A", "album": "L", "genre": "Dark", "date": "1977-05-04"}
    return shelve(
        ada, "Secret", **named, is_private=True, cover=painted(tmp_path / "s.png", SECRET)
    )


@pytest.fixture
def open_one(bob: User, secret: Track) -> Track:
    """Bob's own track of the same album, without a cover."""
    named = {"artist": "A", "album": "L", "genre": "Light", "date": "2003"}
    shelve(bob, "Gone", **named | {"genre": "Rust", "date": "1960"}, binned_at=BINNED_AT)
    return shelve(bob, "Open", **named)


@pytest.fixture
def as_bob(bob: User, open_one: Track) -> Ask:
    return asking(bob)


def albums(ask: Ask, secret: Track) -> Iterator[dict[str, Any]]:
    """The album as every method shows it that has genres."""
    yield ask("getAlbum", id=secret.album_id)["album"]
    artist = ask("getArtist", id=secret.artists.get().pk)["artist"]
    yield from artist["album"]
    yield from ask("search3", query="")["searchResult3"]["album"]
    for kind in ("newest", "alphabeticalByName"):
        yield from ask("getAlbumList2", type=kind)["albumList2"]["album"]


def test_genres_are_those_of_the_tracks_one_may_hear(as_bob: Ask, ask: Ask, secret: Track) -> None:
    shown = [[genre["name"] for genre in album["genres"]] for album in albums(as_bob, secret)]
    assert shown == [["Light"]] * 5
    shown = [[genre["name"] for genre in album["genres"]] for album in albums(ask, secret)]
    assert shown == [["Dark", "Light"]] * 5


def test_dates_are_those_of_the_tracks_one_may_hear(as_bob: Ask, ask: Ask, secret: Track) -> None:
    for album in albums(as_bob, secret):
        assert (album["year"], album["originalReleaseDate"]) == (2003, {"year": 2003})
    for album in albums(ask, secret):
        assert album["originalReleaseDate"] == {"year": 1977, "month": 5, "day": 4}


@pytest.mark.parametrize(
    ("span", "for_bob", "for_ada"),
    [((1970, 1980), 0, 1), ((2000, 2005), 1, 0), ((1950, 1965), 0, 0)],
)
def test_the_list_by_year_knows_no_hidden_year(
    as_bob: Ask, ask: Ask, span: tuple[int, int], for_bob: int, for_ada: int
) -> None:
    for asked, n_albums in ((as_bob, for_bob), (ask, for_ada)):
        for first, last in (span, span[::-1]):
            asked_for = {"type": "byYear", "fromYear": first, "toYear": last}
            found = asked("getAlbumList2", **asked_for)["albumList2"].get("album", [])
            assert len(found) == n_albums


def test_directories_show_no_hidden_year(as_bob: Ask, secret: Track) -> None:
    (album,) = as_bob("getAlbumList", type="newest")["albumList"]["album"]
    assert album["year"] == 2003
    artist = as_bob("getMusicDirectory", id=secret.artists.get().pk)["directory"]
    assert [child["year"] for child in artist["child"]] == [2003]


def colour_of(user: User, key: object) -> tuple[int, int, int]:
    query = {"u": user.username, "p": APP_PASSWORD, "v": "1.16.1", "c": "tests", "id": str(key)}
    answer = Client().get("/rest/getCoverArt", query)
    assert answer.status_code == 200
    sent = Path(answer["X-Accel-Redirect"].removeprefix("/_files")).read_bytes()
    with Image.open(io.BytesIO(sent)) as image:
        red, green, blue = image.convert("RGB").getpixel((9, 9))  # type: ignore[misc]
    return red, green, blue


def keys(secret: Track, open_one: Track) -> list[str]:
    artist = secret.artists.get().pk
    return [f"al-{secret.album_id}", str(secret.album_id), f"ar-{artist}", f"tr-{open_one.pk}"]


def is_like(colour: tuple[int, int, int], wanted: tuple[int, int, int]) -> bool:
    """JPEG keeps a colour but for a little."""
    return max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) < 8


def test_a_hidden_cover_is_given_to_nobody_else(
    as_bob: Ask, ada: User, bob: User, secret: Track, open_one: Track
) -> None:
    people.make_app_password(ada, "other", APP_PASSWORD)
    for key in keys(secret, open_one):
        assert not is_like(colour_of(bob, key), SECRET), key
        assert is_like(colour_of(ada, key), SECRET), key


def test_a_cover_that_one_may_see_stands_in(
    as_bob: Ask, bob: User, secret: Track, open_one: Track, tmp_path: Path
) -> None:
    picture = painted(tmp_path / "shown.png", SHOWN)
    shelve(bob, "Pictured", artist="A", album="L", cover=picture)
    for key in keys(secret, open_one):
        assert is_like(colour_of(bob, key), SHOWN), key
    assert Album.objects.get().cover == secret.cover


@pytest.mark.parametrize("kind", ["newest", "alphabeticalByName", "byYear"])
def test_more_albums_cost_no_more_queries(as_bob: Ask, bob: User, kind: str) -> None:
    asked = {"type": kind, "fromYear": 1900, "toYear": 2100}
    as_bob("getAlbumList2", **asked)
    with CaptureQueriesContext(connection) as before:
        as_bob("getAlbumList2", **asked)
    for number in range(4):
        shelve(bob, f"Song {number}", artist="A", album=f"L {number}", genre="Light", date="2003")
    with CaptureQueriesContext(connection) as after:
        assert len(as_bob("getAlbumList2", **asked)["albumList2"]["album"]) == 5
    assert len(after) == len(before)
