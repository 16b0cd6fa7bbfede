"""From sound to neighbours: what is measured in real samples puts like beside like."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from songloom.core.features import FEATURES_VERSION, analyse_file
from songloom.learn import services
from songloom.library.models import Features, Track, User
from tests.learn.conftest import Measured

pytestmark = pytest.mark.django_db
SAMPLE_RATE, SECONDS = 22_050, 6
KINDS = ("hum", "hiss", "clicks")


def samples(kind: str, seed: int) -> NDArray[np.float64]:
    """(samples,) of a chord, of noise or of a beat, no two alike."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(SAMPLE_RATE * SECONDS) / SAMPLE_RATE
    if kind == "hum":
        base_hz = 110.0 * 2 ** (rng.integers(0, 5) / 12)
        partials = np.outer(np.arange(1, 6) * base_hz, time_s)
        return np.asarray(0.1 * np.sin(2 * np.pi * partials).sum(axis=0))
    if kind == "hiss":
        return rng.normal(0, 0.1, time_s.size)
    period = int(SAMPLE_RATE * 60 / (110 + rng.integers(0, 12)))
    clicks = np.zeros(time_s.size)
    clicks[::period] = 0.8
    return np.convolve(clicks, np.exp(-np.arange(800) / 60), mode="same")


@pytest.fixture
def library(owner: User, measured: Measured, tmp_path: Path) -> dict[str, list[Track]]:
    """Three songs of each kind, measured as every track is."""
    shelves: dict[str, list[Track]] = {kind: [] for kind in KINDS}
    for number, kind in enumerate(KINDS * 3):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, samples(kind, number), SAMPLE_RATE)
        track = measured(f"{kind} {number}", is_measured=False)
        values = analyse_file(str(path)).features
        values.pop("peaks", None)
        Features.objects.create(track=track, version=FEATURES_VERSION, values=values)
        shelves[kind].append(track)
    return shelves


def test_like_sounds_stand_beside_like(owner: User, library: dict[str, list[Track]]) -> None:
    visible = Track.objects.visible_to(owner)
    for kind in KINDS:
        for track in library[kind]:
            nearest = services.similar_to(track, among=visible, limit=2)
            assert {found for found, _ in nearest} == set(library[kind]) - {track}
