"""Playlists on the pages: made by hand, and saved from a search."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from songloom.library.models import Playlist, Track, User
from songloom.library.services.playlists import make_playlist
from songloom.search.indexing import index_tracks
from songloom.search.smart import define
from tests.shelf import shelve
from tests.web.conftest import measured

pytestmark = pytest.mark.searches


@pytest.fixture
def songs(yun: User) -> list[Track]:
    made = [shelve(yun, title) for title in ("平湖秋月", "春江花月夜", "Paper Boats")]
    for track, bpm in zip(made, (66.0, 72.0, 96.0), strict=True):
        measured(track, tempo_bpm=bpm)
    index_tracks([track.pk for track in made])
    return made


def titles(answer: Any) -> list[str]:
    return re.findall(r'data-title="([^"]*)"', answer.content.decode())


def where(playlist: Playlist, name: str = "playlist") -> str:
    return reverse(f"web:{name}", args=[playlist.pk])


def test_a_search_is_saved_and_fills_itself(client: Client, yun: User, songs: list[Track]) -> None:
    found = client.get("/search/", {"q": "月 tempo:60..80", "sort": "-tempo"}).content.decode()
    assert 'name="query" value="月 tempo:60..80"' in found
    assert '<option value="tempo"' in found
    form = {"name": "Moon", "query": "月 tempo:60..80", "sort": "-tempo", "max_tracks": ""}
    answer = client.post("/playlists/", form)
    made = Playlist.objects.get()
    assert answer["Location"] == where(made)
    page = client.get(where(made))
    assert titles(page) == ["春江花月夜", "平湖秋月"]
    assert "2 songs now" in page.content.decode()
    Track.objects.filter(pk=songs[0].pk).update(binned_at=timezone.now())
    assert titles(client.get(where(made))) == ["春江花月夜"]
    assert "1 song" in client.get("/playlists/").content.decode()


def test_it_is_changed_in_its_dialog(client: Client, yun: User, songs: list[Track]) -> None:
    made = define(make_playlist(yun, "Moon"), "月")
    form = {"name": "Boats", "comment": "", "query": "boats", "sort": "title", "max_tracks": "5"}
    client.post(where(made, "playlist_change"), form)
    made.refresh_from_db()
    assert (made.name, made.query, made.sort, made.max_tracks) == ("Boats", "boats", "title", 5)
    assert titles(client.get(where(made))) == ["Paper Boats"]
    for wrong in ({"query": "tempo:x"}, {"max_tracks": "many"}, {"sort": "colour"}):
        client.post(where(made, "playlist_change"), {**form, "name": "Other", **wrong})
        made.refresh_from_db()
        assert (made.name, made.query, made.max_tracks) == ("Boats", "boats", 5)


def test_what_is_wrong_with_a_search_is_said(client: Client, yun: User, songs: list[Track]) -> None:
    form = {"name": "Moon", "query": "tempo:fast"}
    answer = client.post("/playlists/", form, follow=True)
    assert "“tempo:fast” is not understood." in answer.content.decode()
    assert not Playlist.objects.exists()


def test_nothing_is_dragged_or_added_by_hand(client: Client, yun: User, songs: list[Track]) -> None:
    smart, by_hand = define(make_playlist(yun, "Smart"), "boats"), make_playlist(yun, "By hand")
    assert "data-playlist=" not in client.get(where(smart)).content.decode()
    chosen = client.get(reverse("web:playlist_choose")).content.decode()
    assert "By hand" in chosen
    assert "Smart" not in chosen
    add = {"track": str(songs[0].pk)}
    assert client.post(where(smart, "playlist_add"), add).status_code == 404
    assert client.post(where(by_hand, "playlist_add"), add).status_code == 200
    assert "data-playlist=" in client.get(where(by_hand)).content.decode()
    assert titles(client.get(where(smart))) == ["Paper Boats"]


def test_an_empty_one_says_what_to_do_and_has_a_cover(
    client: Client, yun: User, songs: list[Track]
) -> None:
    made = define(make_playlist(yun, "None"), "xyzzy")
    assert "What fits later comes by itself." in client.get(where(made)).content.decode()
    assert client.get(where(made, "playlist_cover")).status_code == 200
    define(made, "boats")
    assert client.get(where(made, "playlist_cover")).status_code == 200
