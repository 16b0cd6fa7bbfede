"""The compiled loops say what numpy says, and without numba nothing is missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from math import isclose
from typing import Any

import numpy as np
import pytest

from songloom.core.features import quick
from songloom.core.features.analysis import Analysis, measured, worth_it
from songloom.core.features.heard import hear
from songloom.core.features.loudness import Loudness
from songloom.core.features.registry import FEATURES
from songloom.core.features.true_peak import TruePeak
from tests.core.features.signals import Audio, drums, noise, sine, song, stereo

WITHIN = 1e-3  # of the value; where that is near 0, of what the feature calls large
LARGE = {"tuning_cents": 50.0, "key_confidence": 1.0, "dc_offset": 0.01}

if not os.environ.get("CI"):  # there it belongs to what is installed
    pytest.importorskip("numba")


def music() -> Audio:
    tune = song(4, n_bars=3, tempo_bpm=100)
    beat = np.resize(drums(100, tune.size / 22_050), tune.size)
    return np.stack([tune + 0.3 * beat, 0.6 * tune - 0.1 * beat]).astype(np.float32)


SOUNDS: dict[str, tuple[Audio, int]] = {
    "music": (music(), 22_050),
    "one channel": (song(9, n_bars=2, is_minor=True)[np.newaxis], 22_050),
    "noise of three channels": (np.stack([noise(4, seed=i) for i in range(3)]), 22_050),
    "a faint tone at an odd rate": (1e-4 * stereo(sine(333, 4, sample_rate=11_025)), 11_025),
    "left alone": (np.stack([noise(4), np.zeros_like(noise(4))]), 22_050),
    "clipped": (np.clip(5 * stereo(noise(4)), -1, 1), 48_000),
    "silence": (np.zeros((2, 44_100), np.float32), 44_100),
    "a tenth of a second": (stereo(sine(440, 0.1, sample_rate=44_100)), 44_100),
}


def listened(sound: Audio, rate: int, *, is_plain: bool = False) -> Analysis:
    blocks = np.array_split(sound, max(1, sound.shape[1] // 20_000), axis=1)
    with quick.without() if is_plain else nullcontext():
        return measured(hear(blocks, rate, len(sound)), FEATURES.values())


@pytest.fixture(scope="module", params=SOUNDS)
def both(request: pytest.FixtureRequest) -> tuple[Analysis, Analysis]:
    """What numpy says, and what the compiled loops say."""
    sound, rate = SOUNDS[request.param]
    with quick.compiled():
        return listened(sound, rate, is_plain=True), listened(sound, rate)


def pairs(a: Any, b: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(a, list):
        assert len(a) == len(b)
        for one, other in zip(a, b, strict=True):
            yield from pairs(one, other)
    else:
        yield a, b


def test_numba_is_at_hand_where_tests_are_to_be_complete() -> None:
    with quick.compiled():
        assert quick.loops() is not None


def test_both_ways_say_the_same(both: tuple[Analysis, Analysis]) -> None:
    plain, compiled = both
    assert plain.reasons == compiled.reasons
    for name, value in plain.features.items():
        for one, other in pairs(value, compiled.features[name]):
            if isinstance(one, float):
                large = LARGE.get(name, 1e-3)
                assert isclose(one, other, rel_tol=WITHIN, abs_tol=WITHIN * large), name
            else:
                assert one == other, name


def test_it_is_for_whole_files_and_can_be_left_out() -> None:
    assert quick.loops() is None  # a preview does not wait for numba
    with quick.without(), quick.compiled():
        assert quick.loops() is None


def test_a_short_file_does_not_wait_for_numba_and_no_header_no_more() -> None:
    assert [worth_it(claimed_s) for claimed_s in (None, 0.0, 59.9, 60.0)] == [False] * 3 + [True]
    with quick.compiled(where=False):
        assert quick.loops() is None


@pytest.mark.parametrize("n_channels", [1, 2, 3, 6])
def test_energies_do_not_depend_on_where_blocks_end(n_channels: int) -> None:
    sound = np.stack([noise(3, seed=i) for i in range(n_channels)])
    with quick.compiled():
        whole, parted = Loudness(22_050, n_channels), Loudness(22_050, n_channels)
    whole.add(sound)
    for part in np.split(sound, [1, 2, 2_205, 4_410, 4_411, 50_000], axis=1):
        parted.add(part)
    assert parted.momentary() == pytest.approx(whole.momentary(), rel=1e-9)


@pytest.mark.parametrize("place", [0, 31, 32, 33, 5_000, 9_998])
def test_a_peak_between_samples_is_found_wherever_it_is(place: int) -> None:
    sound = np.zeros((2, 10_000), np.float32)
    sound[1, place : place + 2] = 0.5  # between them the curve rises to 2/π
    plain = TruePeak(2)
    with quick.compiled():
        meter = TruePeak(2)
    for one in (meter, plain):
        one.add(sound)
    found = meter.dbtp()
    assert found == pytest.approx(plain.dbtp(), abs=1e-4)
    assert found is not None
    assert -4.1 < found < -3.7  # 20 log 2/π = −3.92
