"""Delay between the sides: to the sample, whatever the sound, the level and the polarity."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.features.reasons import NO_LAG, ONE_CHANNEL
from tests.core.features.listening import analysed, reason, value
from tests.core.features.signals import Audio, mixed, noise, sine, song


def apart(sound: Audio, n_samples: int, *, level: float = 1.0) -> Audio:
    """The right side comes so many samples later (earlier if less than 0)."""
    return np.stack([sound, np.float32(level) * np.roll(sound, n_samples)])


@pytest.mark.parametrize("n_samples", [-400, -33, -1, 0, 1, 25, 100, 800])
@pytest.mark.parametrize(
    "sound", [noise(5, sample_rate=22_050), song(3, n_bars=3)], ids=["noise", "song"]
)
def test_the_delay_is_exact_to_the_sample(sound: Audio, n_samples: int) -> None:
    found = analysed(apart(sound, n_samples, level=0.4), "delay_samples", "polarity").features
    assert found == {"delay_samples": n_samples, "polarity": 1}


@pytest.mark.parametrize("n_samples", [0, 17])
def test_a_side_upside_down_is_told_at_any_delay(n_samples: int) -> None:
    sound = apart(noise(5, sample_rate=22_050), n_samples, level=-1.0)
    found = analysed(sound, "delay_samples", "polarity").features
    assert found == {"delay_samples": n_samples, "polarity": -1}


def test_swapping_the_sides_turns_the_delay_round() -> None:
    assert value(apart(song(0, n_bars=3), 12)[::-1], "delay_samples") == -12


def test_some_noise_on_either_side_hides_no_delay() -> None:
    left, right = apart(song(5, n_bars=3), 21)
    hiss = [noise(8, sample_rate=22_050, level=0.02, seed=seed) for seed in (1, 2)]
    assert value(np.stack([mixed(left, hiss[0]), mixed(right, hiss[1])]), "delay_samples") == 21


def test_sides_that_have_nothing_in_common_have_no_delay() -> None:
    wide = np.stack([noise(5, sample_rate=22_050, seed=seed) for seed in (1, 2)])
    assert value(wide, "delay_samples") is None
    assert reason(wide, "polarity") == NO_LAG
    assert reason(noise(5), "delay_samples") == ONE_CHANNEL


@pytest.mark.parametrize("degrees", [0, 180])
def test_a_tone_alike_or_upside_down_is_not_taken_for_a_delayed_one(degrees: int) -> None:
    sides = [sine(441, 4, sample_rate=22_050, phase=np.deg2rad(d)) for d in (0, degrees)]
    found = analysed(np.stack(sides), "delay_samples", "polarity").features
    assert found == {"delay_samples": 0, "polarity": 1 if degrees == 0 else -1}
