"""Filters, channels, offsets and steps: what must change by how much, and what must not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import butter, sosfilt, sosfreqz

from songloom.core.audio import Audio, filtering, recipe
from songloom.core.audio.dithering import dithered
from songloom.core.audio.edits import Sound
from songloom.errors import BadRecipe
from tests.core.audio.sounds import boundaries, cut_at, joined, noise, tone

RATE = 44_100
SOUND = noise(4_000, 2, seed=21)
ONE_ULP = float(np.finfo(np.float32).eps)
some = settings(max_examples=40)


def edited(edit: dict[str, Any], sound: Audio = SOUND, rate: int = RATE, **more: Any) -> Audio:
    made = recipe.read([edit]).on(Sound(lambda: iter([sound]), rate, len(sound), **more))
    return joined(made.make(), made.channels)


def level_db(sound: Audio) -> float:
    """Of the second half, when a filter has settled."""
    half = sound[:, sound.shape[1] // 2 :].astype(np.float64)
    return float(10 * np.log10((half**2).mean() + 1e-30))


# ------------------------------------------------------------------ filters


@pytest.mark.parametrize("name", ["high_pass", "low_pass"])
@given(
    order=st.integers(1, 8), cutoff_hz=st.floats(20, 18_000), rate=st.sampled_from([44_100, 96_000])
)
@some
def test_a_filter_is_scipys_butterworth(name: str, order: int, cutoff_hz: float, rate: int) -> None:
    kind = name.removesuffix("_pass")
    known = butter(order, cutoff_hz, kind, fs=rate, output="sos")
    ours = filtering.butterworth(order, cutoff_hz, rate, is_high=kind == "high")
    grid = np.geomspace(10, rate / 2.1, 50)
    _, wanted = sosfreqz(known, grid, fs=rate)
    _, found = sosfreqz(ours, grid, fs=rate)
    assert_allclose(np.abs(found), np.abs(wanted), rtol=1e-5, atol=1e-9)
    sound = SOUND[:, :500]
    made = joined(filtering.filtered(iter([sound]), ours))
    assert_allclose(made, sosfilt(known, sound), atol=1e-5)


@pytest.mark.parametrize("name", ["high_pass", "low_pass"])
@pytest.mark.parametrize("order", [1, 2, 4, 7])
def test_at_its_frequency_a_filter_is_3_db_down_and_an_octave_on_as_steep_as_said(
    name: str, order: int
) -> None:
    edit = {"edit": name, "cutoff_hz": 1_000, "order": order}
    at = {hz: level_db(edited(edit, tone(hz, 0.5))) - level_db(tone(hz, 0.5)) for hz in (
        250.0, 500.0, 1_000.0, 2_000.0, 4_000.0)}  # fmt: skip
    assert at[1_000.0] == pytest.approx(-3.01, abs=0.05)
    stopped = (500.0, 250.0) if name == "high_pass" else (2_000.0, 4_000.0)
    passed = 4_000.0 if name == "high_pass" else 250.0
    assert at[stopped[0]] - at[stopped[1]] == pytest.approx(6.02 * order, rel=0.2)
    assert at[passed] == pytest.approx(0, abs=0.3)


@given(cutoff_hz=st.floats(30, 15_000), order=st.integers(1, 8))
@some
def test_low_and_high_pass_of_a_frequency_share_the_power_of_a_sound(
    cutoff_hz: float, order: int
) -> None:
    """Butterworth: |H_low|² + |H_high|² = 1 at every frequency."""
    grid = np.geomspace(20, 20_000, 40)
    powers = [
        np.abs(sosfreqz(filtering.butterworth(order, cutoff_hz, RATE, is_high=h), grid, fs=RATE)[1])
        for h in (True, False)
    ]
    assert_allclose(powers[0] ** 2 + powers[1] ** 2, 1.0, atol=1e-6)


def test_a_filter_is_linear_and_the_order_of_filters_does_not_matter() -> None:
    high, low = {"edit": "high_pass", "cutoff_hz": 300}, {"edit": "low_pass", "cutoff_hz": 5_000}
    assert_allclose(edited(low, edited(high)), edited(high, edited(low)), atol=1e-6)
    assert_allclose(edited(high, SOUND * 2), 2 * edited(high), atol=1e-6)


@given(cuts=boundaries(4_000))
@some
def test_the_state_of_a_filter_crosses_from_block_to_block(cuts: list[int]) -> None:
    sections = filtering.butterworth(4, 500.0, RATE, is_high=True)
    whole = joined(filtering.filtered(iter([SOUND]), sections))
    assert_array_equal(joined(filtering.filtered(cut_at(SOUND, cuts), sections)), whole)


def test_above_half_the_sample_rate_there_is_nothing() -> None:
    sound = noise(500)
    assert_array_equal(edited({"edit": "low_pass", "cutoff_hz": 5_000}, sound, 8_000), sound)
    with pytest.raises(BadRecipe, match="nothing lies above 5000 Hz at a sample rate of 8000 Hz"):
        edited({"edit": "high_pass", "cutoff_hz": 5_000}, sound, 8_000)


@pytest.mark.parametrize("is_high", [True, False])
@pytest.mark.parametrize(("order", "cutoff_hz"), [(1, 20.0), (2, 80.0), (8, 20.0), (5, 9_000.0)])
def test_a_filter_has_settled_when_it_is_said_to(
    order: int, cutoff_hz: float, is_high: bool
) -> None:
    sections = filtering.butterworth(order, cutoff_hz, RATE, is_high=is_high)
    n = filtering.settling_samples(sections)
    impulse = np.zeros((1, n + 20_000), np.float32)
    impulse[0, 0] = 1
    answer = joined(filtering.filtered(iter([impulse]), sections), 1)
    assert np.abs(answer[:, n:]).max() <= 1e-5 * np.abs(answer).max()


# ------------------------------------------------------------------ channels


def test_swapping_twice_changes_nothing_and_once_is_left_for_right() -> None:
    once = edited({"edit": "swap_channels"})
    assert_array_equal(once, SOUND[::-1])
    assert_array_equal(edited({"edit": "swap_channels"}, once), SOUND)


@pytest.mark.parametrize("channels", [1, 3, 6])
def test_only_left_and_right_are_swapped(channels: int) -> None:
    sound = noise(50, channels)
    order = [0] if channels == 1 else [1, 0, *range(2, channels)]
    assert_array_equal(edited({"edit": "swap_channels"}, sound), sound[order])


@given(channel=st.integers(0, 2))
@some
def test_inverting_twice_changes_no_bit_and_once_cancels(channel: int) -> None:
    edit = {"edit": "invert", "channel": channel}
    once = edited(edit)
    assert_array_equal(edited(edit, once), SOUND)
    turned = [0, 1] if channel == 0 else [channel - 1]
    for one in range(2):
        assert_array_equal(once[one], SOUND[one] * (-1 if one in turned else 1))


def test_a_channel_that_is_not_there_cannot_be_inverted() -> None:
    with pytest.raises(BadRecipe, match="there is no channel 3 of 2"):
        edited({"edit": "invert", "channel": 3})


@given(width=st.floats(0, 300))
@some
def test_width_changes_the_side_alone(width: float) -> None:
    made = edited({"edit": "width", "width_percent": width})
    assert_allclose(made.sum(axis=0), SOUND.sum(axis=0), atol=8 * ONE_ULP)
    wanted = (SOUND[0] - SOUND[1]) * np.float32(width / 100)
    assert_allclose(made[0] - made[1], wanted, atol=16 * ONE_ULP)


def test_no_width_is_mono_on_both_sides_and_all_of_it_is_no_change() -> None:
    narrow = edited({"edit": "width", "width_percent": 0})
    assert_array_equal(narrow[0], narrow[1])
    assert_array_equal(edited({"edit": "width", "width_percent": 100}), SOUND)
    mono = SOUND[:1]
    assert_array_equal(edited({"edit": "width", "width_percent": 0}, mono), mono)
    with pytest.raises(BadRecipe, match="width is of two channels; this sound has 4"):
        edited({"edit": "width", "width_percent": 50}, noise(50, 4))


@given(
    rows=st.lists(st.lists(st.floats(-2, 2), min_size=2, max_size=2), min_size=1, max_size=4),
)
@some
def test_a_mix_is_the_matrix_times_the_sound(rows: list[list[float]]) -> None:
    made = edited({"edit": "mix", "matrix": rows})
    assert made.shape[0] == len(rows)
    assert_allclose(made, np.array(rows) @ SOUND, atol=1e-5)


def test_mixes_multiply_as_matrices_do_and_the_identity_is_no_change() -> None:
    one, other = [[0.5, 0.5], [1.0, -1.0]], [[0.0, 1.0], [0.25, 0.75]]
    both = (np.array(other) @ np.array(one)).tolist()
    after = edited({"edit": "mix", "matrix": other}, edited({"edit": "mix", "matrix": one}))
    assert_allclose(after, edited({"edit": "mix", "matrix": both}), atol=1e-6)
    assert_array_equal(edited({"edit": "mix", "matrix": [[1, 0], [0, 1]]}), SOUND)
    mono = edited({"edit": "mix", "matrix": [[0.5, 0.5]]})
    assert_allclose(mono, edited({"edit": "channels", "channels": 1}), atol=ONE_ULP)


def test_a_matrix_for_other_channels_is_refused_with_both_numbers() -> None:
    with pytest.raises(BadRecipe, match="rows have 3 numbers, and the sound has 2 channels"):
        edited({"edit": "mix", "matrix": [[1, 0, 0]]})


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        (1, "must be a list of rows"),
        ([], "must be a list of rows"),
        ([[]], "must be a list of rows"),
        ([[1] * 9], "must be a list of rows"),
        ([[1, 0], [1]], "rows of different lengths"),
        ([[1, "0"]], "holds '0'; numbers from -10 to 10"),
        ([[1, 11]], "holds '11'; numbers from -10 to 10"),
        ([[float("nan")]], "holds 'nan'"),
        ([[True]], "holds 'True'"),
        (None, "must be a list of rows"),
    ],
)
def test_what_is_no_matrix_is_refused_with_what_is_wrong(matrix: object, said: str) -> None:
    with pytest.raises(BadRecipe, match=said):
        recipe.read([{"edit": "mix", "matrix": matrix}])


# ------------------------------------------------------------------ an offset


@given(left=st.floats(-0.4, 0.4), right=st.floats(-0.4, 0.4), cuts=boundaries(4_000))
@some
def test_an_offset_goes_and_nothing_else(left: float, right: float, cuts: list[int]) -> None:
    """The mean is zero within a step of 24 bits; what lies between two samples stays."""
    off = SOUND + np.array([[left], [right]], np.float32)
    made = recipe.read([{"edit": "remove_dc"}]).on(Sound(lambda: cut_at(off, cuts), RATE, 2))
    found = joined(made.make())
    assert_allclose(found.mean(axis=1, dtype=np.float64), 0, atol=2**-23)
    assert_allclose(np.diff(found), np.diff(off), atol=4 * ONE_ULP)


# ------------------------------------------------------------------ fewer bits


@given(bits=st.integers(8, 24), seed=st.integers(0, 2**31 - 1))
@some
def test_dithered_samples_are_whole_steps_and_never_pass_full_scale(bits: int, seed: int) -> None:
    made = joined(dithered(iter([SOUND * 4]), bits, seed))
    steps = made.astype(np.float64) * 2 ** (bits - 1)
    assert_array_equal(steps, np.rint(steps))
    assert made.min() >= -1
    assert made.max() <= 1 - 2.0 ** (1 - bits)


def test_the_same_seed_makes_the_same_noise_and_another_another() -> None:
    one, again = (joined(dithered(cut_at(SOUND, cuts), 12, 7)) for cuts in ([], [1, 900, 1_777]))
    assert_array_equal(one, again)
    assert not np.array_equal(one, joined(dithered(iter([SOUND]), 12, 8)))


def test_the_error_of_dither_is_white_and_tells_nothing_of_the_sound() -> None:
    """Its power is a quarter of a squared step (rounding 1/12, triangle 2/12); no more, no less."""
    quiet = tone(997.0, 2.0, 48_000, level=1.5 / 128, channels=1)  # hardly more than one step
    step = 1 / 128
    error = (joined(dithered(iter([quiet]), 8, 1), 1) - quiet).astype(np.float64)
    assert (error**2).mean() / step**2 == pytest.approx(0.25, rel=0.03)
    assert abs(np.corrcoef(error[0], quiet[0])[0, 1]) < 0.02
    rounded = np.rint(quiet / step) * step - quiet
    assert tonal_db(rounded) - tonal_db(error) > 10, "plain rounding makes overtones, dither none"


def tonal_db(error: Any) -> float:
    """How far the highest line of an error's spectrum stands out of its median."""
    power = np.abs(np.fft.rfft(error[0] * np.hanning(error.shape[1]))) ** 2
    return float(10 * np.log10(power[50:].max() / np.median(power[50:])))


