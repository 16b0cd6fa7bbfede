"""A user and a track with four seconds of stereo noise."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from songloom.core.audio import Audio
from songloom.library.heard import Heard
from songloom.library.models import Track, User
from songloom.library.services.storing import store_file
from tests.core.audio.sounds import noise, write_wav
from tests.shelf import person

SAMPLE_RATE = 44_100


@pytest.fixture
def owner(db: None) -> User:
    return person("mei")


@pytest.fixture
def stranger(db: None) -> User:
    return person("otto")


@pytest.fixture
def sound() -> Audio:
    return noise(4 * SAMPLE_RATE, seed=int(np.random.default_rng().integers(1 << 30)))


@pytest.fixture
def track(owner: User, sound: Audio, tmp_path: Path) -> Track:
    """A new recording each time: the storage of the test home is never emptied."""
    path = write_wav(tmp_path / "song.wav", sound)
    content = path.read_bytes()
    heard = Heard(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        format="wav",
        codec="pcm_s16le",
        sample_rate=SAMPLE_RATE,
        channels=2,
        duration_s=4.0,
        bit_rate=1_411_200,
        bits=16,
        original_name="song.wav",
        tags={
            "title": ["千里之外"],
            "artist": ["周杰伦", "费玉清"],
            "genre": ["Pop"],
            "album": ["依然范特西"],
        },
    )
    return store_file(heard, owner=owner, origin=Track.Origin.UPLOADED)[0]
