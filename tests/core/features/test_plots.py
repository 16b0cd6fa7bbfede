"""Pictures of features: well-formed, inside their frame, true to the numbers, readable aloud."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features import plots

SVG = "{http://www.w3.org/2000/svg}"
shares = st.lists(st.floats(0, 1), min_size=12, max_size=12)
levels = st.lists(st.none() | st.floats(-120, 0), min_size=10, max_size=10)
correlations = st.lists(st.none() | st.floats(-1, 1), min_size=10, max_size=10)


def parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


def numbers(shape: ElementTree.Element, *names: str) -> list[float]:
    return [float(shape.attrib[name]) for name in names]


def assert_inside(picture: str) -> None:
    root = parsed(picture)
    width, height = numbers(root, "width", "height")
    for bar in root.iter("rect"):
        x, y, w, h = numbers(bar, "x", "y", "width", "height")
        assert x >= -0.1
        assert x + w <= width + 0.1
        assert y >= -0.1
        assert y + h <= height + 0.1
    for dot in root.iter("circle"):
        x, y, r = numbers(dot, "cx", "cy", "r")
        assert r <= x <= width - r
        assert r - 0.1 <= y <= height - r


@given(shares, levels, correlations, st.lists(st.floats(0, 1), max_size=900))
def test_everything_stays_inside_its_frame(
    chroma: list[float],
    energies: list[float | None],
    phases: list[float | None],
    peaks: list[float],
) -> None:
    assert_inside(plots.chroma(chroma, "chroma"))
    assert_inside(plots.octave_energy(energies, "energy"))
    assert_inside(plots.octave_phase(phases, "phase"))
    assert_inside(plots.waveform(peaks, "wave"))
    assert_inside(plots.curve(peaks, "loudness"))


@pytest.mark.parametrize(
    "picture",
    [
        plots.chroma([0.1] * 12, "t"),
        plots.octave_energy([-20.0] * 10, "t"),
        plots.octave_phase([0.5] * 10, "t"),
        plots.curve([1.0, 2.0], "t"),
    ],
    ids=["chroma", "energy", "phase", "curve"],
)
def test_a_plot_is_200_by_78_and_carries_no_style(picture: str) -> None:
    root = parsed(picture)
    assert numbers(root, "width", "height") == [200, 78]
    assert "style" not in picture
    assert "fill=" not in picture
    assert "stroke=" not in picture
    assert root.attrib["role"] == "img"


def test_words_stand_in_title_and_label_and_cannot_break_out() -> None:
    picture = plots.chroma([1.0] * 12, '<b>"D" & E</b>')
    root = parsed(picture)
    assert root.attrib["aria-label"] == root.findtext("title") == '<b>"D" & E</b>'
    assert "<b>" not in picture


def test_the_highest_share_fills_the_frame_and_half_of_it_half() -> None:
    root = parsed(plots.chroma([0.2, 0.1, *[0.0] * 10], "t", strong=[0]))
    heights = [float(bar.attrib["height"]) for bar in root.iter("rect")]
    assert heights[:3] == [64, 32, 1]  # what is nothing stays visible as a thread
    assert [bar.attrib["class"] for bar in root.iter("rect")][:2] == ["bar strong", "bar"]
    assert [text.text for text in root.iter("text")] == list(plots.NOTE_NAMES)


def test_energy_bars_stand_sixty_decibels_tall() -> None:
    root = parsed(plots.octave_energy([-10.0, -40.0, -70.0, -120.0, *[None] * 6], "t"))
    heights = [float(bar.attrib["height"]) for bar in root.iter("rect")]
    assert heights == [64, 32, 1, 1]
    assert [text.text for text in root.iter("text")] == ["31", "125", "500", "2k", "8k"]


def test_pins_point_up_for_mono_and_down_for_opposite() -> None:
    root = parsed(plots.octave_phase([1.0, 0.0, -1.0, None], "t"))
    up, level, down = (float(dot.attrib["cy"]) for dot in root.iter("circle"))
    assert up < level < down
    assert level - up == pytest.approx(down - level)
    assert len(list(root.iter("circle"))) == 3


def test_a_waveform_keeps_every_peak_and_is_a_mirror() -> None:
    peaks = [0.1] * 800
    peaks[401] = 1.0
    root = parsed(plots.waveform(peaks, "t"))
    bars = list(root.iter("rect"))
    assert len(bars) == plots.WAVE_BARS
    tallest = max(bars, key=lambda bar: float(bar.attrib["height"]))
    assert float(tallest.attrib["height"]) == pytest.approx(plots.WAVE_HEIGHT - 2)
    for bar in bars:
        y, height = numbers(bar, "y", "height")
        assert y + height / 2 == pytest.approx(plots.WAVE_HEIGHT / 2, abs=0.1)


def test_no_peaks_are_a_flat_thread() -> None:
    root = parsed(plots.waveform([], "no sound"))
    assert not list(root.iter("rect"))
    assert root.find("line") is not None


def test_a_curve_rises_with_its_values() -> None:
    root = parsed(plots.curve([0.0, 5.0, 10.0], "t", family="tempo"))
    line = root.find("polyline")
    assert line is not None
    heights = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
    assert heights == sorted(heights, reverse=True)
    assert "plot-tempo" in root.attrib["class"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=300), st.integers(1, 300))
def test_parts_cover_every_value_once(values: list[float], n_parts: int) -> None:
    parts = plots._parts(values, min(n_parts, len(values)))
    assert [value for part in parts for value in part] == values
    assert all(parts)
