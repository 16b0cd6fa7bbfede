"""Bookmarks, shares, stations, messages, and what a user's players may do."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from songloom.errors import BadValue, NotFound
from songloom.library.models import Track, User
from songloom.library.services.bin import bin_track
from songloom.play import allowances, keeping
from songloom.play.models import Bookmark, Message, Share, Station
from songloom.play.services import load_queue, save_queue
from tests.shelf import shelve

pytestmark = pytest.mark.django_db


@pytest.fixture
def songs(listener: User) -> list[Track]:
    return [shelve(listener, title, seconds=0.1) for title in ("one", "two")]


def test_a_second_bookmark_in_a_song_moves_the_first(listener: User, songs: list[Track]) -> None:
    keeping.set_bookmark(listener, songs[0], 1_000, "here")
    keeping.set_bookmark(listener, songs[0], 2_000, "no, here")
    (row,) = keeping.bookmarks_of(listener)
    assert (row.position_ms, row.comment) == (2_000, "no, here")
    assert keeping.bookmarks_in(listener, [song.pk for song in songs]) == {songs[0].pk: 2_000}
    with pytest.raises(BadValue):
        keeping.set_bookmark(listener, songs[0], -1)


def test_bookmarks_are_ones_own_and_of_what_can_be_heard(
    listener: User, other: User, songs: list[Track]
) -> None:
    keeping.set_bookmark(listener, songs[0], 1_000)
    assert not keeping.bookmarks_of(other)
    bin_track(songs[0])
    assert not keeping.bookmarks_of(listener)
    assert Bookmark.objects.count() == 1  # it comes back with the song


def test_a_share_holds_what_its_maker_may_hear_now(listener: User, songs: list[Track]) -> None:
    share = keeping.make_share(listener, songs[::-1], description="for\nyou")
    assert share.description == "for you"
    assert keeping.shared_tracks(share) == songs[::-1]
    bin_track(songs[1])
    assert keeping.shared_tracks(share) == [songs[0]]
    for wrong in ([], songs * 501):
        with pytest.raises(BadValue):
            keeping.make_share(listener, wrong)


def test_each_visit_of_a_share_is_counted_until_it_is_over(
    listener: User, songs: list[Track]
) -> None:
    share = keeping.make_share(listener, songs)
    for _ in range(2):
        keeping.open_share(share.secret)
    share.refresh_from_db()
    assert share.n_visits == 2
    assert share.visited_at is not None
    Share.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        keeping.open_share(share.secret)
    Share.objects.update(expires_at=timezone.now() + timedelta(seconds=60))
    User.objects.filter(pk=listener.pk).update(is_active=False)
    with pytest.raises(NotFound):
        keeping.open_share(share.secret)


def test_secrets_of_shares_cannot_be_guessed(listener: User, songs: list[Track]) -> None:
    made = {keeping.make_share(listener, songs).secret for _ in range(3)}
    assert len(made) == 3
    assert all(len(secret) >= 22 for secret in made)  # 128 bits


@pytest.mark.parametrize(
    "address", ["", "radio", "ftp://a/b", "javascript:alert(1)", "http://", "http://[", "file:///x"]
)
def test_a_station_has_an_address_of_the_web(address: str) -> None:
    with pytest.raises(BadValue):
        keeping.save_station("Waves", address)


def test_a_station_is_changed_in_place() -> None:
    row = keeping.save_station("Waves", "https://radio.example/a", "http://radio.example")
    changed = keeping.save_station("Tides", "https://radio.example/b", pk=row.pk)
    assert (changed.pk, changed.name, changed.home_url) == (row.pk, "Tides", "")
    assert Station.objects.count() == 1
    with pytest.raises(NotFound):
        keeping.save_station("None", "https://radio.example", pk=uuid4())


def test_only_the_newest_messages_are_kept(listener: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_MESSAGES", 3)
    for number in range(5):
        keeping.say(listener, f"message {number}")
    assert [row.text for row in Message.objects.all()] == ["message 4", "message 3", "message 2"]
    with pytest.raises(BadValue):
        keeping.say(listener, " \n ")


def test_roles_are_taken_and_given_one_by_one(listener: User, other: User) -> None:
    everything = frozenset(allowances.ROLES)
    assert allowances.allowed(listener) == (everything, 0)
    allowances.allow(listener, {"share": False, "download": False, "jukebox": True}, 128)
    assert allowances.allowed(listener) == (everything - {"share", "download"}, 128)
    allowances.allow(listener, {"share": True})
    both = allowances.allowances([listener, other])
    assert both == {
        listener.pk: (everything - {"download"}, 128),
        other.pk: (everything, 0),
    }


def test_a_queue_keeps_which_of_two_places_plays(listener: User, songs: list[Track]) -> None:
    one, two = (str(song.pk) for song in songs)
    save_queue(listener, [one, two, str(uuid4()), one], current_index=3, position_ms=5)
    found = load_queue(listener)
    assert found is not None
    assert (found[0].current_index, found[0].current, len(found[1])) == (2, one, 3)
    bin_track(songs[1])
    found = load_queue(listener)
    assert found is not None
    assert (found[0].current_index, len(found[1])) == (1, 2)
    bin_track(songs[0])
    found = load_queue(listener)
    assert found is not None
    assert (found[0].current_index, found[0].current, found[1]) == (None, "", [])


def test_a_queue_by_its_current_track_stands_at_its_first_place(
    listener: User, songs: list[Track]
) -> None:
    one, two = (str(song.pk) for song in songs)
    assert save_queue(listener, [one, two, two], current=two).current_index == 1
    assert save_queue(listener, [one, two]).current_index is None
    for place in (-1, 2):
        with pytest.raises(BadValue):
            save_queue(listener, [one, two], current_index=place)
