"""The page of what is there twice: evidence beside each song, nothing done by itself."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from songloom.analyse import prints
from songloom.core.features.acoustid import encoded
from songloom.core.features.fingerprint import Items
from songloom.interfaces.web.pages import duplicates
from songloom.library.models import Track, User
from tests.curate.test_duplicates import drawn, worn
from tests.shelf import shelve


def recorded(owner: User, title: str, items: Items) -> Track:
    track = shelve(owner, title)
    prints.write(track, encoded(items))
    return track


def shown(client: Client, **query: str) -> str:
    return client.get(reverse("web:duplicates"), query).content.decode()


def test_each_copy_stands_with_its_file_and_what_speaks_for_it(client: Client, yun: User) -> None:
    first = recorded(yun, "Paper Boats", drawn(1))
    second = recorded(yun, "Paper Boats (live?)", worn(drawn(1))[80:])
    recorded(yun, "Something else", drawn(2))
    page = shown(client)
    for track in (first, second):
        assert reverse("web:track", args=[track.pk]) in page
    assert "Something else" not in page
    assert "1 recording more than once, of 3 compared" in page
    assert "WAV, " in page
    assert page.count(" % alike over 0:40") == 2
    assert "begins 10 s later" in page
    assert "begins 10 s earlier" in page


def test_copies_that_begin_together_say_nothing_of_it(client: Client, yun: User) -> None:
    for title in ("One", "Two"):
        recorded(yun, title, drawn(1))
    page = shown(client)
    assert "100.0 % alike over 0:50" in page
    assert "begins" not in page


def test_the_page_is_in_both_languages(chinese: Client, yun: User) -> None:
    for title in ("一", "二"):
        recorded(yun, title, drawn(1))
    page = shown(chinese)
    assert "重复的歌" in page
    assert "什么都不会自动合并或删除" in page
    assert "里 100.0 % 相同" in page


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "songs are compared once they have been listened to"),
        (1, "songs are compared once they have been listened to"),
        (2, "No recording is there more than once. 2 songs were compared."),
    ],
)
def test_an_empty_page_says_why(client: Client, yun: User, n: int, words: str) -> None:
    for seed in range(n):
        recorded(yun, f"Song {seed}", drawn(seed))
    page = shown(client)
    assert words in page
    assert "data-duplicates" not in page


def test_many_groups_come_in_pages(
    client: Client, yun: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "GROUPS", 1)
    for seed, title in enumerate(("Rain", "Snow")):
        for copy in ("here", "there"):
            recorded(yun, f"{title} {copy}", drawn(seed))
    first, second = shown(client), shown(client, page="2")
    assert ("Rain here" in first, "Snow here" in first) == (True, False)
    assert ("Rain here" in second, "Snow here" in second) == (False, True)
    assert "2 recordings more than once" in second


def test_the_songs_lead_there(client: Client, song: Track) -> None:
    assert reverse("web:duplicates") in client.get(reverse("web:songs")).content.decode()
