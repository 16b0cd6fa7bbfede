"""Search: found by letters, sounds and numbers; facets count and lead to narrower queries."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from songloom.interfaces.web.facets import Facets, facets
from songloom.library.models import Track, User
from songloom.search import services as search
from songloom.search.indexing import index_tracks
from tests.shelf import shelve
from tests.web.conftest import measured

pytestmark = pytest.mark.searches
SEARCH = "/search/"


def titles(answer: Any) -> list[str]:
    return re.findall(r'data-title="([^"]*)"', answer.content.decode())


@pytest.fixture
def library(yun: User) -> None:
    shelf = [
        ("春江花月夜", "民乐", "1980", 72.0, "minor"),
        ("平湖秋月", "民乐", "1985", 66.0, "major"),
        ("Paper Boats", "Folk", "2023", 96.0, "major"),
        ("Lantern Reel", "Folk", "2021", 118.0, "major"),
    ]
    for title, genre, date, bpm, mode in shelf:
        track = shelve(yun, title, artist="弦索社", genre=genre, date=date)
        measured(track, tempo_bpm=bpm, mode=mode)
        index_tracks([track.pk])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("yue", ["平湖秋月", "春江花月夜"]),
        ("cjhyy", ["春江花月夜"]),
        ("花月", ["春江花月夜"]),
        ("boat", ["Paper Boats"]),
        ("tempo:60..70", ["平湖秋月"]),
        ("yue tempo:70..80", ["春江花月夜"]),
        ("genre:Folk -reel", ["Paper Boats"]),
        ("year:2021", ["Lantern Reel"]),
        ("xyzzy", []),
    ],
)
def test_what_is_asked_is_found(
    client: Client, library: None, query: str, expected: list[str]
) -> None:
    assert sorted(titles(client.get(SEARCH, {"q": query}))) == sorted(expected)


def test_pinyin_stands_above_what_it_matched(client: Client, library: None) -> None:
    page = client.get(SEARCH, {"q": "yue"}).content.decode()
    assert page.count("<rt") == 2
    assert "<ruby><mark>月</mark>" in page


def test_the_results_alone_are_the_same_results(client: Client, library: None) -> None:
    part = client.get(SEARCH, {"q": "yue", "piece": "results"})
    assert "<main" not in part.content.decode()
    assert titles(part) == titles(client.get(SEARCH, {"q": "yue"}))


def test_nothing_found_says_so_and_offers_a_way_on(client: Client, library: None) -> None:
    page = client.get(SEARCH, {"q": "xyzzy tempo:60..70"}).content.decode()
    assert "Nothing matches “xyzzy tempo:60..70”." in page
    assert "Take a condition away" in page


@pytest.mark.parametrize(
    "query", ['"', "tempo:", "::::", "*" * 900, "' OR 1=1 --", "\x00", "🎻", "-", "key:H", "(" * 50]
)
def test_no_query_is_an_error_page(client: Client, library: None, query: str) -> None:
    assert client.get(SEARCH, {"q": query}).status_code == 200
    assert client.get(SEARCH, {"q": query, "piece": "results"}).status_code == 200


@pytest.mark.parametrize("sort", ["tempo", "-tempo", "nonsense", "-", ""])
def test_results_are_sorted_as_asked(client: Client, library: None, sort: str) -> None:
    found = titles(client.get(SEARCH, {"q": "genre:Folk", "sort": sort}))
    assert sorted(found) == ["Lantern Reel", "Paper Boats"]
    if sort == "tempo":
        assert found == ["Paper Boats", "Lantern Reel"]
    if sort == "-tempo":
        assert found == ["Lantern Reel", "Paper Boats"]


def lines(found: Facets) -> dict[str, dict[str, int]]:
    return {facet.title: {line.label: line.n for line in facet.lines} for facet in found.fields}


def test_facets_count_over_all_that_is_found(library: None, yun: User) -> None:
    counted = lines(facets("弦索社", yun))
    assert counted["Genre"] == {"民乐": 2, "Folk": 2}
    assert counted["Mode"] == {"major": 3, "minor": 1}
    assert counted["Decade"] == {"2020s": 2, "1980s": 2}


def test_a_facet_leads_to_exactly_the_songs_that_it_counted(library: None, yun: User) -> None:
    for facet in facets("弦索社", yun).fields:
        for line in facet.lines:
            assert search.search(line.query, yun).total == line.n, line.query


def test_a_facet_that_is_on_leads_back(library: None, yun: User) -> None:
    query = "弦索社 mode:major"
    mode = next(facet for facet in facets(query, yun).fields if facet.title == "Mode")
    on = [line for line in mode.lines if line.is_on]
    assert [(line.label, line.query) for line in on] == [("major", "弦索社")]


def test_the_histogram_holds_every_measured_tempo(library: None, yun: User) -> None:
    bars = facets("弦索社", yun).tempos
    assert sum(bar["n"] for bar in bars) == 4
    assert max(bar["height"] for bar in bars) == 100
    assert [bar["bpm"] for bar in bars] == list(range(40, 220, 10))


def test_a_bar_of_the_histogram_replaces_the_tempo_that_was_asked(library: None, yun: User) -> None:
    bars = facets("弦索社 tempo:60..200", yun).tempos
    assert all(bar["query"].count("tempo:") == 1 for bar in bars)


def test_facets_of_nothing_are_empty(library: None, yun: User) -> None:
    found = facets("xyzzy", yun)
    assert (found.fields, found.tempos) == ([], [])


def test_others_songs_are_not_counted(library: None, mo: User) -> None:
    Track.objects.update(is_private=True)
    assert facets("弦索社", mo).fields == []


def test_chips_of_the_page_lead_to_the_query_without_them(client: Client, library: None) -> None:
    page = client.get(SEARCH, {"q": "yue tempo:60..100"}).content.decode()
    targets = [html.unescape(t) for t in re.findall(r'class="chip-x" href="([^"]*)"', page)]
    assert targets == [
        f"{reverse('web:search')}?q=tempo%3A60..100",
        f"{reverse('web:search')}?q=yue",
    ]


def test_albums_and_artists_stand_above_the_songs(client: Client, yun: User) -> None:
    track = shelve(yun, "x", artist="越音乐社", album="月下集")
    assert track.album is not None
    index_tracks([track.pk])
    page = client.get(SEARCH, {"q": "月下集"}).content.decode()
    assert reverse("web:album", args=[track.album.pk]) in page


def test_a_few_titles_come_for_choosing(client: Client, library: None) -> None:
    told = client.get(reverse("web:search_quick"), {"q": "yue"}).json()["tracks"]
    assert sorted(one["title"] for one in told) == ["平湖秋月", "春江花月夜"]
    assert all(one["seconds"] > 0 for one in told), "how long it is: for joining it with another"


def test_an_empty_search_teaches_the_language(client: Client) -> None:
    page = client.get(SEARCH).content.decode()
    for example in ("qhc", "tempo:90..120", "key:Am", "-live"):
        assert example in page
