"""Smart playlists: what they hold is asked anew, for whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from songloom.errors import BadValue
from songloom.library.models import Playlist, Rating, Star, Track, User
from songloom.library.services.playlists import add_tracks, make_playlist, remove_positions
from songloom.play.models import Play
from songloom.search.services import search
from songloom.search.smart import MOST, counted, define, songs_of
from tests.databases import examples
from tests.search.library import make_track, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.searches]


@pytest.fixture
def ming() -> User:
    return make_user("ming")


def smart(owner: User, query: str, **rest: Any) -> Playlist:
    return define(make_playlist(owner, "Smart", is_public=True), query, **rest)


def titles(playlist: Playlist, viewer: User) -> list[str]:
    named = Track.objects.in_bulk(songs_of(playlist, viewer))
    return [named[key].title for key in songs_of(playlist, viewer)]


def hear(user: User, track: Track, *days_ago: int, is_submission: bool = True) -> None:
    for days in days_ago:
        at = timezone.now() - timedelta(days=days)
        Play.objects.create(user=user, track=track, at=at, is_submission=is_submission)


def test_what_fits_comes_and_goes_by_itself(ming: User) -> None:
    slow = make_track(ming, "Slow", features={"tempo_bpm": 60.0})
    make_track(ming, "Fast", features={"tempo_bpm": 150.0})
    playlist = smart(ming, "tempo:50..80")
    assert titles(playlist, ming) == ["Slow"]
    make_track(ming, "Also slow", features={"tempo_bpm": 70.0})
    assert titles(playlist, ming) == ["Also slow", "Slow"]
    slow.features.tempo_bpm = 120.0
    slow.features.save()
    assert titles(playlist, ming) == ["Also slow"]


def test_the_order_and_the_number_are_kept(ming: User) -> None:
    for title, year in (("b", 1999), ("a", 2005), ("c", 1980)):
        make_track(ming, title, year=year)
    assert titles(smart(ming, ""), ming) == ["a", "b", "c"]
    assert titles(smart(ming, "", sort="-year"), ming) == ["a", "b", "c"]
    assert titles(smart(ming, "", sort="year", max_tracks=2), ming) == ["c", "b"]


def test_words_are_in_order_of_how_well_they_match(ming: User) -> None:
    make_track(ming, "Other", tags={"album": ["Moon"]})
    make_track(ming, "Moon")
    assert titles(smart(ming, "moon"), ming) == ["Moon", "Other"]
    assert titles(smart(ming, "moon", sort="title", max_tracks=1), ming) == ["Moon"]


def test_opinions_are_those_of_the_owner_and_ears_those_of_the_viewer(ming: User) -> None:
    other = make_user("other")
    liked, secret = make_track(ming, "Liked"), make_track(ming, "Secret", is_private=True)
    for track in (liked, secret):
        Rating.objects.create(user=ming, track=track, stars=5)
    Rating.objects.create(user=other, track=make_track(ming, "Theirs"), stars=5)
    playlist = smart(ming, "rating:>=4")
    assert titles(playlist, ming) == ["Liked", "Secret"]
    assert titles(playlist, other) == ["Liked"]
    (row,) = counted([playlist], other)
    assert (row.n_tracks, row.duration_s) == (1, 200.0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("plays:0", ["never"]),
        ("plays:>0", ["often", "once"]),
        ("plays:>=3", ["often"]),
        ("播放:1..2", ["once"]),
        ("plays:<3", ["never", "once"]),
        ("-plays:>0", ["never"]),
        ("played:<7d", ["often"]),
        ("played:>7d", ["once"]),
        ("-played:<7d", ["never", "once"]),
        ("听过:2001..2002", []),
    ],
)
def test_what_one_heard_is_a_condition(ming: User, query: str, expected: list[str]) -> None:
    hear(ming, make_track(ming, "often"), 1, 40, 50)
    hear(ming, make_track(ming, "once"), 30)
    never = make_track(ming, "never")
    hear(make_user("other"), never, 1)
    hear(ming, never, 2, is_submission=False)  # begun, not heard
    assert titles(smart(ming, query), ming) == expected


def test_most_played_last_played_and_best_rated_are_orders(ming: User) -> None:
    a, b, c = (make_track(ming, title) for title in "abc")
    hear(ming, b, 9, 10, 11)
    hear(ming, c, 1)
    hear(make_user("other"), a, 1, 2, 3, 4)
    Rating.objects.create(user=ming, track=c, stars=2)
    Rating.objects.create(user=ming, track=a, stars=4)
    assert titles(smart(ming, "", sort="-plays"), ming) == ["b", "c", "a"]
    assert titles(smart(ming, "", sort="-played"), ming) == ["c", "b", "a"]
    assert titles(smart(ming, "", sort="-rating"), ming) == ["a", "c", "b"]


def test_what_one_starred_or_heard_comes_before_its_equals(ming: User) -> None:
    plain, heard, starred = (make_track(ming, f"Moon {name}") for name in ("a", "bb", "ccc"))
    other = make_user("other")
    Star.objects.create(user=ming, track=starred)
    hear(ming, heard, 5)
    assert [track.pk for track in search("moon", ming).tracks] == [starred.pk, heard.pk, plain.pk]
    assert [track.pk for track in search("moon", other).tracks] == [plain.pk, heard.pk, starred.pk]
    exact = make_track(ming, "Moon")  # a better match wins over any liking
    assert search("moon", ming).tracks[0].pk == exact.pk


def test_a_saved_query_is_never_taken_for_a_misspelt_one(ming: User) -> None:
    make_track(ming, "Beatles")
    assert search("beatels", ming).total == 1
    playlist = smart(ming, "beatels", max_tracks=5)
    assert titles(playlist, ming) == []
    assert sums([playlist], ming) == [(0, 0.0)]


@pytest.mark.parametrize(
    ("query", "rest"),
    [
        ("tempo:fast", {}),
        ("artist:", {}),
        ("moon", {"sort": "colour"}),
        ("moon", {"max_tracks": 0}),
        ("moon", {"max_tracks": MOST + 1}),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_changes(
    ming: User, query: str, rest: dict[str, Any]
) -> None:
    playlist = smart(ming, "sun", sort="title", max_tracks=5)
    with pytest.raises(BadValue):
        define(playlist, query, **rest)
    kept = Playlist.objects.get(pk=playlist.pk)
    assert (kept.query, kept.sort, kept.max_tracks) == ("sun", "title", 5)


def test_songs_are_neither_put_in_nor_taken_out_by_hand(ming: User) -> None:
    track = make_track(ming, "Moon")
    playlist = smart(ming, "moon")
    with pytest.raises(BadValue, match="searches for"):
        add_tracks(playlist, [track.pk])
    with pytest.raises(BadValue, match="searches for"):
        remove_positions(playlist, [0])
    by_hand = make_playlist(ming, "By hand", [track])
    with pytest.raises(BadValue, match="holds songs"):
        define(by_hand, "moon")
    assert songs_of(by_hand, ming) == [track.pk]


def sums(lists: Sequence[Any], viewer: User) -> list[tuple[int, float]]:
    return [(row.n_tracks, row.duration_s) for row in counted(lists, viewer)]


def test_many_are_counted_by_one_statement(
    ming: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for at in range(6):
        make_track(ming, f"Moon {at}", year=2000 + at, duration_s=10.0)
    make_track(ming, "Entry", duration_s=None)
    lists = [smart(ming, f"year:{2000 + at}..2005") for at in range(4)]
    lists += [smart(ming, "entry"), smart(ming, "nothing"), smart(ming, "moon -moon")]
    lists = list(Playlist.objects.select_related("owner").order_by("pk"))
    with django_assert_num_queries(1):
        found = sums(lists, ming)
    assert found == [(6, 60.0), (5, 50.0), (4, 40.0), (3, 30.0), (1, 0.0), (0, 0.0), (0, 0.0)]
    short = smart(ming, "moon", sort="year", max_tracks=2)
    assert sums([short], ming) == [(2, 20.0)]
    by_hand: Any = make_playlist(ming, "By hand")
    by_hand.n_tracks, by_hand.duration_s = 0, 0.0
    with django_assert_num_queries(0):
        assert sums([by_hand], ming) == [(0, 0.0)]


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.sampled_from(["moon", "-moon", "tempo:<100", "-starred:yes", "ai:no", "plays:0"])),
    st.sampled_from(["", "title", "-added", "-plays", "rating", "played", "-tempo"]),
    st.none() | st.integers(1, 5),
)
def test_a_list_and_its_count_say_the_same(
    ming: User, parts: list[str], sort: str, most: int | None
) -> None:
    for at in range(0 if Track.objects.exists() else 4):
        title = f"Moon {at}" if at % 2 else f"Sun {at}"
        make_track(ming, title, features={"tempo_bpm": 90.0 + 9 * at})
    playlist = smart(ming, " ".join(parts), sort=sort, max_tracks=most)
    (n_tracks, duration_s) = sums([playlist], ming)[0]
    keys = songs_of(playlist, ming)
    assert len(keys) == n_tracks == len(set(keys))
    assert duration_s == 200.0 * n_tracks
