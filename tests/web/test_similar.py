"""Why songs are alike: at most two short facts, each measured, none invented."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from songloom.interfaces.web.similar import close_to, nearness, reason
from songloom.library.models import Track, User
from tests.shelf import shelve
from tests.web.conftest import measured


def heard(**values: Any) -> Any:
    known = {"key": "D", "mode": "minor", "tempo_bpm": 96.0, "loudness_lufs": -16.0, **values}
    return SimpleNamespace(**known)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (heard(), "same key, same tempo"),
        (heard(tempo_bpm=94.0), "same key, 2 BPM slower"),
        (heard(tempo_bpm=101.0), "same key, 5 BPM faster"),
        (heard(key="A", tempo_bpm=94.0), "same mode, 2 BPM slower"),
        (heard(key="A", mode="major", tempo_bpm=96.3), "same tempo, as loud"),
        (heard(key="A", mode="major", tempo_bpm=180.0, loudness_lufs=-20.0), "quieter"),
        (heard(key="A", mode="major", tempo_bpm=180.0, loudness_lufs=-12.0), "louder"),
        (heard(key="", mode="", tempo_bpm=None, loudness_lufs=None), "similar sound colour"),
        (
            heard(key="A", mode="major", tempo_bpm=180.0, loudness_lufs=-40.0),
            "similar sound colour",
        ),
    ],
)
def test_a_reason_says_what_two_songs_share(other: Any, expected: str) -> None:
    assert reason(heard(), other) == expected


def test_reasons_are_chinese_where_the_reader_is() -> None:
    with override("zh-hans"):
        assert reason(heard(), heard(tempo_bpm=94.0)) == "同调，慢 2 拍"


def test_nearness_falls_with_distance_and_stays_within_its_scale() -> None:
    scale = [nearness(d / 4) for d in range(200)]
    assert scale[0] == 100
    assert scale == sorted(scale, reverse=True)
    assert min(scale) >= 0
    assert nearness(-1.0) == 100


def test_a_song_that_was_not_measured_has_nothing_alike(yun: User) -> None:
    track = shelve(yun, "Unheard")
    assert close_to(yun, track, Track.objects.visible_to(yun), 5) == []


def test_hidden_songs_are_never_alike(yun: User, mo: User) -> None:
    song = shelve(yun, "Here")
    hidden = shelve(yun, "Hidden", is_private=True)
    for track in (song, hidden):
        measured(track)
    close = close_to(mo, song, Track.objects.visible_to(mo), 5)
    assert [alike.track.title for alike in close] == []


@pytest.mark.parametrize(("n_others", "has_more"), [(4, False), (6, False), (7, True)])
def test_more_is_offered_only_where_there_is_more(
    client: Client, yun: User, n_others: int, has_more: bool
) -> None:
    songs = [shelve(yun, f"Song {i}") for i in range(n_others + 1)]
    for track in songs:
        measured(track)
    page = client.get(reverse("web:track", args=[songs[0].pk])).content.decode()
    assert (reverse("web:similar", args=[songs[0].pk]) in page) == has_more
