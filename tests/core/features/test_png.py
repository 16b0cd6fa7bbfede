"""Pictures without a library: another reader sees the same, every checksum right; even colours."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from songloom.core.features.png import N_COLOURS, from_oklab, indexed, ramp, to_oklab


@settings(max_examples=20, deadline=None)
@given(width=st.integers(1, 40), height=st.integers(1, 40), seed=st.integers(0, 99))
def test_whatever_the_size_each_cell_has_its_colour(width: int, height: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    cells = chance.integers(0, N_COLOURS, (height, width), dtype=np.uint8)
    colours = chance.integers(0, 256, (N_COLOURS, 3), dtype=np.uint8)
    picture = Image.open(io.BytesIO(indexed(cells, colours)))
    picture.verify()  # every checksum
    shown = np.asarray(Image.open(io.BytesIO(indexed(cells, colours))).convert("RGB"))
    assert np.array_equal(shown, colours[cells])


def test_colours_go_to_oklab_and_back() -> None:
    every = np.array([[r, g, b] for r in (0, 80, 255) for g in (0, 128, 255) for b in (0, 33, 255)])
    assert np.abs(from_oklab(to_oklab(every)).astype(int) - every).max() <= 1


@pytest.mark.parametrize(
    ("rgb", "lightness"), [((0, 0, 0), 0.0), ((255, 255, 255), 1.0), ((255, 0, 0), 0.628)]
)
def test_lightness_is_that_of_the_published_space(
    rgb: tuple[int, int, int], lightness: float
) -> None:
    """The values of Ottosson's own page."""
    assert to_oklab(np.array([rgb]))[0, 0] == pytest.approx(lightness, abs=2e-3)


def test_grey_has_no_hue() -> None:
    assert np.abs(to_oklab(np.array([[119, 119, 119]]))[0, 1:]).max() < 1e-3


def test_a_ramp_begins_and_ends_where_it_was_told_and_meets_the_stops_between() -> None:
    made = ramp(("#000000", "#808080", "#ffffff")).astype(int)
    assert made.shape == (N_COLOURS, 3)
    assert made[0].tolist() == [0, 0, 0]
    assert made[-1].tolist() == [255, 255, 255]
    assert np.abs(made - 128).sum(axis=1).min() <= 6
