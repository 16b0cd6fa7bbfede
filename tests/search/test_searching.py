"""Finding tracks by words: on a real database, with its own full-text engine."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from songloom.errors import BadValue
from songloom.library.models import Track, User
from songloom.library.services.bin import bin_track, forget_track, restore_track
from songloom.search.indexing import index_tracks
from songloom.search.models import Row
from songloom.search.services import SORTS, Found, matching, search
from tests.databases import examples
from tests.search.library import make_track, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.searches]


@pytest.fixture
def user() -> User:
    return make_user()


def titles(query: str, user: User, **options: Any) -> list[str]:
    return [track.title for track in search(query, user, **options).tracks]


@pytest.mark.parametrize(
    "query",
    [
        "青花瓷",
        "青花",
        "花瓷",
        "qinghuaci",
        "qinghua",
        "qhc",
        "qing hua ci",
        "周杰伦",
        "周杰倫",
        "zhoujielun",
        "zjl",
        "我很忙",
        "wohenmang",
        "流行",
        "liuxing",
        "方文山",
        "fangwenshan",
        "track07",
        "demo",
        "demo.mp3",
        '"track07 demo.mp3"',
        "青花瓷.MP3",
    ],
)
def test_a_track_is_found_by_every_name_it_has(user: User, query: str) -> None:
    make_track(user, "晴天", file_name="other.ogg")
    wanted = make_track(
        user,
        "青花瓷",
        file_name="track07 demo.mp3",
        tags={"artist": ["周杰倫"], "album": ["我很忙"], "genre": ["流行"], "composer": ["方文山"]},
    )
    assert [track.pk for track in search(query, user).tracks] == [wanted.pk]


@pytest.mark.parametrize(
    "query", ["beatl", "eatles", "BEATLES", "béatles", "yesterd", "sterday", "the yes"]
)
def test_a_beginning_and_an_inside_find(user: User, query: str) -> None:
    make_track(user, "Yesterday", tags={"artist": ["The Beatles"]})
    make_track(user, "Imagine", tags={"artist": ["John Lennon"]})
    assert titles(query, user) == ["Yesterday"]


def test_the_prompt_of_a_composed_piece_finds_it(user: User) -> None:
    make_track(user, "Morning Lake", prompt="生成一首欢快的钢琴曲 with strings", is_generated=True)
    for query in ("钢琴曲", "huankuai", "strings", "strin", "prompt:钢琴", "ai:yes"):
        assert titles(query, user) == ["Morning Lake"], query


def test_better_matches_stand_first(user: User) -> None:
    for title in ("taqinga", "Qingdao Nights", "青花瓷", "Le qing bleu", "qing"):
        make_track(user, title)
    make_track(user, "By somebody", tags={"artist": ["Qing Li"]})
    make_track(user, "On something", tags={"album": ["Qing"]})
    assert titles("qing", user) == [
        "qing",  # the whole title
        "On something",  # a whole album
        "Le qing bleu",  # a word of the title
        "By somebody",  # a word of the artist
        "Qingdao Nights",  # a beginning
        "taqinga",  # an inside
        "青花瓷",  # by its sound
    ]


def test_title_comes_before_artist_before_album_before_the_rest(user: User) -> None:
    make_track(user, "Three", tags={"genre": ["Night owls"]})
    make_track(user, "One", tags={"album": ["Night moon"]})
    make_track(user, "Two", tags={"artist": ["Night sun"]})
    make_track(user, "Night star")
    assert titles("night", user) == ["Night star", "Two", "One", "Three"]


def test_words_may_stand_in_different_fields(user: User) -> None:
    make_track(user, "Help", tags={"artist": ["The Beatles"]})
    make_track(user, "Help", tags={"artist": ["Bananarama"]})
    (found,) = search("beatles help", user).tracks
    assert found.artist_text == "The Beatles"


def test_quotes_and_minus(user: User) -> None:
    for title in ("Hey Jude", "Jude says hey", "Hey Jude (Live)"):
        make_track(user, title)
    assert set(titles('"hey jude"', user)) == {"Hey Jude", "Hey Jude (Live)"}
    assert set(titles("hey -live", user)) == {"Hey Jude", "Jude says hey"}
    assert titles("-live -says", user) == ["Hey Jude"]


def test_each_artist_of_many_finds(user: User) -> None:
    make_track(user, "千里之外", tags={"artist": ["周杰伦", "费玉清"]})
    assert titles("feiyuqing", user) == titles("zjl", user) == ["千里之外"]
    assert titles("伦费", user) == []


def test_a_page_and_the_number_in_all(user: User) -> None:
    for number in range(7):
        make_track(user, f"Song {number}")
    pages = [search("song", user, limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert [len(page.tracks) for page in pages] == [3, 3, 1, 0]
    assert {page.total for page in pages} == {7}
    found = [track.title for page in pages for track in page.tracks]
    assert found == [f"Song {number}" for number in range(7)]
    assert search("", user, limit=3).total == 7
    assert search("song", user, limit=0).tracks == []
    assert len(search("song", user, limit=10_000, offset=-5).tracks) == 7


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS), "", "relevance"])
def test_every_order_holds_all_tracks_once(user: User, sort: str) -> None:
    for number in range(5):
        measured = {"tempo_bpm": 90.0 + number, "key": "A"} if number % 2 else None
        make_track(
            user, f"Song {number}", year=2000 + number if number else None, features=measured
        )
    for query in ("", "song"):
        assert sorted(titles(query, user, sort=sort)) == [f"Song {n}" for n in range(5)]


def test_orders_go_both_ways_with_the_unknown_last(user: User) -> None:
    for title, bpm in (("a", 120.0), ("b", None), ("c", 90.0)):
        make_track(user, title, features={"tempo_bpm": bpm} if bpm else None)
    assert titles("", user, sort="tempo") == ["c", "a", "b"]
    assert titles("", user, sort="-tempo") == ["a", "c", "b"]
    assert titles("", user, sort="-title") == ["c", "b", "a"]


@pytest.mark.parametrize("sort", ["owner__password", "title; DROP TABLE", "id", "?", "--title"])
def test_an_order_that_is_not_offered_is_refused(user: User, sort: str) -> None:
    with pytest.raises(BadValue):
        search("x", user, sort=sort)


# --- who sees what ---------------------------------------------------------------------------


def test_others_private_tracks_are_not_found_nor_counted(user: User) -> None:
    other = make_user("hong")
    admin = make_user("admin", is_superuser=True)
    make_track(other, "Secret song", is_private=True, tags={"artist": ["Nobody"]})
    make_track(other, "Shared song")
    assert titles("song", user) == ["Shared song"]
    assert search("song", user).total == 1
    assert search("artist:nobody", user).total == 0
    assert (
        sorted(titles("song", other))
        == sorted(titles("song", admin))
        == [
            "Secret song",
            "Shared song",
        ]
    )
    assert search("song", AnonymousUser()).total == 0
    assert matching("song", user).count() == 1


def test_a_binned_track_is_not_found_until_it_is_restored(user: User) -> None:
    track = make_track(user, "Forgotten")
    bin_track(track)
    assert titles("forgotten", user) == []
    restore_track(track)
    assert titles("forgotten", user) == ["Forgotten"]


def test_a_deleted_track_leaves_no_row_behind(user: User) -> None:
    track = make_track(user, "Gone")
    forget_track(track)
    assert search("gone", user).total == 0
    assert not Row.objects.filter(track_id=track.pk).exists()


def test_a_changed_title_is_found_by_its_new_name_only(user: User) -> None:
    track = make_track(user, "Before")
    Track.objects.filter(pk=track.pk).update(title="After", sort_title="after")
    index_tracks([track.pk])
    index_tracks([track.pk])  # twice is once
    assert titles("after", user) == ["After"]
    assert titles("before", user) == []
    assert Row.objects.filter(track=track).count() == 1


def test_only_the_given_tracks_are_searched(user: User) -> None:
    first = make_track(user, "Song one")
    make_track(user, "Song two")
    among = Track.objects.filter(pk=first.pk)
    assert titles("song", user, among=among) == ["Song one"]
    assert titles("", user, among=among) == ["Song one"]


# --- odd queries -----------------------------------------------------------------------------

ODD = [
    *(
        '"',
        "'",
        "*",
        "a*",
        "NEAR(",
        "AND",
        "OR NOT",
        "a AND",
        "title:",
        "^a",
        "a^2",
        "(",
        ")",
        "{x}",
    ),
    *(
        "+",
        "--",
        "-",
        ":",
        "::",
        "\x00",
        "\ud800",
        "😀",
        "%",
        "_",
        "\\",
        ";",
        "' OR 1=1 --",
        "٣",
        "①",
    ),
    *(
        "a" * 5_000,
        "青" * 3_000,
        "a " * 3_000,
        "tempo:1e999",
        "year:99999999999999999999",
        "ﷺ",
        "ß",
    ),
    *("rating:-1", "added:<99999d", "added:>9999y", "duration:99999h", "added:0001-01-01"),
    *("added:9999-12-31", "-artist:", 'artist:"', "artist:!!!"),
]


@pytest.mark.parametrize("query", ODD, ids=range(len(ODD)))
def test_an_odd_query_is_an_answer(user: User, query: str) -> None:
    make_track(user, "Song")
    found = search(query, user)
    assert isinstance(found, Found)
    assert found.total == len(found.tracks)


PARTS = st.sampled_from(
    [
        "song",
        "青花",
        "qhc",
        '"',
        '"a b"',
        "-",
        "-x",
        "tempo:",
        "tempo:<",
        "artist:",
        "*",
        "(",
        "OR",
        "rating:0..",
        "key:",
        "Am",
        "year:1..",
        "ai:",
        "no",
        ":",
        "..",
        "\x00",
        "é",
        "NOT",
        "added:<",
        "30d",
        " ",
    ]
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(60),
    deadline=None,
)
@given(st.one_of(st.text(max_size=60), st.lists(PARTS, max_size=8).map("".join)))
def test_no_query_at_all_is_an_error(user: User, query: str) -> None:
    found = search(query, user)
    assert found.total == 0  # there is nothing to find
    assert matching(query, user).count() == 0


# --- cost ------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "song", "song tempo:>10", "-x artist:beatles", "qing hua"])
def test_the_number_of_queries_does_not_grow(
    user: User, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make_track(
            user,
            f"Song {number} 青花",
            features={"tempo_bpm": 100.0},
            tags={"artist": [f"The Beatles {number}"], "album": [f"A {number}"], "genre": ["y"]},
        )
    with django_assert_max_num_queries(6):
        found = search(query, user, limit=20)
        assert len(found.tracks) == 20
        assert [track.album.title for track in found.tracks if track.album]
        assert [credit.artist.name for track in found.tracks for credit in track.credits.all()]
