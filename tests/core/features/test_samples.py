"""Single samples: offset, clipping, the bits they use, and the silences between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.reasons import NO_INTEGERS
from songloom.core.features.samples import CLIPPED_SAMPLES, Samples
from tests.core.features.listening import reason, value
from tests.core.features.signals import Audio, noise, sine

RATE = 1_000


def read(sound: Audio, *, cuts: tuple[int, ...] = (), sample_rate: int = RATE) -> Samples:
    audio = np.atleast_2d(sound)
    found = Samples(sample_rate, len(audio))
    for block in np.split(audio, sorted(cuts), axis=1):
        found.add(block, np.abs(block).max(axis=0))
    return found


@pytest.mark.parametrize("bits", [8, 12, 16, 20, 24])
def test_the_bits_that_samples_use_are_counted_whatever_the_file_says(bits: int) -> None:
    steps = 2 ** (bits - 1)
    sound = (np.rint(noise(1) * steps) / steps).astype(np.float32)
    assert value(sound, "bit_depth") == bits


def test_samples_between_the_steps_have_no_bit_depth() -> None:
    assert value(noise(1), "bit_depth") is None
    assert reason(noise(1), "bit_depth") == NO_INTEGERS


def test_one_odd_sample_makes_all_the_difference() -> None:
    sound = np.zeros(5_000, np.float32)
    sound[10], sound[4_000] = 2**-15, 2**-23
    assert read(sound[:100]).bit_depth() == 16
    assert read(sound, cuts=(2_000,)).bit_depth() == 24


@given(offset=st.floats(-0.2, 0.2), cut=st.integers(1, 1_999))
def test_an_offset_is_the_mean_of_its_channel(offset: float, cut: int) -> None:
    tone = sine(50, 2, sample_rate=RATE, level=0.3)
    found = read(np.stack([tone, tone + np.float32(offset)]), cuts=(cut,))
    assert found.dc_offset() == pytest.approx(offset, abs=1e-4)


@given(
    runs=st.lists(st.integers(1, 6), max_size=8),
    cuts=st.lists(st.integers(1, 99), max_size=4, unique=True),
)
def test_runs_at_full_scale_are_counted_once_wherever_blocks_end(
    runs: list[int], cuts: list[int]
) -> None:
    sound = np.zeros(100, np.float32)
    at = 2
    for length in runs:
        sound[at : at + length] = -1.0
        at += length + 3
    assert read(sound, cuts=tuple(cuts)).n_clipped == sum(n >= CLIPPED_SAMPLES for n in runs)


def test_a_cut_off_sine_is_clipped_twice_a_turn_and_a_whole_one_never() -> None:
    assert value(np.clip(sine(50, 2, level=2), -1, 1), "clipped_runs") == 200
    assert value(sine(50, 2, level=0.99), "clipped_runs") == 0


@given(
    runs=st.lists(st.tuples(st.integers(1, 6), st.integers(40, 80)), max_size=8),
    cuts=st.lists(st.integers(1, 699), max_size=4, unique=True),
)
def test_places_at_full_scale_are_named_and_near_ones_are_one(
    runs: list[tuple[int, int]], cuts: list[int]
) -> None:
    sound, at = np.zeros(700, np.float32), 2
    places: list[list[int]] = []
    for length, gap in runs:
        sound[at : at + length] = 1.0
        if length >= CLIPPED_SAMPLES:
            if places and at - places[-1][1] <= 50:
                places[-1][1] = at + length
            else:
                places.append([at, at + length])
        at += length + gap
    found = read(np.stack([np.zeros_like(sound), sound]), cuts=tuple(cuts)).clipped_s()
    assert np.rint(np.array(found) * RATE).tolist() == places


def test_places_at_full_scale_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songloom.core.features.samples.MOST_CLIPPED", 3)
    sound = np.zeros(1_000, np.float32)
    for start in range(0, 1_000, 100):
        sound[start : start + 4] = 1.0
    assert len(read(sound).clipped_s()) == 3
    assert read(sound).n_clipped == 10


def test_silences_are_found_at_both_ends_and_inside() -> None:
    sound = noise(10, sample_rate=RATE)
    for start, stop in ((0, 1_500), (4_000, 6_000), (9_300, 10_000)):
        sound[start:stop] = 0
    found = read(sound, cuts=(777, 5_001)).silences_s()
    assert np.array(found) == pytest.approx(np.array([[0, 1.5], [4, 6], [9.3, 10]]), abs=0.011)


def test_a_short_gap_and_a_soft_passage_are_no_silence() -> None:
    sound = noise(4, sample_rate=RATE, level=0.01)
    sound[1_000:1_400] = 0
    assert read(sound).silences_s() == []


def test_what_sounds_and_what_is_silent_make_the_whole() -> None:
    sound = np.concatenate([np.zeros(22_050, np.float32), sine(440, 3, sample_rate=22_050)])
    assert value(sound, "sounding_s") == pytest.approx(3, abs=0.011)
    assert value(np.zeros(44_100, np.float32), "sounding_s") == 0.0


def test_nothing_heard_says_nothing() -> None:
    empty = Samples(RATE, 2)
    empty.add(np.zeros((2, 0), np.float32), np.zeros(0, np.float32))
    assert (empty.dc_offset(), empty.n_clipped, empty.silences_s()) == (0.0, 0, [])
    assert empty.bit_depth() is None
