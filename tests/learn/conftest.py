"""A library of measured songs: rows of features as the analyse room would write them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import LazySettings

from songloom.core.features import FEATURES_VERSION
from songloom.library.ids import name_key
from songloom.library.models import Credit, Features, Genre, Track, User
from songloom.library.services import tagging
from tests.shelf import person

Measured = Callable[..., Track]


@pytest.fixture
def owner(db: None) -> User:
    return person("mei")


@pytest.fixture
def home(settings: LazySettings, tmp_path: Path) -> Path:
    """A home of the test's own, so that model files can be counted."""
    settings.HOME = tmp_path
    settings.MEDIA = tmp_path / "media"
    (tmp_path / "tmp").mkdir()
    return tmp_path


@pytest.fixture
def measured(owner: User) -> Measured:
    """Make a song that was measured; `brightness` moves how it sounds, 0 is the middle.

    tags  fields as people give them: {"genre": ["Folk"], "tag": ["calm"], "artist": ["Ann"]}
    """
    numbers = count(1)  # per test: what chance adds must not depend on the order of the tests

    def make(
        title: str = "",
        *,
        brightness: float = 0.0,
        tags: dict[str, list[str]] | None = None,
        by: User | None = None,
        is_measured: bool = True,
        **more: Any,
    ) -> Track:
        number = next(numbers)
        name = title or f"Song {number}"
        track = Track.objects.create(
            title=name,
            sort_title=name.casefold(),
            duration_s=100.0,
            owner=by or owner,
            origin=Track.Origin.UPLOADED,
            **more,
        )
        give_tags(track, {"artist": [f"Artist {number}"], **(tags or {})})
        if is_measured:
            write_features(track, brightness=brightness, seed=number)
        return track

    return make


def give_tags(track: Track, fields: dict[str, list[str]]) -> None:
    """As tagging.set_fields would, without the jobs that follow; dozens of songs need them."""
    for name in fields.get("artist", []) + fields.get("albumartist", []):
        Credit.objects.create(track=track, artist=tagging.artist_named(name))
    for title in fields.get("album", []):
        track.album = tagging.album_titled(title, None, tags={})
        track.save(update_fields=["album"])
    for name in fields.get("genre", []):
        key = name_key(name)
        track.genres.add(Genre.objects.get_or_create(name_key=key, defaults={"name": name})[0])
    for name in fields.keys() - {"artist", "album", "albumartist", "genre"}:
        tagging.set_free_tags(track, {name: fields[name]})


def sound(*, brightness: float, seed: int) -> dict[str, Any]:
    """What a song of this brightness would measure, with chance of its own."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 0.3, 40)
    return {
        "tempo_bpm": float(120 * 2 ** (noise[0] / 4)),
        "tempo_confidence": 0.7,
        "key": ["C", "D", "G", "A"][int(rng.integers(4))],
        "mode": "major",
        "chroma": (np.full(12, 1 / 12) + noise[1:13] / 100).tolist(),
        "loudness_lufs": float(-14 + noise[13]),
        "loudness_range_lu": float(6 + noise[14]),
        "true_peak_dbtp": -1.0,
        "centroid_hz": float(1_000 * 2 ** (brightness + noise[15])),
        "bandwidth_hz": float(1_500 * 2 ** (brightness + noise[16])),
        "rolloff_hz": float(2_000 * 2 ** (brightness + noise[17])),
        "flatness": float(0.01 * 2 ** (brightness + noise[18])),
        "zero_crossing_rate": float(0.05 * 2 ** (brightness + noise[19])),
        "octave_energy_db": [float(-30 + brightness * i + noise[20]) for i in range(10)],
        "mfcc_mean": [float(x) for x in [-200, *(noise[21:33] - brightness)]],
        "stereo_correlation": 0.9,
        "stereo_width": 0.05,
        "octave_phase_correlation": [0.9] * 10,
        "phase_deviation": 0.8,
    }


def write_features(track: Track, *, brightness: float = 0.0, seed: int = 0) -> Features:
    values = sound(brightness=brightness, seed=seed)
    features, _ = Features.objects.update_or_create(
        track=track, defaults={"version": FEATURES_VERSION, "values": values}
    )
    return features


@pytest.fixture
def tagged_library(measured: Measured) -> list[Track]:
    """24 bright songs tagged "lively", 24 dark ones tagged "calm", 3 "odd"; 16 without a tag."""
    songs = [measured(brightness=1.0, tags={"tag": ["lively"]}) for _ in range(24)]
    songs += [measured(brightness=-1.0, tags={"tag": ["calm"]}) for _ in range(24)]
    songs += [measured(tags={"tag": ["odd"]}) for _ in range(3)]
    songs += [measured(brightness=1.0 if i % 2 else -1.0) for i in range(16)]
    return songs
