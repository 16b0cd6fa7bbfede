"""Woven covers: the same music, the same cloth; other music, another."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from songloom.core.score.cover import (
    FIFTHS,
    MOST,
    draft,
    levels,
    palette,
    sett,
    thread_count,
    woven,
)

PLAIN: dict[str, Any] = {
    "key": "C",
    "mode": "major",
    "tempo_bpm": 100.0,
    "metre": "4/4",
    "seed": "x",
}
FEATURES = st.fixed_dictionaries(
    {},
    optional={
        "key": st.sampled_from(FIFTHS) | st.none(),
        "mode": st.sampled_from(["major", "minor"]) | st.none(),
        "tempo_bpm": st.floats(20, 300) | st.none(),
        "centroid_hz": st.floats(50, 12_000) | st.none(),
        "metre": st.sampled_from(["3/4", "4/4", "6/8", "5/4"]) | st.none(),
        "chroma": st.lists(st.floats(0, 1), min_size=12, max_size=12) | st.none(),
        "energy": st.lists(st.floats(0, 1), max_size=200) | st.none(),
        "seed": st.text(max_size=10),
    },
)


def pixels(features: dict[str, Any], size: int = 96) -> NDArray[np.int16]:
    with Image.open(io.BytesIO(woven(features, size))) as picture:
        assert picture.format == "PNG"
        assert picture.size == (size, size)
        return np.asarray(picture.convert("RGB"), np.int16)


@given(FEATURES, st.integers(16, 200))
@settings(max_examples=60, deadline=None)
def test_whatever_is_known_of_a_song_it_has_a_cover(features: dict[str, Any], size: int) -> None:
    picture = pixels(features, size)
    assert picture.std() > 1  # threads can be told apart
    assert woven(features, size) == woven(features, size)


def test_another_process_weaves_the_same_cloth() -> None:
    script = (
        "import sys; from songloom.core.score.cover import woven;"
        f"sys.stdout.buffer.write(woven({PLAIN!r}, 64))"
    )
    assert subprocess.check_output([sys.executable, "-c", script]) == woven(PLAIN, 64)


@pytest.mark.parametrize(
    "other",
    [
        {"key": "F#"},
        {"mode": "minor"},
        {"tempo_bpm": 160.0},
        {"metre": "3/4"},
        {"centroid_hz": 4_000.0},
        {"energy": [0.1, 0.9, 0.2]},
        {"seed": "y"},
    ],
)
def test_each_feature_is_seen(other: dict[str, Any]) -> None:
    assert np.abs(pixels(PLAIN) - pixels(PLAIN | other)).mean() > 1


def test_bright_music_has_a_lighter_cloth() -> None:
    dull, bright = (pixels(PLAIN | {"centroid_hz": hz}).mean() for hz in (400.0, 4_500.0))
    assert bright > dull + 10


def test_fast_music_has_more_and_finer_threads() -> None:
    counts = [thread_count(bpm) for bpm in (40.0, 80.0, 120.0, 160.0, 240.0)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] == MOST
    assert all(count % 2 == 0 for count in counts)
    assert thread_count(None) in range(counts[0], counts[-1])


@pytest.mark.parametrize("metre", ["3/4", "4/4", "6/8", None])
def test_every_thread_goes_over_and_under(metre: str | None) -> None:
    """A thread that is only ever on top would fall out of the cloth."""
    over = draft({"metre": metre}, 32)
    for line in (*over, *over.T):
        assert 0 < line.sum() < 32


def test_a_waltz_has_diamonds_and_a_march_twill() -> None:
    diamond, twill = draft({"metre": "3/4"}, 32), draft({"metre": "4/4"}, 32)
    assert np.array_equal(diamond, diamond.T)
    assert np.array_equal(twill[1:, :-1], twill[:-1, 1:])  # diagonal lines
    assert not np.array_equal(diamond[1:, :-1], diamond[:-1, 1:])


def test_neighbours_on_the_circle_of_fifths_have_neighbouring_dyes() -> None:
    def dye(key: str) -> NDArray[np.float32]:
        return palette({"key": key, "mode": "major"}, b"x" * 32)[0]

    steps = [
        np.abs(dye(a) - dye(b)).sum() for a, b in zip(FIFTHS, FIFTHS[1:] + FIFTHS[:1], strict=True)
    ]
    opposite = [np.abs(dye(FIFTHS[i]) - dye(FIFTHS[(i + 6) % 12])).sum() for i in range(12)]
    assert np.mean(steps) < np.mean(opposite)


@given(st.binary(min_size=32, max_size=32), st.integers(11, 22))
def test_the_order_of_warp_threads_is_mirrored(digest: bytes, half: int) -> None:
    order = sett(digest, 2 * half)
    assert len(order) == 2 * half
    assert order == order[::-1]
    assert set(order) <= {0, 1, 2, 3}


@given(st.lists(st.floats(0, 1), min_size=2, max_size=300), st.integers(10, 44))
def test_energy_becomes_stripes_between_nothing_and_all(energy: list[float], n: int) -> None:
    found = levels(energy, b"x" * 32, n)
    assert len(found) == n
    assert found.min() >= 0
    assert found.max() <= 1 + 1e-6


def test_a_rise_in_energy_is_a_rise_in_the_stripes() -> None:
    found = levels([0.0, 0.5, 1.0], b"x" * 32, 30)
    assert (np.diff(found) >= 0).all()
    assert found[0] == 0
    assert found[-1] == 1


def test_the_png_is_whole_by_its_own_checksums() -> None:
    import zlib

    content, at = woven(PLAIN, 40), 8
    names = []
    while at < len(content):
        size, name = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + size]
        (check,) = struct.unpack(">I", content[at + 8 + size : at + 12 + size])
        assert check == zlib.crc32(name + body)
        names.append(name)
        at += 12 + size
    assert names == [b"IHDR", b"IDAT", b"IEND"]
