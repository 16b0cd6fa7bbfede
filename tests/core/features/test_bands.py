"""Octaves and mel bands: nothing is lost between them."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.features.bands import (
    HIGHEST_MEL_HZ,
    LOWEST_MEL_HZ,
    N_MELS,
    OCTAVES_HZ,
    hz_to_mel,
    mel_matrix,
    octave_edges,
    octave_sums,
)
from songloom.core.features.spectrum import Grid


def test_each_octave_has_twice_the_bins_of_the_one_below() -> None:
    widths = np.diff(octave_edges(Grid(48_000).long_hz))[2:]
    assert widths[1:] / widths[:-1] == pytest.approx(2, rel=0.05)


def test_octaves_touch_and_do_not_overlap() -> None:
    hz = Grid(44_100).long_hz
    ones = np.ones(hz.size)
    sums = [s for s in octave_sums(ones, hz) if s is not None]
    inside = (hz >= OCTAVES_HZ[0] / 2**0.5) & (hz < OCTAVES_HZ[-1] * 2**0.5)
    assert sum(sums) == np.count_nonzero(inside)


def test_an_octave_above_half_the_rate_cannot_be_said() -> None:
    sums = octave_sums(np.ones(Grid(8_000).long_hz.size), Grid(8_000).long_hz)
    assert [centre for centre, s in zip(OCTAVES_HZ, sums, strict=True) if s is None] == [
        4_000.0,
        8_000.0,
        16_000.0,
    ]


@pytest.mark.parametrize("centre_hz", OCTAVES_HZ)
def test_the_centre_of_an_octave_lies_in_it_alone(centre_hz: float) -> None:
    hz = Grid(48_000).long_hz
    spike = np.zeros(hz.size)
    spike[np.abs(hz - centre_hz).argmin()] = 1.0
    sums = octave_sums(spike, hz)
    assert sums[OCTAVES_HZ.index(centre_hz)] == 1.0
    assert sum(s or 0.0 for s in sums) == 1.0


def test_mel_is_nearly_linear_below_and_logarithmic_above() -> None:
    assert hz_to_mel(np.array([1_000.0])) == pytest.approx(1_000, abs=1)  # by its definition
    low = np.diff(hz_to_mel(np.array([0.0, 100.0, 200.0])))
    assert low[0] == pytest.approx(low[1], rel=0.15)
    high = np.diff(hz_to_mel(np.array([5_000.0, 10_000.0, 20_000.0])))
    assert high[0] == pytest.approx(high[1], rel=0.1)


def test_neighbouring_triangles_add_up_to_one() -> None:
    hz = Grid(44_100).short_hz
    matrix = mel_matrix(hz.size, 44_100)
    assert matrix.shape == (hz.size, N_MELS)
    lowest, highest = hz_to_mel(np.array([LOWEST_MEL_HZ, HIGHEST_MEL_HZ]))
    edges, mel = np.linspace(lowest, highest, N_MELS + 2), hz_to_mel(hz.astype(np.float64))
    inner = (mel > edges[1]) & (mel < edges[-2])
    assert matrix[inner].sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_bands_above_half_the_rate_are_empty_but_there() -> None:
    matrix = mel_matrix(Grid(8_000).short_hz.size, 8_000)
    assert matrix.shape[1] == N_MELS
    assert matrix[:, -1].sum() == 0.0
    assert matrix[:, 0].sum() > 0.0
