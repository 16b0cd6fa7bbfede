"""Plots of known numbers: shapes at their place, words beside them, nothing where none is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from defusedxml import ElementTree

from songloom.core.features.plots import DYES, PLOTS, plot
from songloom.core.features.shapes import FLOOR, WIDTH, octave_names

VALUES: dict[str, Any] = {
    "duration_s": 125.0,
    "octave_energy_db": [-60.0, -30.0, -20.0, -18.0, -24.0, -30.0, -36.0, -42.0, -50.0, None],
    "octave_contrast_db": [10.0] * 9 + [None],
    "chroma": [1.0, 0, 0, 0, 0.8, 0, 0, 0.9, 0, 0, 0, 0],
    "key": "C",
    "loudness_over_time": [-30.0, -20.0, None, -14.0, -14.0],
    "loudness_lufs": -16.0,
    "octave_phase_correlation": [1.0, 0.5, 0.0, -0.5, -1.0, None, 0.2, 0.2, 0.2, 0.2],
    "octave_width": [0.0, 0.1, 0.5, 2.0, None, 0.1, 0.1, 0.1, 0.1, 0.1],
    "correlation_over_time": [1.0, 0.5, None, -0.5],
    "beats_s": [0.5 * n for n in range(40)],
    "tempo_bpm": 120.0,
}


def numbers_in(body: str, pattern: str) -> list[float]:
    return [float(one) for one in re.findall(pattern, body)]


@pytest.mark.parametrize("kind", PLOTS)
@pytest.mark.parametrize("theme", DYES)
def test_each_is_a_whole_picture_in_both_themes(kind: str, theme: str) -> None:
    made = plot(kind, VALUES)
    assert made is not None
    root = ElementTree.fromstring(made.svg(theme))
    assert root.get("aria-label") == made.said
    assert "class=" not in made.svg(theme)
    assert DYES[theme][made.dye] in made.svg(theme)


@pytest.mark.parametrize("kind", PLOTS)
def test_what_could_not_be_said_is_not_drawn(kind: str) -> None:
    assert plot(kind, {}) is None
    assert plot(kind, dict.fromkeys(VALUES)) is None


@pytest.mark.parametrize("kind", PLOTS)
def test_nothing_leaves_the_frame(kind: str) -> None:
    made = plot(kind, VALUES)
    assert made is not None
    for x in numbers_in(made.body, r'[ML"](-?[\d.]+) '):
        assert 0 <= x <= WIDTH
    for y in numbers_in(made.body, r' y="(-?[\d.]+)"'):
        assert 0 <= y <= 78


def test_six_decibels_less_are_an_eighth_less_of_the_height() -> None:
    made = plot("frequency", VALUES)
    assert made is not None
    heights = numbers_in(made.body, r'height="([\d.]+)"')
    assert heights[3] == 52
    assert heights[3] - heights[4] == pytest.approx(52 / 8, abs=0.1)
    assert "250 Hz: −18 dB" in made.said
    assert made.said.startswith("250 Hz")


def test_the_tonic_and_the_three_strongest_are_named() -> None:
    made = plot("tonality", VALUES)
    assert made is not None
    assert re.findall(r">([A-G]♯?)<", made.body) == ["C", "E", "G"]
    assert made.body.count("column pale") == 9


def test_a_line_stops_where_there_is_silence_and_begins_anew() -> None:
    made = plot("loudness", VALUES)
    assert made is not None
    (line,) = re.findall(r'class="line" d="([^"]*)"', made.body)
    assert line.count("M") == 2
    assert ">2:05<" in made.body


def test_correlations_hang_below_and_stand_above_the_middle() -> None:
    made = plot("phase", VALUES)
    assert made is not None
    dots = numbers_in(made.body, r'cy="([\d.]+)"')
    assert dots[:5] == [6, 19, 32, 45, 58]
    assert len(dots) == 9


def test_a_steady_pulse_is_a_straight_line() -> None:
    made = plot("tempo", VALUES)
    assert made is not None
    (line,) = re.findall(r'class="line" d="([^"]*)"', made.body)
    assert len({one.split(" ")[1] for one in re.split("[ML]", line)[1:]}) == 1
    assert made.said == "120.0 – 120.0 BPM"


def test_a_bar_never_falls_below_the_floor() -> None:
    made = plot("frequency", VALUES | {"octave_energy_db": [-200.0, -10.0]})
    assert made is not None
    assert numbers_in(made.body, r'height="([\d.]+)"')[0] == 1
    assert f'y="{FLOOR - 1:.1f}"' in made.body


def test_octaves_are_named_by_their_middles() -> None:
    assert octave_names(10) == ["31", "63", "125", "250", "500", "1k", "2k", "4k", "8k", "16k"]
    assert octave_names(9)[0] == "63"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("loudness", "−16.0 LUFS"),
        ("tonality", "C, G, E"),
        ("correlation", "−0.50 – 1.00"),
        ("tempo", "120.0 – 120.0 BPM"),
    ],
)
def test_what_a_plot_shows_is_said_in_numbers(kind: str, said: str) -> None:
    made = plot(kind, VALUES)
    assert made is not None
    assert made.said == said


@pytest.mark.parametrize("beats", [[], [0.5], [0.5 * n for n in range(11)], [1.0] * 40])
def test_too_few_beats_and_beats_at_one_moment_have_no_line(beats: list[float]) -> None:
    made = plot("tempo", VALUES | {"beats_s": beats})
    assert made is None or "NaN" not in made.body.upper()


def test_a_width_beyond_one_keeps_its_guide_at_one() -> None:
    made = plot("width", VALUES)
    assert made is not None
    (guide,) = numbers_in(made.body, r'class="guide" d="M0 ([\d.]+)H')
    assert guide == pytest.approx(FLOOR - 52 / 2)  # the widest octave is at 2


def test_a_key_that_is_none_leaves_the_three_strongest() -> None:
    made = plot("tonality", VALUES | {"key": None})
    assert made is not None
    assert "strong" not in made.body


def test_loudness_is_a_line_within_its_scale_however_loud() -> None:
    levels = {"loudness_over_time": [-200.0, -100.0, 3.0], "loudness_lufs": 1.0}
    made = plot("loudness", VALUES | levels)
    assert made is not None
    (line,) = re.findall(r'class="line" d="([^"]*)"', made.body)
    heights = [float(one.split(" ")[1]) for one in re.split("[ML]", line)[1:]]
    assert heights == [FLOOR, FLOOR, pytest.approx(FLOOR - 44)]
