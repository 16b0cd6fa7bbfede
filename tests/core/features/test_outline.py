"""The outline in bytes: back within its promise, and cut where one looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.outline import between, packed, unpacked

PEAKS = st.lists(st.floats(0, 1), max_size=300)


@given(PEAKS)
def test_a_peak_comes_back_within_half_a_step_of_its_root(peaks: list[float]) -> None:
    back = unpacked(packed(peaks))
    assert len(back) == len(peaks)
    for was, now in zip(peaks, back, strict=True):
        assert abs(now**0.5 - was**0.5) <= 0.5 / 255 + 1e-3


@given(PEAKS)
def test_packing_again_changes_nothing(peaks: list[float]) -> None:
    once = packed(peaks)
    assert packed(unpacked(once)) == once


@given(st.integers(1, 500), st.floats(0.1, 1e4), st.floats(0, 1), st.floats(0, 1))
def test_a_stretch_holds_every_peak_that_it_touches(
    n: int, length_s: float, one: float, other: float
) -> None:
    from_s, to_s = sorted((one * length_s, other * length_s))
    found, at_s = between(bytes(n), length_s, from_s, to_s)
    each_s, rounding_s = length_s / n, 1e-6 * length_s
    assert at_s <= from_s + rounding_s
    assert at_s + len(found) * each_s >= to_s - rounding_s
    assert len(found) * each_s <= to_s - from_s + 2 * each_s + rounding_s


def test_the_whole_is_the_whole_and_beyond_the_end_is_nothing() -> None:
    assert between(b"abcd", 4.0, 0.0, 4.0) == (b"abcd", 0.0)
    assert between(b"abcd", 4.0, 1.5, 2.5) == (b"bc", 1.0)
    assert between(b"abcd", 4.0, 9.0, 12.0)[0] == b""
    assert between(b"", 0.0, 1.0, 2.0) == (b"", 1.0)


@pytest.mark.parametrize("peak", [-0.5, 1.5])
def test_what_lies_beyond_full_scale_is_cut(peak: float) -> None:
    assert unpacked(packed([peak])) == [min(1.0, max(0.0, peak))]
