"""Who may hear, who may change: the one place of permission."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from songloom.library.models import Playlist, Track, User
from songloom.library.services import bin as bin_
from songloom.library.services import playlists
from tests.library.conftest import Keep


def _private(track: Track) -> Track:
    track.is_private = True
    track.save()
    return track


def test_shared_tracks_are_heard_by_all_who_signed_in(keep: Keep, stranger: User) -> None:
    track = keep()
    assert list(Track.objects.visible_to(stranger)) == [track]
    assert not Track.objects.visible_to(AnonymousUser()).exists()


def test_a_private_track_is_heard_by_its_owner_and_administrators(
    keep: Keep, owner: User, stranger: User, admin: User
) -> None:
    track = _private(keep())
    assert list(Track.objects.visible_to(owner)) == [track]
    assert list(Track.objects.visible_to(admin)) == [track]
    assert not Track.objects.visible_to(stranger).exists()


def test_only_owner_and_administrator_may_change(
    keep: Keep, owner: User, stranger: User, admin: User
) -> None:
    track = keep()
    assert list(Track.objects.changeable_by(owner)) == [track]
    assert list(Track.objects.changeable_by(admin)) == [track]
    assert not Track.objects.changeable_by(stranger).exists()
    assert not Track.objects.changeable_by(AnonymousUser()).exists()


def test_a_binned_track_is_seen_in_the_bin_only_and_comes_back(keep: Keep, owner: User) -> None:
    track = keep()
    bin_.bin_track(track)
    assert not Track.objects.visible_to(owner).exists()
    assert list(Track.objects.shown_to(owner).binned()) == [track]
    bin_.restore_track(track)
    assert list(Track.objects.visible_to(owner)) == [track]


@pytest.mark.parametrize("is_public", [True, False])
def test_playlists_of_others_are_seen_when_public(
    owner: User, stranger: User, is_public: bool
) -> None:
    playlists.make_playlist(owner, "list", is_public=is_public)
    assert Playlist.objects.visible_to(stranger).exists() is is_public
    assert not Playlist.objects.changeable_by(stranger).exists()
    assert not Playlist.objects.visible_to(AnonymousUser()).exists()


def test_a_list_of_tracks_costs_the_same_queries_however_long(
    keep: Keep, owner: User, django_assert_num_queries: object
) -> None:
    from songloom.library.services.documents import track_documents

    for i in range(7):
        keep(bytes([i]), artist=["a", f"b{i}"], album=f"c{i}", genre=["g"])
    with django_assert_num_queries(4):  # type: ignore[operator]  # tracks, credits, artists, genres
        documents = track_documents(Track.objects.visible_to(owner).with_names())
    assert len(documents) == 7
