"""Parts played apart: equal lengths, from sample 0, and together the recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from songloom.core.score.midi import Heading, Track, midi_file, parts_of
from songloom.core.score.midi_reading import summary
from songloom.core.score.notes import Metre, Note
from songloom.core.score.render import render
from songloom.core.score.roll import sections_of
from songloom.core.score.stems import render_stems
from tests.core.score.sine_font import sine_font

STEP = 1 / 32_768
MARKS = ((0, "A"), (96, "B"))


def piece(*names: str) -> bytes:
    """Two bars at 60 BPM; each part holds a chord of its own, so loud that a limiter is at work."""
    heading = Heading("x", 60.0, Metre(4, 4), 0, False, MARKS, 192)
    tracks = []
    for n, name in enumerate(names):
        notes = [Note(onset, 20 + 40 * n, 48 + 12 * n, 127) for onset in (0, 96)]
        tracks.append(Track(name, n, 5, notes))
    return midi_file(heading, tracks)


@pytest.fixture(scope="module")
def font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("font") / "sine.sf2"
    path.write_bytes(sine_font())
    return path


def test_the_sum_of_the_parts_is_the_recording(font: Path, tmp_path: Path) -> None:
    midi, mix = tmp_path / "in.mid", tmp_path / "mix.flac"
    midi.write_bytes(piece("melody", "bass", "pad/../x"))
    given: dict[str, Any] = {"soundfont": str(font), "cache_dir": str(tmp_path / "cache")}
    render(str(midi), str(mix), **given)
    told: list[float] = []
    said = render_stems(str(midi), str(tmp_path), **given, progress=told.append)
    whole, rate = soundfile.read(mix, always_2d=True)
    parts = [soundfile.read(one["path"], always_2d=True)[0] for one in said["stems"]]
    assert [one["name"] for one in said["stems"]] == ["melody", "bass", "pad/../x"]
    assert [Path(one["path"]).name for one in said["stems"]] == [
        "01 melody.flac", "02 bass.flac", "03 padx.flac"
    ]  # fmt: skip
    assert {len(part) for part in parts} == {len(whole)} == {said["n_samples"]}
    assert all(np.abs(part).max() > 0.01 for part in parts)
    assert np.abs(sum(parts) - whole).max() < 8 * STEP  # the renderer and the mix are of 16 bits
    assert told == [0.25, 0.5, 0.75]
    assert rate == 44_100


def test_a_piece_without_notes_has_no_parts(font: Path, tmp_path: Path) -> None:
    midi = tmp_path / "in.mid"
    midi.write_bytes(midi_file(Heading("x", 60.0, Metre(4, 4), 0, False, (), 96), []))
    said = render_stems(str(midi), str(tmp_path), soundfont=str(font), cache_dir=str(tmp_path))
    assert said == {"n_samples": 0, "sections": [], "stems": []}


def test_markers_are_sections_in_seconds() -> None:
    assert sections_of(piece("melody")) == [[0.0, 4.0, "A"], [4.0, 8.0, "B"]]


def test_each_part_is_a_file_that_lasts_as_long_as_the_whole() -> None:
    whole = piece("melody", "bass")
    assert [summary(part).seconds for part in parts_of(whole)] == [summary(whole).seconds] * 2
