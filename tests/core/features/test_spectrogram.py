"""The picture: a tone lies in its row, a step in its column; the PNG is one for others, too."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from songloom.core.features import spectrogram
from songloom.core.features.octave_scale import marks
from songloom.core.features.png import indexed, ramp, to_oklab
from songloom.core.features.spectrogram import COLOURS, COLUMNS, ROWS, edges_hz
from songloom.errors import SongloomError
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


def test_six_decibels_more_are_six_decibels_more_in_every_cell(tmp_path: Path) -> None:
    soft = noise(2, sample_rate=RATE, level=0.05)
    one = cells(written(tmp_path, soft, "soft.wav"), 2.0)
    other = cells(written(tmp_path, soft * 2, "loud.wav"), 2.0)
    sounding = one > -75  # what 16 bits hold well
    assert (other - one)[sounding] == pytest.approx(20 * np.log10(2), abs=0.3)


def test_both_sides_alike_draw_what_one_side_draws(tmp_path: Path) -> None:
    one = noise(1, sample_rate=RATE, level=0.2)
    alone = cells(written(tmp_path, one, "mono.wav"), 1.0)
    both = cells(written(tmp_path, stereo(one), "stereo.wav"), 1.0)
    assert both == pytest.approx(alone, abs=1e-3)


@pytest.mark.parametrize(
    ("rate", "column_s", "size"),
    [
        (44_100, 0.2, 8_192),
        (44_100, 0.001, 1_024),
        (44_100, 9.0, 8_192),
        (96_000, 9.0, 16_384),
        (8_000, 9.0, 2_048),
        (44_100, 0.05, 4_096),
    ],
)
def test_a_window_is_about_two_columns_within_limits(rate: int, column_s: float, size: int) -> None:
    assert spectrogram.size_for(rate, column_s) == size


@given(n=st.integers(1, 400), each=st.integers(1, 9), cuts=st.integers(1, 7))
def test_columns_are_means_of_frames_wherever_batches_end(n: int, each: int, cuts: int) -> None:
    frames = np.arange(n, dtype=np.float32)[:, np.newaxis] * np.ones(ROWS, np.float32)
    batches = iter(np.array_split(frames, cuts))
    found = np.array(list(spectrogram._grouped(batches, each)))
    expected = [np.arange(n)[i : i + each].mean() for i in range(0, n, each)]
    assert found[:, 0] == pytest.approx(expected, rel=1e-5)


@settings(max_examples=8, deadline=None)
@given(n=st.integers(1, 5_000))
def test_any_number_of_columns_becomes_the_width_and_keeps_its_mean(n: int) -> None:
    columns = np.random.default_rng(n).random((n, 1)).astype(np.float32)
    wide = np.repeat(columns, ROWS, axis=1)[:, :ROWS]
    found = spectrogram._spread(wide)
    assert found.shape == (COLUMNS, ROWS)
    assert found[:, 0].mean() == pytest.approx(float(columns.mean()), rel=1e-3)
    assert found.min() >= 0


def test_nothing_at_all_is_paper_too() -> None:
    assert spectrogram._spread(np.zeros((0, ROWS), np.float32)).shape == (COLUMNS, ROWS)


def test_a_file_that_ends_before_it_is_said_to_is_drawn_as_far_as_it_goes(tmp_path: Path) -> None:
    """Said to last five times as long: what is there fills the picture."""
    found = cells(written(tmp_path, noise(2, sample_rate=RATE, level=0.2)), 10.0)
    assert (found.max(axis=0) > -80).all()


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.flac"
    path.write_text("<!doctype html><title>nothing</title>")
    with pytest.raises(SongloomError):
        spectrogram.draw(str(path), {"light": str(tmp_path / "x.png")}, 3.0)
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("loud_db", [-6.0, -40.0])
def test_the_strongest_colour_is_the_loudest_whatever_the_level(loud_db: float) -> None:
    cells_db = np.full((ROWS, COLUMNS), loud_db - 200)
    cells_db[10] = loud_db
    cells_db[20] = loud_db - spectrogram.DEPTH_DB / 2
    shaded = spectrogram.shaded(cells_db)
    assert set(shaded[ROWS - 1 - 10]) == {255}
    assert set(shaded[ROWS - 1 - 20]) == {128}
    assert set(shaded[0]) == {0}
