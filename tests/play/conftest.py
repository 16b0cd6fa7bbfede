"""Listeners, and a track of twelve seconds of stereo sound."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from songloom.library.heard import Heard
from songloom.library.models import Track, User
from songloom.library.services.storing import store_file
from tests.core.audio.sounds import noise, write_wav
from tests.shelf import person

SECONDS = 12
SAMPLE_RATE = 44_100


@pytest.fixture
def listener(db: None) -> User:
    return person("mei")


@pytest.fixture
def other(db: None) -> User:
    return person("otto")


@pytest.fixture
def long_track(listener: User, tmp_path: Path) -> Track:
    sound = noise(SECONDS * SAMPLE_RATE, seed=int(np.random.default_rng().integers(1 << 30)))
    path = write_wav(tmp_path / "long.wav", sound)
    content = path.read_bytes()
    heard = Heard(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        format="wav",
        codec="pcm_s16le",
        sample_rate=SAMPLE_RATE,
        channels=2,
        duration_s=float(SECONDS),
        bit_rate=1_411_200,
        bits=16,
        original_name="long.wav",
    )
    return store_file(heard, owner=listener, origin=Track.Origin.UPLOADED)[0]
