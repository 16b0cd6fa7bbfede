"""What plots are made of: places that are known, words that read well, nothing beyond the frame."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features import shapes
from songloom.core.features.shapes import FLOOR, SPAN_DB, TALLEST, WIDTH

LEVELS = st.lists(st.one_of(st.none(), st.floats(-120, 20)), min_size=1, max_size=10)


def heights(body: str) -> list[float]:
    return [float(one) for one in re.findall(r'height="([\d.]+)"', body)]


def tops(body: str) -> list[float]:
    return [float(one) for one in re.findall(r'<rect[^>]* y="([\d.]+)"', body)]


@pytest.mark.parametrize(
    ("share", "height"), [(0.0, 1.0), (0.5, TALLEST / 2), (1.0, TALLEST), (7.0, TALLEST), (-1.0, 1)]
)
def test_a_bar_is_as_high_as_its_share_and_never_nothing(share: float, height: float) -> None:
    drawn = shapes.column(10, 5, share)
    assert heights(drawn) == [pytest.approx(height)]
    assert tops(drawn) == [pytest.approx(FLOOR - height)]


def test_a_pale_bar_says_so() -> None:
    assert 'class="column pale"' in shapes.column(0, 5, 0.5, "pale")
    assert 'class="column"' in shapes.column(0, 5, 0.5)


@given(LEVELS)
def test_bars_stand_on_the_floor_whatever_the_levels(levels: list[float | None]) -> None:
    drawn = shapes.bars_below_the_loudest(levels, "dB")
    if all(level is None for level in levels):
        assert drawn is None
        return
    assert drawn is not None
    body, _said = drawn
    assert len(heights(body)) == len(levels)
    assert max(heights(body)) == pytest.approx(TALLEST)
    for top, height in zip(tops(body), heights(body), strict=True):
        assert top + height == pytest.approx(FLOOR, abs=0.11)


def test_what_lies_a_whole_span_below_the_loudest_is_a_line_on_the_floor() -> None:
    drawn = shapes.bars_below_the_loudest([-10.0, -10.0 - SPAN_DB, None], "dB")
    assert drawn is not None
    assert heights(drawn[0]) == [TALLEST, 1, 1]
    assert drawn[1] == "63 Hz; 63 Hz: −10 dB, 125 Hz: −58 dB"


@given(st.lists(st.one_of(st.none(), st.floats(-1, 1)), min_size=1, max_size=10))
def test_dots_stay_between_plus_and_minus_one(values: list[float | None]) -> None:
    drawn = shapes.lollipops(values)
    known = [value for value in values if value is not None]
    if not known:
        assert drawn is None
        return
    assert drawn is not None
    places = [float(one) for one in re.findall(r'cy="([\d.]+)"', drawn[0])]
    assert len(places) == len(known)
    for place, value in zip(places, known, strict=True):
        assert place == pytest.approx(32 - 26 * value, abs=0.06)


def test_a_line_goes_from_edge_to_edge() -> None:
    assert (
        shapes.line([1.0, 2.0, 3.0]) == f'<path class="line" d="M0.0 1.0L100.0 2.0L{WIDTH}.0 3.0"/>'
    )
    assert 'L50.0 2.0"' in shapes.line([1.0, 2.0], width=50)


def test_a_line_has_as_many_pieces_as_there_are_stretches_with_values() -> None:
    drawn = shapes.line([None, 1.0, 2.0, None, None, 3.0, None])
    assert drawn.count("M") == 2
    assert drawn.count("L") == 1
    assert shapes.line([None, None]) == '<path class="line" d=""/>'


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [(-16.24, 1, "−16.2"), (0.0, 0, "0"), (1.005, 2, "1.00"), (12345.6, 0, "12346")],
)
def test_a_number_has_a_true_minus(value: float, places: int, said: str) -> None:
    assert shapes.number(value, places) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0:00"),
        (59.4, "0:59"),
        (59.6, "1:00"),
        (246, "4:06"),
        (3600, "1:00:00"),
        (3725, "1:02:05"),
    ],
)
def test_a_clock_reads_as_on_the_pages(seconds: float, said: str) -> None:
    assert shapes.clock(seconds) == said


def test_only_finite_numbers_are_known() -> None:
    assert shapes.known_in([1.0, None, float("nan"), float("inf"), -2.0]) == [1.0, -2.0]
    assert shapes.known_in(None) == []


def test_every_second_name_is_written_below() -> None:
    assert shapes.every_other(["31", "63", "125", "250"]) == [(0, "31"), (2, "125")]
    body = shapes.per_octave([0.0] * 10, lambda _: 0.5)
    assert re.findall(r">(\w+)<", body) == ["31", "125", "500", "2k", "8k"]


def test_what_is_spelt_leaves_out_what_is_not_known() -> None:
    assert shapes.spelt([None] * 9 + [0.25], "", 2) == "16k Hz: 0.25"
    assert shapes.spelt([], "dB") == ""
