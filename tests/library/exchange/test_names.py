"""Artists, albums and genres of many rows, as one by one they would be."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from songloom.library.exchange import names
from songloom.library.ids import name_key
from songloom.library.models import Album, Artist, Genre, User
from songloom.library.services.tagging import album_titled, artist_named


def test_a_batch_makes_what_one_by_one_would(owner: User) -> None:
    one = artist_named("周杰伦")
    album = album_titled("我很忙", one, tags={"date": ["2007"]})
    found = names.artists(["周杰伦", "王菲", " ", "\x00"])
    assert found[name_key("周杰伦")] == (one.pk, one.name)
    assert set(found) == {name_key("周杰伦"), name_key("王菲")}
    jay, faye = found[name_key("周杰伦")], found[name_key("王菲")]
    busy, fable = names.Release("我很忙", jay, "2007"), names.Release("寓言", faye, "2000-12")
    albums = names.albums([busy, fable])
    assert albums[busy.key].pk == album.pk
    made = Album.objects.get(title="寓言")
    by_hand = album_titled("寓言", artist_named("王菲"), tags={"date": ["1999"]})
    assert made == by_hand
    assert (made.date, made.year, made.sort_title) == ("2000-12", 2000, "yu yan")


def test_spellings_of_a_name_are_one(owner: User) -> None:
    found = names.genres(["Jazz", "JAZZ", " jazz ", "ＪＡＺＺ", "Rock"])
    assert len(found) == 2
    assert Genre.objects.count() == 2


def test_the_same_title_by_another_is_another_album(owner: User) -> None:
    ann, ben = (names.Named(by.pk, by.name) for by in map(artist_named, ("Ann", "Ben")))
    found = names.albums(
        names.Release(title, by)
        for title, by in [("Best", ann), ("Best", ben), ("best", ann), ("Best", None)]
    )
    assert len(found) == 3
    assert Album.objects.count() == 3


def test_what_is_there_costs_a_query_and_nothing_is_made(owner: User) -> None:
    wanted = [f"Artist {n}" for n in range(300)]
    names.artists(wanted)
    with CaptureQueriesContext(connection) as made:
        again = names.artists(wanted)
    assert len(again) == 300
    assert len(made) == 1
    assert Artist.objects.count() == 300


def test_more_names_than_a_query_takes_are_asked_in_parts(owner: User) -> None:
    wanted = [f"Artist {n}" for n in range(1_000)]
    assert len(names.artists(wanted)) == 1_000
    assert len(names.artists(wanted)) == 1_000
    assert Artist.objects.count() == 1_000


def test_nothing_asks_nothing(owner: User) -> None:
    with CaptureQueriesContext(connection) as made:
        assert names.artists([]) == {}
        assert names.albums([]) == {}
        assert names.genres(["", " "]) == {}
    assert len(made) == 0
