"""Tracks that sound alike: distances between standardised features, with numpy alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from songloom.core.learning.vectors import FAMILIES, Floats

WEIGHTS = {"tempo": 2.0, "timbre": 3.0, "brightness": 1.5, "balance": 1.5, "phase": 0.5}
FARTHEST_DEVIATIONS = 4.0  # one odd measure must not decide alone
TINY = 1e-6


def column_weights() -> Floats:
    """(N_COLUMNS,) float32: the columns of a family share its weight."""
    return np.asarray(
        [
            WEIGHTS.get(family.name, 1.0) / family.n_columns
            for family in FAMILIES
            for _ in range(family.n_columns)
        ],
        dtype=np.float32,
    )


def standardised(matrix: Floats) -> Floats:
    """Every column about 0 with deviation 1; NaN becomes 0, the middle.

    matrix   (tracks, features) float32, NaN where nothing can be said
    returns  the same shape, within ± FARTHEST_DEVIATIONS
    """
    known = ~np.isnan(matrix)
    filled = np.where(known, matrix, 0.0).astype(np.float64)
    n = np.maximum(known.sum(axis=0), 1)
    mean = filled.sum(axis=0) / n
    variance = (np.where(known, matrix - mean, 0.0) ** 2).sum(axis=0) / n
    scaled = np.where(known, (matrix - mean) / np.sqrt(np.maximum(variance, TINY**2)), 0.0)
    constant = variance < TINY**2
    scaled[:, constant] = 0.0
    return np.clip(scaled, -FARTHEST_DEVIATIONS, FARTHEST_DEVIATIONS).astype(np.float32)


def distances(table: Floats, row: int) -> Floats:
    """From one track to all: (tracks,) float32, 0 for an identical one.

    table  (tracks, features) float32 as `standardised` gives it
    """
    return _from_point(table, table[row])


def along(table: Floats, first: int, last: int, n: int) -> Iterator[NDArray[np.intp]]:
    """All tracks, nearest first, for each of `n` points at even steps on the line between two.

    table  (tracks, features) float32 as `standardised` gives it
    yields (tracks,) rows of the table
    """
    for i in range(1, n + 1):
        share = np.float32(i / (n + 1))
        point = (1 - share) * table[first] + share * table[last]
        yield np.argsort(_from_point(table, point), kind="stable")


def _from_point(table: Floats, point: Floats) -> Floats:
    gaps = table - point
    found: Floats = np.sqrt((gaps * gaps) @ column_weights())
    return found


def nearest(table: Floats, row: int) -> tuple[NDArray[np.intp], Floats]:
    """All other tracks, nearest first, and their distances. Equals keep their order."""
    found = distances(table, row)
    order = np.argsort(found, kind="stable")
    order = order[order != row]
    return order, found[order]
