"""The upright edge of a spectrogram: equal steps for equal octaves, no mark beyond the edge."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.octave_scale import HIGHEST_HZ, LOWEST_HZ, MARKS_HZ, marks, top_of
from songloom.core.features.spectrogram import ROWS, edges_hz


@pytest.mark.parametrize(
    ("sample_rate", "top_hz"),
    [(8_000, 4_000), (22_050, 11_025), (44_100, HIGHEST_HZ), (192_000, HIGHEST_HZ)],
)
def test_the_top_is_what_the_sample_rate_can_hold(sample_rate: int, top_hz: float) -> None:
    assert top_of(sample_rate) == top_hz


@given(st.floats(100, HIGHEST_HZ))
def test_marks_rise_and_stay_within_the_picture(top_hz: float) -> None:
    found = marks(top_hz)
    assert [hz for hz, _ in found] == [hz for hz in MARKS_HZ if hz <= top_hz]
    places = [place for _, place in found]
    assert all(0 <= place <= 1 for place in places)
    assert all(low < high for low, high in pairwise(places))


@given(st.floats(100, HIGHEST_HZ))
def test_a_mark_stands_at_the_row_of_its_frequency(top_hz: float) -> None:
    edges = edges_hz(top_hz)
    assert edges[0] == pytest.approx(LOWEST_HZ)
    assert edges[-1] == pytest.approx(top_hz)
    for hz, place in marks(top_hz):
        row = min(ROWS - 1, int(place * ROWS + 1e-9))
        assert edges[row] * (1 - 1e-9) <= hz <= edges[row + 1] * (1 + 1e-9)