def test_a_sound_that_has_no_more_bits_stays_as_it_is() -> None:
    assert_array_equal(edited({"edit": "dither", "bits": 16}, bits=16), SOUND)
    assert_array_equal(edited({"edit": "dither", "bits": 24}, bits=16), SOUND)
    assert not np.array_equal(edited({"edit": "dither", "bits": 16}, bits=24), SOUND)
    assert not np.array_equal(edited({"edit": "dither", "bits": 16}), SOUND)


def test_dithering_twice_to_the_same_depth_is_dithering_once() -> None:
    twice = [{"edit": "dither", "bits": 10}, {"edit": "dither", "bits": 10, "seed": 5}]
    made = recipe.read(twice).on(Sound(lambda: iter([SOUND]), RATE, 2, bits=16))
    assert made.bits == 10
    assert_array_equal(joined(made.make()), edited(twice[0], bits=16))


@pytest.mark.parametrize(
    ("edit", "bits"),
    [
        ({"edit": "trim", "start_s": 0.01}, 16),
        ({"edit": "reverse"}, 16),
        ({"edit": "swap_channels"}, 16),
        ({"edit": "invert"}, 16),
        ({"edit": "cut", "start_s": 0.01, "end_s": 0.02, "smooth_ms": 0}, 16),
        ({"edit": "cut", "start_s": 0.01, "end_s": 0.02}, None),
        ({"edit": "gain", "gain_db": -3}, None),
        ({"edit": "fade_in"}, None),
        ({"edit": "resample", "sample_rate": 48_000}, None),
        ({"edit": "dither", "bits": 12}, 12),
    ],
)
def test_whole_steps_are_known_to_stay_whole_where_they_do(
    edit: dict[str, Any], bits: int | None
) -> None:
    made = recipe.read([edit]).on(Sound(lambda: iter([SOUND]), RATE, 2, bits=16))
    assert made.bits == bits
    if bits is not None:
        steps = joined(made.make()).astype(np.float64) * 2 ** (bits - 1)
        assert_array_equal(steps, np.rint(steps))
