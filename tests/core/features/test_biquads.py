"""The filter of the loudness meter: as scipy's public one, block by block, without its price."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from songloom.core.features import biquads
from songloom.core.features.biquads import sosfilt

SECTIONS = np.vstack(
    [signal.butter(2, 0.1, output="sos"), signal.butter(2, 0.3, "high", output="sos")]
)


@pytest.fixture(params=["alone", "public"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "public":
        monkeypatch.setattr(biquads, "compiled", lambda: None)
    return str(request.param)


def test_it_filters_as_scipy_does(either_way: str) -> None:
    block = np.random.default_rng(1).standard_normal((2, 5_000))
    state = np.random.default_rng(2).standard_normal((2, 2, 2))
    filtered, after = sosfilt(SECTIONS, block, state)
    expected, expected_after = signal.sosfilt(SECTIONS, block, zi=state)
    assert np.array_equal(filtered, expected), either_way
    assert np.array_equal(after, expected_after)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 1_000), max_size=4), st.integers(1, 3))
def test_block_boundaries_are_not_heard(cuts: list[int], n_channels: int) -> None:
    whole = np.random.default_rng(3).standard_normal((n_channels, 1_000))
    state = np.zeros((2, n_channels, 2))
    expected, _ = sosfilt(SECTIONS, whole, state)
    pieces = []
    edges = [0, *sorted(cuts), 1_000]
    for start, stop in pairwise(edges):
        piece, state = sosfilt(SECTIONS, whole[:, start:stop], state)
        pieces.append(piece)
    assert np.array_equal(np.concatenate(pieces, axis=1), expected)


def test_arguments_stay_as_they_were(either_way: str) -> None:
    block, state = np.ones((2, 100)), np.zeros((2, 2, 2))
    sosfilt(SECTIONS, block, state)
    assert (block == 1).all(), either_way
    assert (state == 0).all()


def test_scipy_signal_is_not_imported_with_the_scipy_that_is_locked() -> None:
    script = (
        "import sys, numpy as np; from songloom.core.features.loudness import Meter;"
        "meter = Meter(44_100, 2); meter.add(np.ones((2, 44_100), np.float32));"
        "meter.integrated_lufs(); print('scipy.signal' in sys.modules)"
    )
    said = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert said.strip() == "False"
