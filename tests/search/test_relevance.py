"""How well searching finds what was meant: the songs and queries of benchmarks/relevance."""

from __future__ import annotations

import pytest
from benchmarks.relevance.measure import (
    KINDS,
    TEN,
    Answer,
    Asked,
    answers,
    fill,
    library,
    mrr,
    n_right,
    queries,
    recall,
    table,
)

from songloom.library.models import Track
from songloom.search.models import Word
from songloom.search.services import matching, search, search_albums, search_artists
from songloom.search.vocabulary import keep_words
from tests.search.library import make_track, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.searches]
LEAST_MRR = 0.95


def test_what_was_meant_stands_first() -> None:
    user = make_user()
    assert fill(user) == len(library())

    given = answers(user)

    assert len(given) >= 150
    assert mrr(given) >= LEAST_MRR, table(given)
    assert recall(given) >= LEAST_MRR, table(given)
    for kind in KINDS:
        assert mrr([each for each in given if each.asked.kind == kind]) >= 0.9, table(given)


def test_every_query_has_an_answer_and_stands_once() -> None:
    asked = queries()
    assert {each.kind for each in asked} == set(KINDS)
    assert len({(each.query, each.artist) for each in asked}) == len(asked)
    assert all(n_right(each) >= 1 for each in asked)
    assert n_right(Asked("zh", "彩虹", "彩虹", "nobody")) == 0


def test_the_held_out_queries_are_others_and_are_answered_too() -> None:
    user = make_user()
    fill(user)
    held_out = queries("held_out.txt")
    used = {each.query for each in queries()}
    assert not used & {each.query for each in held_out}
    given = answers(user, "held_out.txt")
    assert len(given) == len(held_out) >= 40
    assert mrr(given) >= LEAST_MRR, table(given)


def test_the_figures_are_what_they_are_said_to_be() -> None:
    asked = Asked("zh", "晴天", "晴天", "周杰伦")
    given = [Answer(asked, 1, 1.0, []), Answer(asked, 4, 0.5, []), Answer(asked, 0, 0.0, ["x"])]
    assert mrr(given) == pytest.approx((1 + 1 / 4 + 0) / 3)
    assert recall(given) == pytest.approx(0.5)
    assert TEN == 10
    every_kind = [Answer(Asked(kind, "q", "", "a"), 1, 1, []) for kind in KINDS]
    assert "place 4, recall 0.50" in table([*given, *every_kind])


def test_a_typo_is_forgiven_only_when_nothing_else_matches() -> None:
    user = make_user()
    near, exact = (make_track(user, title) for title in ("Yellow", "Yelow"))
    assert search("yelow", user).tracks == [exact]
    exact.delete()
    assert search("yelow", user).tracks == [near]
    assert search('"yelow"', user).tracks == []
    assert search("yelow year:1900", user).tracks == []
    assert not matching("yelow", user).exists()


def test_words_that_match_only_with_another_filter_are_not_misspelt() -> None:
    user = make_user()
    make_track(user, "Love", tags={"date": ["2003"]})
    make_track(user, "Live", tags={"date": ["1900"]})
    assert search("love year:1900", user).tracks == []


def test_artists_and_albums_are_forgiven_where_no_song_matches() -> None:
    user = make_user()
    make_track(user, "Yellow", tags={"artist": ["Coldplay"], "album": ["Parachutes"]})
    make_track(user, "Coldpaly Song", tags={"artist": ["Somebody"]})
    assert [a.name for a in search_artists("coldplya", user)] == ["Coldplay"]
    assert [a.title for a in search_albums("parashutes", user)] == ["Parachutes"]
    assert search_artists("coldpaly", user) == []  # a song matches as it stands


def test_what_a_user_may_not_hear_does_not_change_what_is_forgiven() -> None:
    user, other = make_user(), make_user("other")
    shown = make_track(user, "Yellow")
    make_track(other, "Yelow", is_private=True)
    assert search("yelow", user).tracks == [shown]
    assert [track.title for track in search("yelow", other).tracks] == ["Yelow"]


def test_what_is_like_nothing_finds_nothing() -> None:
    user = make_user()
    make_track(user, "Yellow", tags={"artist": ["周杰伦"]})
    for query in ("qqqqzzzz", "虎虎虎虎", "žžžžžž", "ьььь", "zzzzz 虎虎虎", "yell0wish999"):
        assert search(query, user).total == 0, query


def test_words_are_kept_once_and_short_ones_not_at_all() -> None:
    lines = ["allab wrdhello wrda gap0 trihel", "wrdhello pinqinghuaci iniqhc pinhuaci inihc"]
    keep_words(lines)
    keep_words(lines)
    assert sorted(Word.objects.values_list("token", "backwards")) == [
        ("pinqinghuaci", "icauhgniqnip"),
        ("wrdhello", "ollehdrw"),
    ]
    assert str(Word.objects.order_by("token")[0]) == "pinqinghuaci"


def test_among_equals_what_begins_as_typed_stands_first_then_what_is_short() -> None:
    user = make_user()
    for title in ("Endless Love Night", "Love Story", "Love Me Like a Reptile", "My Love"):
        make_track(user, title)
    found = [track.title for track in search("love", user).tracks]
    assert found == ["Love Story", "Love Me Like a Reptile", "My Love", "Endless Love Night"]
    assert Track.objects.count() == 4
