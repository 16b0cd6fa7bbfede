"""Songs that were measured, and a library as a notebook has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from songloom.core.features import FEATURES_VERSION, SCALARS
from songloom.interfaces.notebook import Library
from songloom.library.models import Features, Track, User
from tests.shelf import person, shelve

Shelved = Callable[..., Track]
WORDS = {"brightness": "warm", "key": "A", "mode": "minor"}


@pytest.fixture
def mei(db: None) -> User:
    return person("mei", is_admin=True)


@pytest.fixture
def library(mei: User) -> Library:
    return Library.of("mei")


@pytest.fixture
def shelved(mei: User) -> Shelved:
    """A track with every feature; `bright` moves its numbers."""

    def make(title: str, *, bright: float = 1.0, owner: User | None = None, **more: Any) -> Track:
        track = shelve(owner or mei, title, **more)
        values: dict[str, Any] = {
            name: WORDS.get(name, bright * place) for place, name in enumerate(SCALARS, start=1)
        }
        values |= {"chroma": [bright] * 12, "mfcc_mean": [bright] * 13}
        values |= {"octave_energy_db": [-bright] * 10, "octave_phase_correlation": [None] * 10}
        Features.objects.create(track=track, version=FEATURES_VERSION, values=values)
        return track

    return make
