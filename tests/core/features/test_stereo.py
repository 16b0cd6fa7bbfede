"""Phase between the sides, made by rotating tones and mixing noises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.features.reasons import NO_MIDDLE, ONE_CHANNEL, SILENCE
from tests.core.features.listening import analysed, reason, value
from tests.core.features.signals import Audio, mixed, noise, sine, stereo

BETWEEN_SIDES = ("stereo_correlation", "stereo_width", "octave_phase_correlation")


def rotated(degrees: float, *, tone_hz: float = 441.0) -> Audio:
    """A tone whose right side runs ahead; whole periods, so that means are exact."""
    left = sine(tone_hz, 4, sample_rate=22_050, level=0.3)
    right = sine(tone_hz, 4, sample_rate=22_050, level=0.3, phase=np.deg2rad(degrees))
    return np.stack([left, right])


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 170))
def test_correlation_is_the_cosine_of_the_phase_and_width_follows(degrees: float) -> None:
    found = analysed(rotated(degrees), *BETWEEN_SIDES).features
    cosine = np.cos(np.deg2rad(degrees))
    assert found["stereo_correlation"] == pytest.approx(cosine, abs=1e-3)
    assert found["stereo_width"] == pytest.approx((1 - cosine) / (1 + cosine), rel=0.01, abs=1e-4)
    assert found["octave_phase_correlation"][4] == pytest.approx(cosine, abs=1e-3)


@settings(max_examples=10, deadline=None)
@given(st.floats(-0.95, 0.95), st.integers(0, 99))
def test_correlated_noise_reads_its_correlation(rho: float, seed: int) -> None:
    a = noise(8, sample_rate=22_050, seed=seed)
    b = noise(8, sample_rate=22_050, seed=seed + 1_000)
    sides = np.stack([a, rho * a + np.sqrt(1 - rho**2) * b]).astype(np.float32)
    found = analysed(sides, *BETWEEN_SIDES).features
    assert found["stereo_correlation"] == pytest.approx(rho, abs=0.02)  # 1/√n is 0.002
    assert found["stereo_width"] == pytest.approx((1 - rho) / (1 + rho), rel=0.06)


def test_each_octave_has_a_phase_of_its_own() -> None:
    low, high = rotated(0, tone_hz=125), rotated(90, tone_hz=2_000)
    found = value((low + high).astype(np.float32), "octave_phase_correlation")
    assert found[2] == pytest.approx(1.0, abs=0.01)
    assert found[6] == pytest.approx(0.0, abs=0.01)
    assert found[9] is None


def test_one_silent_side_is_unrelated_and_as_wide_as_noise() -> None:
    left = sine(441, 3, sample_rate=22_050)
    found = analysed(np.stack([left, 0 * left]), "stereo_correlation", "stereo_width").features
    assert found == {"stereo_correlation": 0.0, "stereo_width": 1.0}


def test_opposite_sides_have_no_middle_to_compare_with() -> None:
    found = analysed(rotated(180), *BETWEEN_SIDES)
    assert found.features["stereo_correlation"] == pytest.approx(-1.0, abs=1e-5)
    assert found.features["stereo_width"] is None
    assert found.reasons["stereo_width"] == NO_MIDDLE


def test_balance_does_not_change_correlation() -> None:
    sides = rotated(60) * np.array([[1.0], [0.25]], np.float32)
    assert value(sides, "stereo_correlation") == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("name", BETWEEN_SIDES)
def test_one_channel_has_no_sides(name: str) -> None:
    assert reason(sine(441, 1, sample_rate=22_050), name) == ONE_CHANNEL


@pytest.mark.parametrize("name", BETWEEN_SIDES)
def test_silence_has_no_sides(name: str) -> None:
    assert reason(np.zeros((2, 22_050), np.float32), name) == SILENCE


def test_a_third_channel_changes_nothing_between_the_first_two() -> None:
    sides = rotated(45)
    centre = noise(4, sample_rate=22_050)[np.newaxis, : sides.shape[1]]
    three = np.concatenate([sides, centre])
    assert value(three, "stereo_correlation") == value(sides, "stereo_correlation")


def test_a_held_tone_turns_evenly_and_noise_does_not() -> None:
    held = value(sine(700, 20, sample_rate=22_050), "phase_deviation")
    rough = value(noise(20, sample_rate=22_050), "phase_deviation")
    assert held < 0.15  # its start and its end are not steady
    assert 0.8 < rough < 1.1


def test_a_tone_that_wavers_turns_less_evenly_than_one_that_does_not() -> None:
    time_s = np.arange(10 * 22_050) / 22_050
    vibrato = 0.3 * np.sin(2 * np.pi * 440 * time_s + 3 * np.sin(2 * np.pi * 6 * time_s))
    steady = sine(440, 10, sample_rate=22_050)
    assert value(vibrato.astype(np.float32), "phase_deviation") > 2 * value(
        steady, "phase_deviation"
    )


def test_noise_under_a_tone_makes_phases_stray() -> None:
    tone, hiss = sine(440, 5, sample_rate=22_050), noise(5, sample_rate=22_050, level=0.02)
    deviations = [value(mixed(tone, g * hiss), "phase_deviation") for g in (0.0, 0.1, 1.0, 10.0)]
    assert deviations == sorted(deviations)


def test_both_sides_alike_are_a_mono_sound() -> None:
    found = analysed(stereo(noise(2, sample_rate=22_050)), *BETWEEN_SIDES).features
    assert found["stereo_correlation"] == pytest.approx(1.0, abs=1e-6)
    assert found["stereo_width"] == pytest.approx(0.0, abs=1e-6)


def test_width_over_time_and_octaves_agree_with_the_whole_of_a_steady_sound() -> None:
    sides = [noise(10, sample_rate=22_050, seed=seed) for seed in (1, 2)]
    sound = np.stack([sides[0], np.float32(0.6) * sides[0] + np.float32(0.8) * sides[1]])
    names = ("stereo_correlation", "stereo_width", "correlation_over_time", "width_over_time")
    found = analysed(sound, *names, "octave_width").features
    assert found["stereo_correlation"] == pytest.approx(0.6, abs=0.01)
    assert len(found["correlation_over_time"]) == 10
    assert found["correlation_over_time"] == pytest.approx([0.6] * 10, abs=0.03)
    assert found["width_over_time"] == pytest.approx([0.25] * 10, abs=0.03)
    assert found["octave_width"][6] == pytest.approx(0.25, abs=0.03)


def test_what_moves_from_the_middle_to_the_sides_is_seen_to_move() -> None:
    one, other = (noise(4, sample_rate=22_050, seed=seed) for seed in (1, 2))
    sound = np.concatenate([np.stack([one, one]), np.stack([one, other])], axis=1)
    found = value(sound, "correlation_over_time")
    assert found[:3] == pytest.approx([1.0] * 3, abs=0.01)
    assert found[-3:] == pytest.approx([0.0] * 3, abs=0.05)


def test_a_silent_part_has_neither_correlation_nor_width() -> None:
    one = noise(3, sample_rate=22_050)
    sound = np.concatenate([np.stack([one, one]), np.zeros((2, 66_150), np.float32)], axis=1)
    assert value(sound, "correlation_over_time")[-1] is None
    assert value(sound, "width_over_time")[-1] is None


@pytest.mark.parametrize(("n_seeds", "loss_db"), [(1, 0.0), (2, 3.01)])
def test_mono_loses_what_the_sides_do_not_share(n_seeds: int, loss_db: float) -> None:
    sides = [noise(6, sample_rate=22_050, seed=1), noise(6, sample_rate=22_050, seed=n_seeds)]
    assert value(np.stack(sides), "mono_loss_db") == pytest.approx(loss_db, abs=0.05)


def test_what_cancels_in_mono_loses_all_and_says_so() -> None:
    one = noise(3, sample_rate=22_050)
    assert value(np.stack([one, -one]), "mono_loss_db") is None
