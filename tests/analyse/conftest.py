"""A library with real sound in it, for what measures."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import soundfile

from songloom.core.audio.probe import probe
from songloom.library.heard import Heard
from songloom.library.models import Track, User
from songloom.library.services.storing import store_file
from tests.core.features.signals import Audio, clicks, stereo
from tests.shelf import person

Shelve = Callable[..., Track]
_mark = count(1)


@pytest.fixture
def owner(db: None) -> User:
    return person("mei")


@pytest.fixture
def shelve(owner: User, tmp_path: Path) -> Shelve:
    """Store a sound as a track: (channels, samples) at 22,050 Hz, or eight seconds of clicks."""

    def make(audio: Audio | None = None, *, title: str = "Clicks") -> Track:
        sound = stereo(clicks(120, 8.0, sample_rate=22_050)) if audio is None else audio
        sound = sound.copy()
        sound[:, 0] = next(_mark) / 32_768  # no two tests share stored bytes
        path = tmp_path / f"{title}.flac"
        soundfile.write(path, np.asarray(sound).T, 22_050)
        heard = Heard.from_probe(path, probe(str(path)))
        return store_file(heard, owner=owner, origin=Track.Origin.UPLOADED)[0]

    return make
