"""A spectrogram is drawn once, kept by the bytes it shows, and forgotten when it is old."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from django.conf import settings

from songloom.analyse import pictures
from songloom.core.features.outline import packed
from songloom.errors import BadValue, NoAudio
from songloom.library.models import Features, Track, User
from songloom.library.services import documents
from tests.core.features.signals import clicks, stereo
from tests.rest.conftest import Caller

Shelve = Callable[..., Track]


@pytest.fixture
def track(shelve: Shelve) -> Track:
    return shelve(stereo(clicks(120, 1.0, sample_rate=22_050)))


def test_it_is_drawn_once_for_both_themes(track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pictures.spectrogram(track)
    assert path.read_bytes().startswith(b"\x89PNG")
    monkeypatch.setattr(pictures, "DRAW", "nothing:at_all")
    assert pictures.spectrogram(track, "light") == path
    assert pictures.spectrogram(track, "dark").read_bytes() != path.read_bytes()


def test_what_nobody_drew_for_a_month_is_forgotten_by_the_next(track: Track) -> None:
    folder = settings.CACHE / "spectrograms"
    folder.mkdir(parents=True, exist_ok=True)
    old = folder / "old.png"
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    pictures.spectrogram(track)
    assert not old.exists()


def test_an_entry_has_no_picture_and_there_is_no_other_theme(owner: User, track: Track) -> None:
    entry = Track.objects.create(
        title="Only a name", owner=owner, origin=Track.Origin.IMPORTED, has_audio=False
    )
    with pytest.raises(NoAudio):
        pictures.spectrogram(entry)
    with pytest.raises(BadValue):
        pictures.spectrogram(track, "sepia")


def test_programs_get_picture_plot_and_peaks(owner: User, track: Track) -> None:
    caller = Caller(owner)
    at = f"tracks/{track.pk}"
    picture = caller.send("GET", f"{at}/spectrogram?theme=dark")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert caller.send("GET", f"{at}/peaks").status_code == 404

    values = {"octave_width": [0.1] * 10}
    peaks = {"peaks": [0.5, 1.0], "peaks_fine": packed([0.25, 1.0, 0.0, 1.0])}
    Features.objects.create(track=track, version=1, values=values, **peaks)
    whole = caller.send("GET", f"{at}/peaks").json()
    assert (whole["peaks"], whole["part_s"]) == ([0.5, 1.0], pytest.approx(0.5, abs=0.01))
    near = caller.send("GET", f"{at}/peaks?level=near&from_s=0.3&to_s=0.4").json()
    assert near["peaks"] == [1.0]
    assert near["from_s"] == pytest.approx(0.25, abs=0.01)
    assert "peaks_fine" not in str(documents.features_document(track))

    plot = caller.send("GET", f"{at}/plots/width?theme=dark")
    assert plot["Content-Type"] == "image/svg+xml"
    assert plot.content.startswith(b"<svg ")
    assert caller.send("GET", f"{at}/plots/loudness").status_code == 404
    assert caller.send("GET", f"{at}/plots/nothing").status_code == 404
