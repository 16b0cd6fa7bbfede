"""Playlists keep order, stars and ratings are one a user and thing."""

from __future__ import annotations

import uuid

import pytest

from songloom.errors import BadValue
from songloom.library.models import Rating, Star, User
from songloom.library.services import opinions, playlists
from tests.library.conftest import Keep


def test_a_playlist_keeps_its_order_and_the_same_track_twice(keep: Keep, owner: User) -> None:
    a, b = keep(b"a"), keep(b"b")
    made = playlists.make_playlist(owner, "夜", [b, a, b])
    assert [entry.track for entry in made.entries.all()] == [b, a, b]


def test_entries_are_added_at_the_end_and_removed_by_position(keep: Keep, owner: User) -> None:
    a, b = keep(b"a"), keep(b"b")
    made = playlists.make_playlist(owner, "list", [a, b])
    playlists.add_tracks(made, [a.pk])
    playlists.remove_positions(made, [0, 7])
    assert [entry.track for entry in made.entries.all()] == [b, a]
    assert [entry.position for entry in made.entries.all()] == [0, 1]


def test_ids_of_no_track_are_left_out(keep: Keep, owner: User) -> None:
    a = keep()
    made = playlists.make_playlist(owner, "list")
    playlists.set_tracks(made, [uuid.uuid4(), a.pk])
    assert [entry.track_id for entry in made.entries.all()] == [a.pk]


def test_a_playlist_needs_a_name(owner: User) -> None:
    with pytest.raises(BadValue):
        playlists.make_playlist(owner, " \x00 ")


def test_a_playlist_has_a_longest_length(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playlists, "LONGEST", 2)
    made = playlists.make_playlist(owner, "list")
    with pytest.raises(BadValue, match="has 3 tracks; the longest playlist has 2"):
        playlists.set_tracks(made, [uuid.uuid4()] * 3)


def test_renaming_changes_only_what_is_given(owner: User) -> None:
    made = playlists.make_playlist(owner, "a")
    playlists.rename(made, comment="why", is_public=True)
    made.refresh_from_db()
    assert (made.name, made.comment, made.is_public) == ("a", "why", True)


def test_a_star_is_given_once_and_taken_back(keep: Keep, owner: User) -> None:
    track = keep(artist="X", album="Y")
    artist = track.credits.get(role="artist").artist
    assert track.album is not None
    for thing in (track, artist, track.album):
        opinions.star(owner, thing)
        opinions.star(owner, thing)
    assert Star.objects.filter(user=owner).count() == 3
    opinions.unstar(owner, artist)
    assert Star.objects.filter(user=owner).count() == 2


def test_a_rating_is_changed_and_zero_takes_it_back(keep: Keep, owner: User) -> None:
    track = keep()
    opinions.rate(owner, track, 3)
    opinions.rate(owner, track, 5)
    assert [r.stars for r in Rating.objects.filter(track=track)] == [5]
    opinions.rate(owner, track, 0)
    assert not Rating.objects.exists()


@pytest.mark.parametrize("stars", [-1, 6])
def test_stars_outside_their_range_are_refused(keep: Keep, owner: User, stars: int) -> None:
    with pytest.raises(BadValue):
        opinions.rate(owner, keep(), stars)
