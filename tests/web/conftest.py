"""A small library and people who look at it through the pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from songloom.config.home import prepare_folders
from songloom.core.features import FEATURES_VERSION
from songloom.library.models import Features, Track, User
from songloom.library.services.tracing import trace_file
from tests.shelf import person, shelve

COLUMNS = ("tempo_bpm", "loudness_lufs", "loudness_range_lu", "true_peak_dbtp", "centroid_hz")


def measured(track: Track, **values: Any) -> Features:
    """Features as the analyse room writes them, with these values."""
    known = {
        "tempo_bpm": 120.0,
        "loudness_lufs": -16.2,
        "loudness_range_lu": 7.3,
        "true_peak_dbtp": -1.0,
        "centroid_hz": 1840.0,
        "key": "D",
        "mode": "minor",
        "key_confidence": 0.8,
        "beats_s": [i * 0.5 for i in range(40)],
        "chroma": [0.1, 0.0, 0.9, 0.0, 0.2, 0.5, 0.0, 0.1, 0.0, 0.7, 0.1, 0.0],
        **values,
    }
    return Features.objects.create(
        track=track,
        version=FEATURES_VERSION,
        key=known["key"] or "",
        mode=known["mode"] or "",
        values=known,
        peaks=[0.1, 0.5, 0.9, 0.4],
        **{name: known[name] for name in COLUMNS},
    )


@pytest.fixture(autouse=True, scope="session")
def home() -> None:
    """The folders of the home, as the first verb makes them."""
    prepare_folders(settings.HOME)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page in Chinese leaves its language to the thread; the next test begins in English."""
    with override("en"):
        yield


@pytest.fixture
def yun(db: None) -> User:
    return person("yun", is_admin=True)


@pytest.fixture
def mo(db: None) -> User:
    return person("mo")


@pytest.fixture
def client(yun: User) -> Client:
    """The administrator's browser, in English."""
    browser = Client()
    browser.force_login(yun)
    return browser


@pytest.fixture
def chinese(yun: User) -> Client:
    """The same in Chinese."""
    browser = Client(headers={"Accept-Language": "zh-CN"})
    browser.force_login(yun)
    browser.cookies["django_language"] = "zh-hans"
    return browser


@pytest.fixture
def song(yun: User) -> Track:
    """A song with artist, album, lineage and features."""
    track = shelve(
        yun,
        "青花瓷",
        artist="周杰伦",
        album="我很忙",
        genre="流行",
        date="2007-11-02",
        lyrics="天青色等烟雨",
    )
    file = track.files.get()
    trace_file(track, file, url="https://music.example/qhc.flac")
    measured(track)
    return track
