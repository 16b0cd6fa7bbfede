"""What was heard is remembered once; a queue goes from device to device; others see neither."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from songloom.errors import BadValue
from songloom.library.models import Track, User
from songloom.library.services.bin import bin_track
from songloom.play import services as play
from songloom.play.models import Play
from tests.shelf import shelve

pytestmark = pytest.mark.django_db


@pytest.fixture
def songs(listener: User) -> list[Track]:
    return [shelve(listener, title, seconds=0.1) for title in ("one", "two", "three")]


def test_a_song_heard_twice_is_two_plays(listener: User, songs: list[Track]) -> None:
    for minute in (1, 2):
        play.record_play(listener, songs[0], at=timezone.now() - timedelta(minutes=minute))
    counted = play.plays_of(listener, [song.pk for song in songs])
    assert counted[songs[0].pk].n_plays == 2
    assert set(counted) == {songs[0].pk}


def test_the_same_play_sent_twice_is_one(listener: User, songs: list[Track]) -> None:
    at = timezone.now() - timedelta(minutes=3)
    first = play.record_play(listener, songs[0], at=at)
    assert play.record_play(listener, songs[0], at=at) == first
    assert Play.objects.count() == 1


def test_a_clock_that_runs_ahead_is_set_right(listener: User, songs: list[Track]) -> None:
    made = play.record_play(listener, songs[0], at=timezone.now() + timedelta(days=400))
    assert made.at <= timezone.now()


def test_history_is_newest_first_and_leaves_out_what_is_in_the_bin(
    listener: User, songs: list[Track]
) -> None:
    for n, song in enumerate(songs):
        play.record_play(listener, song, at=timezone.now() - timedelta(hours=3 - n))
    assert [one.track for one in play.history(listener)] == songs[::-1]
    assert play.last_heard(listener) == songs[2]
    bin_track(songs[2])
    assert play.last_heard(listener) == songs[1]


def test_nobody_sees_what_another_heard(listener: User, other: User, songs: list[Track]) -> None:
    play.heard(listener, songs[0])
    assert not play.history(other).exists()
    assert play.last_heard(other) is None
    assert not play.history(AnonymousUser()).exists()
    assert play.plays_of(AnonymousUser(), [songs[0].pk]) == {}


def test_now_playing_is_the_last_song_that_each_listener_began(
    listener: User, other: User, songs: list[Track]
) -> None:
    play.record_play(listener, songs[0], is_submission=False)
    play.record_play(listener, songs[1], is_submission=False)
    play.record_play(other, songs[2], is_submission=False, client="phone")
    now = play.now_playing(listener)
    assert {(one.user.username, one.track.title) for one in now} == {
        ("mei", "two"),
        ("otto", "three"),
    }
    assert not play.history(listener).exists()


def test_now_playing_forgets_and_hides_private_songs(
    listener: User, other: User, songs: list[Track]
) -> None:
    play.record_play(
        listener, songs[0], is_submission=False, at=timezone.now() - timedelta(minutes=30)
    )
    assert not play.now_playing(listener).exists()
    hidden = shelve(listener, "hidden", seconds=0.1, is_private=True)
    play.record_play(listener, hidden, is_submission=False)
    assert not play.now_playing(other).exists()
    assert play.now_playing(listener).count() == 1


def test_a_queue_comes_back_in_order_with_repetitions(listener: User, songs: list[Track]) -> None:
    ids = [songs[2].pk, songs[0].pk, songs[2].pk]
    play.save_queue(listener, ids, current=songs[0].pk, position_ms=61_000, client="web")
    loaded = play.load_queue(listener)
    assert loaded is not None
    queue, tracks = loaded
    assert [track.pk for track in tracks] == ids
    assert (queue.current, queue.position_ms, queue.changed_by) == (str(songs[0].pk), 61_000, "web")


def test_a_later_queue_replaces_the_earlier(listener: User, songs: list[Track]) -> None:
    play.save_queue(listener, [songs[0].pk], current=songs[0].pk, position_ms=5)
    play.save_queue(listener, [])
    loaded = play.load_queue(listener)
    assert loaded is not None
    assert (loaded[1], loaded[0].current, loaded[0].position_ms) == ([], "", 0)


def test_queues_are_ones_own(listener: User, other: User, songs: list[Track]) -> None:
    play.save_queue(listener, [songs[0].pk])
    assert play.load_queue(other) is None


def test_what_cannot_be_heard_leaves_the_queue(
    listener: User, other: User, songs: list[Track]
) -> None:
    hidden = shelve(listener, "hidden", seconds=0.1, is_private=True)
    ids: list[UUID | str] = [songs[0].pk, hidden.pk, str(uuid4()), "no id", songs[1].pk]
    play.save_queue(other, ids, current=hidden.pk, position_ms=9)
    bin_track(songs[1])
    loaded = play.load_queue(other)
    assert loaded is not None
    assert [track.pk for track in loaded[1]] == [songs[0].pk]
    assert (loaded[0].current, loaded[0].position_ms) == ("", 0)


@pytest.mark.parametrize(
    ("ids", "current", "position_ms", "said"),
    [
        (["x"] * 10_001, None, 0, "10001 tracks; 10000 are allowed"),
        ([], "elsewhere", 0, "not in the queue"),
        ([], None, -1, "-1 ms"),
    ],
)
def test_an_odd_queue_is_refused(
    listener: User, ids: list[str], current: str | None, position_ms: int, said: str
) -> None:
    with pytest.raises(BadValue, match=said):
        play.save_queue(listener, ids, current=current, position_ms=position_ms)
    assert play.load_queue(listener) is None


def test_lists_cost_the_same_however_long_they_are(listener: User, songs: list[Track]) -> None:
    def n_queries(n_songs: int) -> int:
        play.save_queue(listener, [song.pk for song in songs[:n_songs]])
        with CaptureQueriesContext(
            connection,
        ) as seen:
            play.load_queue(listener)
            [one.track.title for one in play.history(listener)]
            play.plays_of(listener, [song.pk for song in songs])
        return len(seen)

    for song in songs:
        play.heard(listener, song)
    assert n_queries(1) == n_queries(3)
