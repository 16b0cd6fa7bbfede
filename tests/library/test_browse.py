"""Albums, artists, genres, playlists and folders as one user sees them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from songloom.library.models import Folder, Track, User
from songloom.library.services import browse
from songloom.library.services.playlists import make_playlist
from tests.shelf import person, shelve


@pytest.fixture
def ada(db: None) -> User:
    return person("ada")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob")


@pytest.fixture
def root(db: None) -> User:
    return person("root", is_admin=True)


@pytest.fixture
def shelf(ada: User, bob: User) -> dict[str, Track]:
    """One album of both, one of Bob's secrets, one in the bin."""
    both = {"album": "Both", "albumartist": "Band"}
    return {
        "open": shelve(ada, "open", artist=["Ann", "Guest"], genre=["Pop", "Folk"], **both),
        "long": shelve(ada, "long", artist="Ann", genre="Pop", seconds=3.0, **both),
        "secret": shelve(bob, "secret", artist="Ghost", genre="Pop", is_private=True, **both),
        "hidden": shelve(bob, "hidden", artist="Ghost", album="Hidden", is_private=True),
        "gone": shelve(ada, "gone", artist="Past", album="Past", binned_at="2026-01-01T00:00:00Z"),
    }


def by_name(rows: Iterable[Any], *fields: str) -> dict[str, tuple[Any, ...]]:
    return {str(row): tuple(getattr(row, field) for field in fields) for row in rows}


def test_albums_count_what_each_may_hear(
    ada: User, bob: User, root: User, shelf: dict[str, Track]
) -> None:
    assert by_name(browse.albums_of(ada), "n_tracks", "duration_s") == {"Both": (2, 4.0)}
    for user in (bob, root):
        seen = by_name(browse.albums_of(user), "n_tracks", "duration_s")
        assert seen == {"Both": (3, 5.0), "Hidden": (1, 1.0)}
    assert list(browse.albums_of(AnonymousUser())) == []


def test_counting_a_page_keeps_its_order_and_leaves_out_the_rest(
    ada: User, bob: User, shelf: dict[str, Track]
) -> None:
    assert shelf["open"].album is not None
    assert shelf["hidden"].album is not None
    ids = [shelf["hidden"].album.pk, shelf["open"].album.pk]
    visible = Track.objects.visible_to(bob)
    assert [str(album) for album in browse.counted(ids, visible)] == ["Hidden", "Both"]
    assert [str(album) for album in browse.counted(ids[::-1], visible)] == ["Both", "Hidden"]
    seen = browse.counted(ids, Track.objects.visible_to(ada))
    assert [(str(album), album.n_tracks) for album in seen] == [("Both", 2)]  # type: ignore[attr-defined]
    assert browse.counted([], visible) == []


def test_both_ways_to_list_albums_agree(ada: User, bob: User, shelf: dict[str, Track]) -> None:
    for user in (ada, bob):
        plain = browse.albums_with_tracks(Track.objects.visible_to(user))
        assert set(plain) == set(browse.albums_of(user))


def test_artists_are_those_who_perform(ada: User, bob: User, shelf: dict[str, Track]) -> None:
    shelve(ada, "written", artist="Ann", composer="Writer")
    seen = by_name(browse.artists_of(ada), "n_tracks", "n_albums")
    assert seen == {"Ann": (3, 1), "Guest": (1, 1), "Band": (2, 1)}
    assert by_name(browse.artists_of(bob), "n_tracks", "n_albums")["Ghost"] == (2, 2)


def test_genres_count_tracks_and_albums(ada: User, bob: User, shelf: dict[str, Track]) -> None:
    seen = by_name(browse.genres_of(ada), "n_tracks", "n_albums")
    assert seen == {"Pop": (2, 1), "Folk": (1, 1)}
    assert by_name(browse.genres_of(bob), "n_tracks")["Pop"] == (3,)


def test_albums_by_an_artist_are_made_or_joined(
    ada: User, bob: User, shelf: dict[str, Track]
) -> None:
    guest = shelf["open"].artists.get(name="Guest")
    assert [str(album) for album in browse.albums_by(ada, guest)] == ["Both"]
    ghost = shelf["hidden"].artists.get(name="Ghost")
    assert list(browse.albums_by(ada, ghost)) == []
    assert {str(album) for album in browse.albums_by(bob, ghost)} == {"Both", "Hidden"}


def test_playlists_count_entries_that_may_be_heard(
    ada: User, bob: User, root: User, shelf: dict[str, Track]
) -> None:
    listed = [shelf["open"], shelf["secret"], shelf["open"], shelf["gone"]]
    shared = make_playlist(bob, "Shared", listed, is_public=True)
    make_playlist(bob, "Own", [])
    assert by_name(browse.playlists_of(ada), "n_tracks", "duration_s") == {"Shared": (2, 2.0)}
    assert by_name(browse.playlists_of(bob), "n_tracks") == {"Shared": (3,), "Own": (0,)}
    assert set(by_name(browse.playlists_of(root))) == {"Shared", "Own"}
    assert list(browse.playlists_of(AnonymousUser())) == []
    heard = [entry.track.title for entry in browse.entries_of(ada, shared)]
    assert heard == ["open", "open"]
    assert [entry.position for entry in browse.entries_of(bob, shared)] == [0, 1, 2]


def test_folders_may_be_private(ada: User, bob: User, root: User) -> None:
    for number, is_private in ((1, False), (2, True)):
        Folder.objects.create(
            number=number,
            path=f"/{number}",
            path_key=str(number),
            name=str(number),
            owner=bob,
            is_private=is_private,
        )
    assert set(by_name(browse.folders_of(ada))) == {"1"}
    assert set(by_name(browse.folders_of(bob))) == {"1", "2"}
    assert set(by_name(browse.folders_of(root))) == {"1", "2"}
    assert list(browse.folders_of(AnonymousUser())) == []
