"""What a program gets to look at: outlines at two levels, plots, refusals in the error object."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.core.features.outline import packed
from songloom.core.features.plots import PLOTS
from songloom.library.models import Features, Track, User
from tests.rest.conftest import Caller, read
from tests.shelf import person, shelve

LENGTH_S = 8.0
FINE = [n / 160 for n in range(160)]
VALUES: dict[str, Any] = {
    "duration_s": LENGTH_S,
    "octave_energy_db": [-30.0] * 10,
    "octave_contrast_db": [10.0] * 10,
    "octave_phase_correlation": [0.5] * 10,
    "octave_width": [0.2] * 10,
    "correlation_over_time": [0.5, 0.6],
    "loudness_over_time": [-20.0, -18.0],
    "loudness_lufs": -19.0,
    "chroma": [0.1] * 12,
    "key": "D",
    "tempo_bpm": 120.0,
    "beats_s": [0.5 * n for n in range(16)],
}


@pytest.fixture
def owner(db: None) -> User:
    return person("mei")


@pytest.fixture
def track(owner: User) -> Track:
    made = shelve(owner, "Song")
    Track.objects.filter(pk=made.pk).update(duration_s=LENGTH_S)
    Features.objects.create(
        track=made, version=4, values=VALUES, peaks=[0.5, 1.0], peaks_fine=packed(FINE)
    )
    return made


@pytest.mark.parametrize(
    ("asked", "n", "from_s"),
    [
        ("level=near", 160, 0.0),
        ("level=near&from_s=2&to_s=3", 20, 2.0),
        ("level=near&from_s=7.9", 2, 7.9),
        ("level=near&from_s=9", 0, 8.0),
        ("", 2, 0.0),
    ],
)
def test_a_stretch_of_the_wave_is_told_with_its_place(
    owner: User, track: Track, asked: str, n: int, from_s: float
) -> None:
    told = Caller(owner).send("GET", f"tracks/{track.pk}/peaks?{asked}").json()
    assert len(told["peaks"]) == n
    assert told["from_s"] == pytest.approx(from_s)
    assert told["duration_s"] == LENGTH_S
    if asked.startswith("level=near"):
        assert told["part_s"] == pytest.approx(0.05)
        first = round(from_s / 0.05)
        assert told["peaks"] == pytest.approx(FINE[first : first + n], abs=0.005)


@pytest.mark.parametrize("kind", PLOTS)
def test_each_plot_is_an_svg_in_both_themes(owner: User, track: Track, kind: str) -> None:
    light = Caller(owner).send("GET", f"tracks/{track.pk}/plots/{kind}")
    dark = Caller(owner).send("GET", f"tracks/{track.pk}/plots/{kind}?theme=dark")
    for answer in (light, dark):
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/svg+xml"
    assert light.content != dark.content


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("peaks?level=nearer", 422),
        ("peaks?from_s=-1", 422),
        ("peaks?from_s=x", 422),
        ("spectrogram?theme=sepia", 422),
        ("plots/loudness?theme=sepia", 422),
        ("plots/everything", 404),
    ],
)
def test_odd_wishes_are_refused(owner: User, track: Track, where: str, status: int) -> None:
    read(Caller(owner).send("GET", f"tracks/{track.pk}/{where}"), status)


def test_what_was_not_measured_is_not_found(owner: User) -> None:
    new = shelve(owner, "New")
    for where in ("peaks", "peaks?level=near", "plots/loudness"):
        read(Caller(owner).send("GET", f"tracks/{new.pk}/{where}"), 404)
