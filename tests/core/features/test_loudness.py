"""Loudness against EBU's own conformance signals (Tech 3341 and 3342) and against physics."""

from __future__ import annotations

from math import log10

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.features.loudness import (
    Loudness,
    Meter,
    channel_weights,
    k_weighting,
    lufs,
    power_of,
)
from tests.core.features.signals import Audio, steps


def heard(audio: Audio, sample_rate: int = 48_000, names: list[str] | None = None) -> Meter:
    meter = Meter(sample_rate, len(audio), names)
    meter.add(audio)
    return meter


def test_the_filter_has_the_coefficients_printed_in_the_recommendation() -> None:
    shelf = [
        1.53512485958697,
        -2.69169618940638,
        1.19839281085285,
        1,
        -1.69065929318241,
        0.73248077421585,
    ]
    low_cut = [1.0, -2.0, 1.0, 1, -1.99004745483398, 0.99007225036621]
    assert k_weighting(48_000) == pytest.approx(np.array([shelf, low_cut]), abs=1e-8)


@pytest.mark.parametrize("sample_rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize(
    ("levels", "expected_lufs"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
    ids=["case 1", "case 2", "case 3", "case 4", "case 5"],
)
def test_ebu_3341_signals_read_within_a_tenth(
    levels: list[tuple[float, float]], expected_lufs: float, sample_rate: int
) -> None:
    audio = steps(levels, sample_rate=sample_rate)
    assert heard(audio, sample_rate).integrated_lufs() == pytest.approx(expected_lufs, abs=0.1)


def test_ebu_3341_case_6_in_five_channels() -> None:
    """-28 dBFS left and right, -24 centre, -30 surround: -23 LUFS."""
    left, centre, behind = (steps([(level, 20)])[:1] for level in (-28, -24, -30))
    audio = np.concatenate([left, left, centre, behind, behind])
    assert heard(audio).integrated_lufs() == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("levels", "expected_lu"),
    [
        ([(-20, 20), (-30, 20)], 10.0),
        ([(-20, 20), (-15, 20)], 5.0),
        ([(-40, 20), (-20, 20)], 20.0),
        ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15.0),
    ],
    ids=["case 1", "case 2", "case 3", "case 4"],
)
def test_ebu_3342_signals_have_their_range(
    levels: list[tuple[float, float]], expected_lu: float
) -> None:
    assert heard(steps(levels)).range_lu() == pytest.approx(expected_lu, abs=1.0)  # EBU's tolerance


@pytest.mark.parametrize("sample_rate", [8_000, 11_025, 16_000, 22_050, 88_200, 192_000])
def test_other_sample_rates_agree(sample_rate: int) -> None:
    audio = steps([(-23, 10)], sample_rate=sample_rate)
    assert heard(audio, sample_rate).integrated_lufs() == pytest.approx(-23.0, abs=0.1)


def test_bass_counts_less_and_treble_more_than_the_middle() -> None:
    bass, middle, treble = (
        heard(steps([(-20, 5)], tone_hz=hz)).integrated_lufs() or 0.0 for hz in (30, 1_000, 8_000)
    )
    assert bass < middle - 6  # the low cut
    assert treble - middle == pytest.approx(3.3, abs=0.2)  # the 4 dB shelf, which is 0.7 at 1 kHz


def test_one_channel_is_three_decibels_softer_than_both() -> None:
    both = steps([(-23, 5)])
    left = both * np.array([[1], [0]], np.float32)
    lower = heard(left).integrated_lufs() or 0.0
    assert (heard(both).integrated_lufs() or 0.0) - lower == pytest.approx(10 * log10(2), abs=1e-3)


def test_channels_count_by_name_where_names_are_known() -> None:
    assert channel_weights(2).tolist() == [1, 1]
    assert channel_weights(6).tolist() == [1, 1, 1, 0, 1.41, 1.41]
    assert channel_weights(3, ["FL", "FR", "LFE"]).tolist() == [1, 1, 0]
    assert channel_weights(3, ["FL", "FR", "FC"]).tolist() == [1, 1, 1]
    assert channel_weights(12).tolist() == [1] * 12


def test_bass_effects_are_not_heard() -> None:
    audio = np.concatenate([steps([(-23, 5)]), steps([(-6, 5)])[:1]])
    with_effects = heard(audio, names=["FL", "FR", "LFE"]).integrated_lufs()
    assert with_effects == pytest.approx(-23.0, abs=0.1)


def test_silence_has_no_loudness_no_range_and_no_peak() -> None:
    meter = heard(np.zeros((2, 48_000 * 5), np.float32))
    assert meter.integrated_lufs() is None
    assert meter.range_lu() is None
    assert meter.true_peak_dbtp() is None


def test_what_is_too_short_to_judge_has_no_value() -> None:
    meter = heard(steps([(-20, 0.39)]))
    assert meter.integrated_lufs() is None
    assert heard(steps([(-20, 0.41)])).integrated_lufs() is not None
    assert heard(steps([(-20, 2.9)])).range_lu() is None
    assert heard(steps([(-20, 3.1)])).range_lu() == pytest.approx(0.0, abs=0.1)


def test_nothing_added_is_no_error() -> None:
    meter = Meter(44_100, 2)
    assert (meter.integrated_lufs(), meter.range_lu(), meter.true_peak_dbtp()) == (None, None, None)


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 30_000), max_size=6), seed=st.integers(0, 2**16))
def test_block_borders_change_nothing(cuts: list[int], seed: int) -> None:
    audio = np.random.default_rng(seed).normal(0, 0.1, (2, 30_000)).astype(np.float32)
    whole, parted = Loudness(22_050, 2), Loudness(22_050, 2)
    whole.add(audio)
    for part in np.split(audio, sorted(cuts), axis=1):
        parted.add(part)
    assert parted.momentary() == pytest.approx(whole.momentary(), rel=1e-9)


@given(gain_db=st.floats(-30, 10))
@settings(max_examples=25, deadline=None)
def test_a_gain_moves_loudness_by_itself_and_the_range_not_at_all(gain_db: float) -> None:
    audio = steps([(-20, 4), (-26, 4)], sample_rate=8_000)
    plain, changed = heard(audio, 8_000), heard(audio * np.float32(10 ** (gain_db / 20)), 8_000)
    moved = (changed.integrated_lufs() or 0) - (plain.integrated_lufs() or 0)
    assert moved == pytest.approx(gain_db, abs=1e-3)
    assert changed.range_lu() == pytest.approx(plain.range_lu(), abs=1e-3)


@given(st.floats(-69, 10))
def test_lufs_and_power_undo_each_other(loudness_lufs: float) -> None:
    assert lufs(power_of(loudness_lufs)) == pytest.approx(loudness_lufs, abs=1e-9)


def test_a_segment_that_does_not_divide_evenly_does_not_drift() -> None:
    """11,025 Hz has 1,102.5 samples in 100 ms: an hour must still hold 36,000 segments."""
    meter = Loudness(11_025, 1)
    minute = np.zeros((1, 11_025 * 60), np.float32)
    for _ in range(3):
        meter.add(minute)
    assert meter.momentary().size == 3 * 600 - 3
