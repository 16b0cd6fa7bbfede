"""The circle closes: what was asked in words is measured in the sound by the library's own ears."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from songloom.core.features import analyse_file
from songloom.core.score.render import render
from tests.core.score.pieces import score_of
from tests.core.score.test_soundfont import SF3

PIECES = (
    ("piano in C major, 4/4, 100 bpm, 20 s", "C", "major", 100),
    ("violin and piano, D minor, 3/4, 120 bpm, 20 s", "D", "minor", 120),
    ("rock in E minor with drums, 4/4, 130 bpm, 20 s", "E", "minor", 130),
    ("pop in A major with drums, 110 bpm, 20 s", "A", "major", 110),
    ("slow piano in F minor, 70 bpm, 20 s", "F", "minor", 70),
)


@pytest.fixture(scope="module")
def listen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("heard")

    @cache
    def hear(prompt: str) -> dict[str, Any]:
        source, out = folder / "in.mid", folder / "out.flac"
        source.write_bytes(score_of(prompt, 3).midi_bytes())
        render(str(source), str(out), soundfont=str(SF3), cache_dir=str(folder / "cache"))
        return dict(analyse_file(str(out)).features)

    return hear


@pytest.mark.parametrize(("prompt", "key", "mode", "bpm"), PIECES)
def test_the_key_that_was_asked_for_is_heard_in_the_sound(
    prompt: str, key: str, mode: str, bpm: int, listen: Any
) -> None:
    found = listen(prompt)
    assert (found["key"], found["mode"]) == (key, mode)


@pytest.mark.parametrize(("prompt", "key", "mode", "bpm"), PIECES)
def test_the_tempo_that_was_asked_for_is_heard_but_for_its_octave(
    prompt: str, key: str, mode: str, bpm: int, listen: Any
) -> None:
    """Whether 70 or 140 is "the" tempo is a matter of taste; that it is no 75 is not."""
    tempo = listen(prompt)["tempo_bpm"]
    assert min(abs(tempo * factor / bpm - 1) for factor in (0.5, 1.0, 2.0)) < 0.02


@pytest.mark.parametrize(("prompt", "key", "mode", "bpm"), PIECES)
def test_every_piece_is_as_loud_as_the_others_and_does_not_clip(
    prompt: str, key: str, mode: str, bpm: int, listen: Any
) -> None:
    found = listen(prompt)
    assert found["loudness_lufs"] == pytest.approx(-16.0, abs=0.5)
    assert found["true_peak_dbtp"] <= -0.99
    assert found["stereo_correlation"] > 0.2
    assert found["duration_s"] == pytest.approx(20, rel=0.05)
