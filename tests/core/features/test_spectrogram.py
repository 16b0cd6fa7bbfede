"""The picture: a tone lies in its row, a step in its column; the PNG is one for others, too."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from PIL import Image

from songloom.core.features import spectrogram
from songloom.core.features.octave_scale import marks
from songloom.core.features.png import indexed, ramp, to_oklab
from songloom.core.features.spectrogram import COLOURS, COLUMNS, ROWS, edges_hz
from tests.core.features.signals import Audio, noise, sine, stereo

RATE = 16_000


def written(folder: Path, sound: Audio, name: str = "sound.flac") -> str:
    path = folder / name
    soundfile.write(path, np.atleast_2d(sound).T, RATE)
    return str(path)


def cells(path: str, length_s: float, **part: float) -> NDArray[np.float64]:
    found, top_hz, _ = spectrogram.looked_at(path, length_s, **part)
    assert top_hz == RATE / 2
    assert found.shape == (ROWS, COLUMNS)
    return found


@pytest.mark.parametrize("tone_hz", [110.0, 1_000.0, 6_000.0])
def test_a_tone_is_strongest_in_the_row_that_holds_it(tmp_path: Path, tone_hz: float) -> None:
    sound = stereo(sine(tone_hz, 4, sample_rate=RATE, level=0.5))
    found = cells(written(tmp_path, sound), 4.0)
    row = int(found[:, COLUMNS // 2].argmax())
    edges = edges_hz(RATE / 2)
    bin_hz = RATE / spectrogram.size_for(RATE, 4 / COLUMNS)
    assert edges[row] - 2 * bin_hz <= tone_hz <= edges[row + 1] + 2 * bin_hz


def test_rows_add_up_to_the_power_of_the_sound(tmp_path: Path) -> None:
    """White noise: its mean square lies in the rows but for what is below 32 Hz."""
    sound = noise(6, sample_rate=RATE, level=0.25)
    found = cells(written(tmp_path, sound), 6.0)
    power = (10 ** (found[:, 100:-100] / 10)).sum(axis=0).mean()
    assert power == pytest.approx(float(np.mean(sound**2)), rel=0.05)


def test_what_begins_half_way_begins_in_the_middle(tmp_path: Path) -> None:
    tone = sine(1_000, 4, sample_rate=RATE)
    tone[: tone.size // 2] = 0
    loud = cells(written(tmp_path, tone), 4.0).max(axis=0) > -60
    assert abs(int(loud.argmax()) - COLUMNS // 2) <= 0.05 * COLUMNS  # a window of 64 ms
    assert loud[-COLUMNS // 3 :].all()


def test_a_part_of_a_file_is_drawn_alone(tmp_path: Path) -> None:
    tones = [sine(hz, 2, sample_rate=RATE) for hz in (300, 3_000, 600)]
    path = written(tmp_path, np.concatenate(tones))
    found = cells(path, 2.0, start_s=2.0, end_s=4.0)
    rows = np.searchsorted(edges_hz(RATE / 2), [300, 3_000, 600]) - 1
    low, middle, high = found[rows][:, 100:-100].mean(axis=1)
    assert middle > low + 30
    assert middle > high + 30


def test_a_long_file_is_looked_at_in_moments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spectrogram, "LONGEST_WHOLE_S", 1.0)
    monkeypatch.setattr(spectrogram, "MOMENTS", 24)
    tone = sine(1_000, 60, sample_rate=RATE)
    tone[: tone.size // 2] = 0
    found, _, seen_s = spectrogram.looked_at(written(tmp_path, tone), 60.0)
    loud = found.max(axis=0) > -60
    assert loud[COLUMNS // 2 + 60 :].all()
    assert not loud[: COLUMNS // 2 - 60].any()
    assert seen_s < 30


def test_moments_come_in_the_order_of_halves_and_quarters() -> None:
    found = spectrogram.evenly(600)
    assert sorted(found) == list(range(600))
    assert found[:4] == [0, 512, 256, 128]


def test_silence_is_paper(tmp_path: Path) -> None:
    found = spectrogram.shaded(cells(written(tmp_path, np.zeros((2, 2 * RATE), np.float32)), 2.0))
    assert not found.any()


def test_a_sound_of_a_few_samples_still_has_a_picture(tmp_path: Path) -> None:
    assert np.isfinite(cells(written(tmp_path, noise(0.05, sample_rate=RATE)), 0.05)).all()


def test_both_themes_are_written_and_others_can_read_them(tmp_path: Path) -> None:
    outs = {theme: str(tmp_path / f"{theme}.png") for theme in COLOURS}
    source = written(tmp_path, noise(1, sample_rate=RATE))
    assert spectrogram.draw(source, outs, 1.0)["top_hz"] == RATE / 2
    for theme, out in outs.items():
        with Image.open(out) as picture:
            assert picture.size == (COLUMNS, ROWS)
            grey = np.asarray(picture.convert("L"))
        assert grey.min() < 100 < grey.max(), theme


def test_a_png_has_the_colours_it_was_given() -> None:
    colours = np.array([[0, 0, 0], [255, 0, 0], [1, 2, 3]], np.uint8)
    made = indexed(np.array([[0, 1], [2, 1], [0, 0]], np.uint8), colours)
    picture = Image.open(io.BytesIO(made)).convert("RGB")
    assert np.array(picture).tolist() == [
        [[0, 0, 0], [255, 0, 0]],
        [[1, 2, 3], [255, 0, 0]],
        [[0, 0, 0], [0, 0, 0]],
    ]


@pytest.mark.parametrize("theme", COLOURS)
def test_colours_are_even_steps_that_only_get_darker_or_lighter(theme: str) -> None:
    """Read back from bytes: OKLab distance from step to step, and lightness all one way."""
    lab = to_oklab(ramp(COLOURS[theme]).astype(int))
    every = lab[::8]  # a step of one is within the rounding of a byte
    far = np.linalg.norm(np.diff(every, axis=0), axis=1)
    assert far.max() / far.min() < 1.35
    lightness = np.diff(every[:, 0])
    assert (lightness < 0).all() if theme == "light" else (lightness > 0).all()


def test_marks_stand_where_their_frequencies_are() -> None:
    found = dict(marks(20_000.0))
    assert found[20_000] == pytest.approx(1.0)
    assert found[100] - found[50] == pytest.approx(found[10_000] - found[5_000])
    assert [hz for hz, _ in marks(4_000.0)] == [50, 100, 200, 500, 1_000, 2_000]
