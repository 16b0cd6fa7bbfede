"""A spectrogram is drawn once, kept by the bytes it shows, and forgotten when it is old."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from songloom.analyse import measuring, pictures
from songloom.core.features.outline import packed
from songloom.errors import BadValue, NoAudio, SongloomError
from songloom.library.models import Features, Track, User
from songloom.library.services import documents
from songloom.library.services.storing import main_file
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


def test_two_who_look_at_once_have_it_drawn_once(
    track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second waits for its turn, and then finds what the first had drawn."""
    monkeypatch.setattr(pictures, "_turns", threading.BoundedSemaphore(1))
    drawn: list[str] = []
    draw = pictures._draw

    def counted(*given: Any) -> None:
        drawn.append("once")
        draw(*given)

    monkeypatch.setattr(pictures, "_draw", counted)
    file = main_file(track)
    assert file is not None
    monkeypatch.setattr(pictures, "main_file", lambda _track: file)
    both = [threading.Thread(target=pictures.spectrogram, args=(track,)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert drawn == ["once"]


def test_a_part_of_a_file_has_a_picture_of_its_own(track: Track) -> None:
    whole = pictures.spectrogram(track)
    track.files.update(start_s=0.25, end_s=0.75)
    part = pictures.spectrogram(track)
    assert part != whole
    assert part.read_bytes() != whole.read_bytes()


def test_the_same_bytes_of_two_tracks_are_one_picture(track: Track, owner: User) -> None:
    first = pictures.spectrogram(track)
    other = Track.objects.create(
        title="Again", owner=owner, origin=Track.Origin.UPLOADED, duration_s=track.duration_s
    )
    track.files.update(track=other)
    assert pictures.spectrogram(other) == first


def test_what_is_no_sound_leaves_no_picture(
    track: Track, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = tmp_path / "page.flac"
    page.write_text("<!doctype html><title>nothing</title>")
    monkeypatch.setattr(pictures, "at_hand", lambda _file: nullcontext(page))
    track.files.update(sha256="0" * 64)
    with pytest.raises(SongloomError):
        pictures.spectrogram(track)
    assert not list((settings.CACHE / "spectrograms").glob("0000*"))


def test_a_measured_track_has_its_loudness_over_time_and_a_wave_from_near(track: Track) -> None:
    found = measuring.measure(track)
    assert len(bytes(found.peaks_fine or b"")) == 20
    assert found.values["loudness_over_time"] is None, "a second is shorter than three"
    assert "loudness_over_time" in found.reasons
