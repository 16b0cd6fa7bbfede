"""What a player says of how far it is: seen by others, counted once, never beyond the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songloom.errors import BadValue
from songloom.library.models import Track, User
from songloom.play.models import Play, Playback
from songloom.play.reporting import is_enough, position_now_ms, report
from songloom.play.services import now_playing, plays_of
from tests.shelf import shelve

LONG_S = 1_000.0


@pytest.fixture
def song(listener: User) -> Track:
    return shelve(listener, "one", seconds=0.1, duration_s=LONG_S)


def n_plays(user: User, track: Track) -> int:
    heard = plays_of(user, [track.pk]).get(track.pk)
    return heard.n_plays if heard else 0


@pytest.mark.parametrize(
    ("duration_s", "position_ms", "enough"),
    [
        (100.0, 49_999, False),
        (100.0, 50_000, True),  # half of it
        (LONG_S, 239_999, False),
        (LONG_S, 240_000, True),  # four minutes
    ],
)
def test_half_of_a_song_or_four_minutes_are_a_play(
    duration_s: float, position_ms: int, enough: bool
) -> None:
    assert is_enough(Track(duration_s=duration_s), position_ms) == enough


@pytest.mark.django_db
def test_a_song_heard_long_enough_is_counted_once_between_two_starts(
    listener: User, song: Track
) -> None:
    for state, position_ms, expected in (
        ("starting", 0, 0),
        ("playing", 100_000, 0),
        ("playing", 250_000, 1),
        ("paused", 260_000, 1),
        ("playing", 900_000, 1),
        ("starting", 0, 1),
        ("playing", 300_000, 2),
        ("stopped", 400_000, 2),
    ):
        report(listener, song, state=state, position_ms=position_ms)
        assert n_plays(listener, song) == expected, (state, position_ms)


@pytest.mark.django_db
def test_a_player_that_counts_for_itself_makes_no_play(listener: User, song: Track) -> None:
    report(listener, song, state="playing", position_ms=900_000, counts=False)
    report(listener, song, state="stopped", position_ms=900_000, counts=False)
    assert n_plays(listener, song) == 0


@pytest.mark.django_db
def test_what_plays_is_shown_until_it_is_stopped(listener: User, song: Track) -> None:
    report(listener, song, state="playing", position_ms=1_000, rate=2.0, client="phone")
    (shown,) = now_playing(listener)
    assert (shown.client, shown.playback.state, shown.playback.rate) == ("phone", "playing", 2.0)
    report(listener, song, state="paused", position_ms=2_000)
    assert Play.objects.filter(is_submission=False).count() == 1
    report(listener, song, state="stopped", position_ms=3_000)
    assert not now_playing(listener)


@pytest.mark.parametrize(
    ("state", "rate", "after_s", "expected_ms"),
    [
        ("playing", 1.0, 10.0, 30_000),
        ("playing", 2.0, 10.0, 40_000),
        ("playing", 1.0, 100_000.0, round(LONG_S * 1_000)),  # the end
        ("playing", 1.0, -5.0, 20_000),  # a clock that was set back
        ("paused", 1.0, 10.0, 20_000),
        ("starting", 1.0, 10.0, 20_000),
    ],
)
def test_a_position_goes_on_only_while_it_plays(
    state: str, rate: float, after_s: float, expected_ms: int
) -> None:
    from django.utils import timezone

    now = timezone.now()
    play = Play(track=Track(duration_s=LONG_S), at=now)
    Playback(play=play, state=state, position_ms=20_000, rate=rate)
    assert position_now_ms(play, now + timedelta(seconds=after_s)) == expected_ms


@pytest.mark.parametrize(
    "wrong", [{"state": "dancing"}, {"position_ms": -1}, {"rate": 0.0}, {"rate": 11.0}]
)
def test_what_no_player_can_mean_is_refused(wrong: dict[str, object]) -> None:
    said = {"state": "playing", "position_ms": 0, "rate": 1.0} | wrong
    with pytest.raises(BadValue):
        report(User(username="mei"), Track(), **said)  # type: ignore[arg-type]
