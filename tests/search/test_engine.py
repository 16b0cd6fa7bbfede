"""The full-text engine against a reader of token lines that knows no database."""

from __future__ import annotations

import random

import pytest
from django.core.management import call_command
from django.db import connection

from songloom.core.query.filters import parse
from songloom.core.query.sorting import sort_key
from songloom.core.query.text import Phrase, Quality, Term, Wanted, wanted
from songloom.library.models import Track, User
from songloom.search import engine
from songloom.search.indexing import index_tracks
from songloom.search.models import Row
from songloom.search.services import search
from tests.search.library import make_track, make_user

pytestmark = pytest.mark.searches

WORDS = [
    "love",
    "lovely",
    "glove",
    "night",
    "青花",
    "青花瓷",
    "花",
    "天",
    "qing",
    "hua",
    "rain",
    "a",
    "ab",
]
FIELDS = ("title_tokens", "artist_tokens", "album_tokens", "genre_tokens", "other_tokens")


@pytest.fixture
def user(db: None) -> User:
    return make_user()


def stands(phrase: Phrase, line: list[str]) -> bool:
    """Whether the phrase occurs in a line of tokens."""
    n = len(phrase.tokens)
    windows = (line[at : at + n] for at in range(len(line) - n + 1))
    return any(
        window[:-1] == list(phrase.tokens[:-1])
        and (
            window[-1].startswith(phrase.tokens[-1])
            if phrase.is_prefix
            else window[-1] == phrase.tokens[-1]
        )
        for window in windows
    )


def lines_of(row: Row) -> list[list[str]]:
    return [getattr(row, field).split() for field in FIELDS]


def holds(asked: Wanted, row: Row) -> bool:
    def anywhere(term: Term) -> bool:
        return any(stands(phrase, line) for phrase in term for line in lines_of(row))

    if any(anywhere(term) for term in asked.excluded):
        return False
    return all(anywhere(term) for term in asked.terms)


def rank(asked: Wanted, row: Row) -> tuple[int, int]:
    """How well, then where: the best pair, by trying them all."""
    places = [[0], [1], [2], [3, 4]]
    spread = [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3, 4]]
    lines = lines_of(row)
    for quality in Quality:
        single = quality is Quality.WHOLE or len(asked.terms) < 2
        for where, columns in enumerate(places if single else spread):
            if quality is Quality.WHOLE:
                terms = [[asked.whole]] if asked.whole else []
            else:
                terms = asked.up_to(quality)
            here = [lines[column] for column in columns]
            if terms and all(any(stands(p, line) for p in term for line in here) for term in terms):
                return quality, where
    raise AssertionError("this row does not match at all")


def in_a_list(name: str, words: list[str]) -> tuple[bool, int, str]:
    """Among equals: what begins as it was typed, then what is short, then by name."""
    begins = name.replace(" ", "").startswith(sort_key(" ".join(words)).replace(" ", ""))
    return not begins, len(name), name


def make_library(user: User, draw: random.Random, n: int) -> None:
    def name() -> str:
        return " ".join(draw.choices(WORDS, k=draw.randint(1, 3)))

    for _ in range(n):
        tags = {"artist": [name()], "album": [name()], "genre": [draw.choice(WORDS)]}
        make_track(user, name(), tags=tags)


@pytest.mark.parametrize("seed", range(3))
def test_the_database_finds_and_ranks_as_the_definition_says(user: User, seed: int) -> None:
    draw = random.Random(seed)
    make_library(user, draw, 30)
    rows = {row.track_id: row for row in Row.objects.filter(track__isnull=False)}
    for _ in range(25):
        words = draw.choices(
            [*WORDS, "lov", "ove", "igh", "qh", "qinghua", "花瓷", "zz"], k=draw.randint(1, 3)
        )
        query = " ".join(draw.choice(["", "", "", "-"]) + word for word in words)
        parsed = parse(query)
        asked = wanted(parsed.words, excluded=parsed.excluded)
        expected = {pk for pk, row in rows.items() if holds(asked, row)}

        found = search(query, user, limit=500)

        if not expected:  # then it may be taken for misspelt, see test_relevance
            continue
        assert {track.pk for track in found.tracks} == expected, query
        assert found.total == len(expected)
        if asked.terms:
            ranks = [
                (
                    *rank(asked, rows[track.pk]),
                    *in_a_list(track.sort_title, parsed.words),
                    track.pk.hex,
                )
                for track in found.tracks
            ]
            assert ranks == sorted(ranks), query


def matched(asked: engine.Asked) -> int:
    """How many rows the database's own full text says match."""
    rows = engine.TIER.format(keys=engine._spelling().keys, tier=0, condition=asked.condition)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({rows}) AS found", asked.expressions)
        return int(cursor.fetchone()[0])


def holding(token: str) -> int:
    """How many rows hold this token in the title."""
    return matched(engine._ask([[Phrase(Quality.EXACT, (token,))]], ("title_tokens",)))


def test_the_index_follows_every_way_to_write_a_row(user: User) -> None:
    track = make_track(user, "alpha")
    row = Row.objects.get(track=track)
    assert holding("wrdalpha") == 1
    Row.objects.filter(pk=row.pk).update(title_tokens="wrdbeta")
    assert (holding("wrdalpha"), holding("wrdbeta")) == (0, 1)
    row.title_tokens = "wrdgamma"
    row.save()
    assert (holding("wrdbeta"), holding("wrdgamma")) == (0, 1)
    Row.objects.bulk_update([row], ["title_tokens"])
    row.delete()
    assert holding("wrdgamma") == 0
    Track.objects.filter(pk=track.pk).delete()


@pytest.mark.only_on("sqlite")
def test_fts5_says_itself_that_index_and_rows_agree(user: User) -> None:
    track = make_track(user, "alpha")
    Row.objects.filter(track=track).update(title_tokens="wrdbeta")
    Track.objects.filter(pk=track.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_text(search_text) VALUES ('integrity-check')")


def test_every_query_is_one_statement_with_parameters(user: User) -> None:
    nasty = ["x' OR 1=1", '") OR ("', "}: wrd", "a*) NEAR (b", "NOT", "title_tokens : a"]
    for text in nasty:
        asked = wanted(text.split())
        for quality in Quality:
            for columns in (*engine.PLACES, *engine.SPREAD):
                made = engine._asked(asked, quality, columns)
                if made:
                    matched(made)  # the engine can read every one of them


def test_a_query_without_words_has_no_expression() -> None:
    assert not engine.asks_words(wanted([]))
    assert not engine.asks_words(wanted([], excluded=["a"]))
    assert engine.asks_words(wanted(["!!!"]))


def test_an_album_and_an_artist_have_rows_of_their_own(user: User) -> None:
    track = make_track(user, "t", tags={"artist": ["A", "B"], "album": ["C"], "composer": ["D"]})
    assert Row.objects.filter(track__isnull=False).count() == 1
    assert Row.objects.filter(artist__isnull=False).count() == 3
    assert Row.objects.filter(album__isnull=False).count() == 1
    before = Row.objects.count()
    assert index_tracks([track.pk, track.pk]) == 1
    assert Row.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_back_and_forth() -> None:
    user = make_user("wandering")
    track = make_track(user, "Wanderer")
    try:
        call_command("migrate", "search", "zero", verbosity=0)
        assert "search_row" not in connection.introspection.table_names()
        assert "search_text" not in connection.introspection.table_names()
    finally:
        call_command("migrate", "search", verbosity=0)
    assert Track.objects.filter(pk=track.pk).exists()
    assert search("wanderer", user).total == 0
    index_tracks([track.pk])
    assert search("wanderer", user).total == 1
