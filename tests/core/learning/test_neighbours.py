"""Distances: none to oneself, the same both ways, and no single odd measure decides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from songloom.core.learning.neighbours import (
    FARTHEST_DEVIATIONS,
    column_weights,
    distances,
    nearest,
    standardised,
)
from songloom.core.learning.vectors import FAMILIES, N_COLUMNS, Floats

tables = arrays(
    np.float32,
    st.tuples(st.integers(2, 12), st.just(N_COLUMNS)),
    elements=st.floats(-50, 50, width=32) | st.just(np.float32("nan")),
)


def random_table(n: int, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).normal(5, 3, (n, N_COLUMNS)).astype(np.float32)


def test_every_column_is_brought_to_mean_zero_and_deviation_one() -> None:
    table = standardised(random_table(200))
    assert table.mean(axis=0) == pytest.approx(0, abs=0.02)
    assert table.std(axis=0) == pytest.approx(1, abs=0.02)  # a few are cut at the edge


def test_what_is_missing_stands_in_the_middle() -> None:
    raw = random_table(50)
    raw[3, 7] = np.nan
    assert standardised(raw)[3, 7] == 0


def test_a_column_that_never_changes_says_nothing() -> None:
    raw = random_table(20)
    raw[:, 4] = 123.456
    assert (standardised(raw)[:, 4] == 0).all()


def test_one_outlier_is_cut() -> None:
    raw = random_table(100)
    raw[0, 0] = 1e6
    assert standardised(raw)[0, 0] == FARTHEST_DEVIATIONS


@given(tables)
def test_a_standardised_table_is_finite_and_bounded(raw: Floats) -> None:
    table = standardised(raw)
    assert np.isfinite(table).all()
    assert np.abs(table).max() <= FARTHEST_DEVIATIONS


@given(tables)
def test_the_distance_to_oneself_is_none_and_the_way_back_is_as_long(raw: Floats) -> None:
    table = standardised(raw)
    there, back = distances(table, 0), distances(table, 1)
    assert there[0] == 0
    assert there[1] == pytest.approx(back[0], rel=1e-4, abs=1e-5)
    assert (there >= 0).all()


@given(tables)
def test_no_detour_is_shorter(raw: Floats) -> None:
    table = standardised(raw)
    straight, onward = distances(table, 0), distances(table, 1)
    assert (straight <= straight[1] + onward + 1e-3).all()


def test_a_family_counts_as_one_however_many_columns_it_has() -> None:
    weights = column_weights()
    start = 0
    for family in FAMILIES:
        share = weights[start : start + family.n_columns].sum()
        assert 0.5 - 1e-6 <= share <= 3.0 + 1e-6
        start += family.n_columns
    assert start == len(weights)


def test_a_near_copy_is_the_nearest_and_oneself_is_left_out() -> None:
    raw = random_table(60)
    raw[17] = raw[42] + 0.05
    order, found = nearest(standardised(raw), 42)
    assert order[0] == 17
    assert 42 not in order
    assert len(order) == 59
    assert (np.diff(found) >= 0).all()


def test_equals_keep_their_order() -> None:
    raw = np.repeat(random_table(2), [1, 5], axis=0)
    order, _ = nearest(standardised(raw), 0)
    assert order.tolist() == [1, 2, 3, 4, 5]


def test_a_track_alone_has_no_neighbours() -> None:
    order, found = nearest(standardised(random_table(1)), 0)
    assert len(order) == len(found) == 0
