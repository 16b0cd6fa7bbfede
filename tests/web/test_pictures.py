"""A picture on the page of a song: for who may hear it, in the theme asked for, kept a while."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from songloom.analyse import pictures
from songloom.errors import NotAudio
from songloom.library.models import Track, User
from tests.shelf import shelve


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, str]]:
    """Which pictures were asked for; drawing itself is tried where it belongs."""
    told: list[tuple[str, str]] = []

    def drawn(track: Track, theme: str = "light") -> Path:
        told.append((track.title, theme))
        path = tmp_path / f"abc-1-{theme}.png"
        path.write_bytes(b"\x89PNG")
        return path

    monkeypatch.setattr(pictures, "spectrogram", drawn)
    return told


def at(track: Track) -> str:
    return reverse("web:track_spectrogram", args=[track.pk])


@pytest.mark.parametrize(
    ("given", "theme"),
    [("", "light"), ("?theme=dark", "dark"), ("?theme=light", "light"), ("?theme=sepia", "light")],
)
def test_the_theme_is_the_one_asked_for(
    client: Client, song: Track, asked: list[Any], given: str, theme: str
) -> None:
    answer = client.get(at(song) + given)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert "private" in answer["Cache-Control"]
    assert asked == [(song.title, theme)]


def test_a_browser_that_has_it_gets_no_second_one(
    client: Client, song: Track, asked: list[Any]
) -> None:
    first = client.get(at(song))
    again = client.get(at(song), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    other = client.get(at(song) + "?theme=dark", headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 200
    assert client.head(at(song)).status_code == 200
    assert client.post(at(song)).status_code == 405


def test_it_is_for_those_who_may_hear_the_song(song: Track, mo: User, asked: list[Any]) -> None:
    Track.objects.filter(pk=song.pk).update(is_private=True)
    browser = Client()
    assert browser.get(at(song)).status_code == 302
    browser.force_login(mo)
    assert browser.get(at(song)).status_code == 404
    assert asked == []


def test_a_file_that_cannot_be_drawn_is_a_refusal_in_words(
    client: Client, song: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(track: Track, theme: str = "light") -> Path:
        raise NotAudio("nothing can be played")

    monkeypatch.setattr(pictures, "spectrogram", refused)
    assert client.get(at(song)).status_code == NotAudio.http_status


def test_the_page_asks_for_no_picture_by_itself(client: Client, song: Track) -> None:
    """It comes when somebody looks: until then its address is no source."""
    page = client.get(reverse("web:track", args=[song.pk])).content.decode()
    for theme in pictures.THEMES:
        assert f'data-src="{at(song)}?theme={theme}"' in page
    assert f' src="{at(song)}' not in page


def test_an_entry_without_sound_has_no_picture_on_its_page(client: Client, yun: User) -> None:
    entry = Track.objects.create(
        title="Only a name", owner=yun, origin=Track.Origin.IMPORTED, has_audio=False
    )
    page = client.get(reverse("web:track", args=[entry.pk])).content.decode()
    assert "spectrogram.png" not in page
    assert client.get(at(entry)).status_code == 422


def test_a_new_song_has_a_scale_before_it_was_measured(client: Client, yun: User) -> None:
    page = client.get(reverse("web:track", args=[shelve(yun, "New").pk])).content.decode()
    assert "1 kHz" in page
    assert "song-lanes" not in page
