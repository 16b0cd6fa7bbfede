"""Loudness in numbers: maxima, dynamic range and ReplayGain of sines whose loudness is known."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.features.album import loudness_together
from songloom.core.features.reasons import SILENCE, TOO_SHORT
from tests.core.features.listening import analysed, reason
from tests.core.features.signals import steps

MAXIMA = ("momentary_max_lufs", "short_term_max_lufs")
GAIN = ("replaygain_track_gain_db", "replaygain_track_peak", "dynamic_range_db")


def test_a_sine_of_23_db_below_full_scale_is_its_own_loudness_at_every_scale() -> None:
    found = analysed(steps([(-23, 10)]), *MAXIMA, sample_rate=48_000).features
    assert found["momentary_max_lufs"] == pytest.approx(-23, abs=0.1)
    assert found["short_term_max_lufs"] == pytest.approx(-23, abs=0.1)


def test_a_short_burst_moves_the_momentary_maximum_most() -> None:
    """One second of 20 dB more: a third of three seconds."""
    found = analysed(steps([(-40, 5), (-20, 1), (-40, 5)]), *MAXIMA, sample_rate=48_000).features
    assert found["momentary_max_lufs"] == pytest.approx(-20, abs=0.1)
    expected = 10 * np.log10((100 + 2) / 3) - 40
    assert found["short_term_max_lufs"] == pytest.approx(expected, abs=0.2)


@pytest.mark.parametrize("level_db", [-30, -18, -6])
def test_replay_gain_brings_everything_to_the_same_loudness(level_db: float) -> None:
    found = analysed(steps([(level_db, 6)]), *GAIN, sample_rate=48_000).features
    assert found["replaygain_track_gain_db"] == pytest.approx(-18 - level_db, abs=0.1)
    assert found["replaygain_track_peak"] == pytest.approx(10 ** (level_db / 20), rel=0.01)
    assert found["dynamic_range_db"] == pytest.approx(0, abs=0.15)  # a sine's peak and its loudness


@pytest.mark.parametrize("name", [*MAXIMA, *GAIN])
def test_silence_has_no_loudness_of_any_kind(name: str) -> None:
    assert reason(np.zeros((2, 200_000), np.float32), name, sample_rate=48_000) == SILENCE


def test_tracks_together_are_as_loud_as_one_after_the_other() -> None:
    """A soft track counts for as much as it adds; below the gate it counts for nothing."""
    parts = [[(-30, 3), (-18, 3)], [(-24, 4)], [(-45, 6)]]
    found = [
        analysed(steps(levels), "loudness_histogram", sample_rate=48_000).features
        for levels in parts
    ]
    joined = steps([level for levels in parts for level in levels])
    whole = analysed(joined, "loudness_lufs", sample_rate=48_000).features["loudness_lufs"]
    together = loudness_together(each["loudness_histogram"] for each in found)
    assert together == pytest.approx(whole, abs=0.1)  # only the whole has blocks across joints
    assert loudness_together([found[1]["loudness_histogram"]]) == pytest.approx(-24, abs=0.1)


def test_an_album_is_not_the_mean_of_its_tracks() -> None:
    soft, loud = [-40.0, [1000]], [-10.0, [10]]
    assert loudness_together([soft, loud]) == pytest.approx(-10, abs=0.06)
    assert loudness_together([]) is None


def test_two_seconds_are_too_short_for_three() -> None:
    sound = steps([(-20, 2)])
    assert reason(sound, "short_term_max_lufs", sample_rate=48_000) == TOO_SHORT
    assert reason(sound, "momentary_max_lufs", sample_rate=48_000) is None


def test_loudness_over_time_follows_each_passage() -> None:
    """Seven seconds of −40, then seven of −20; the three seconds across the step lie between."""
    sound = steps([(-40, 7), (-20, 7)])
    found = analysed(sound, "loudness_over_time", sample_rate=48_000).features["loudness_over_time"]
    assert found[: len(found) // 3] == pytest.approx([-40] * (len(found) // 3), abs=0.1)
    assert found[-len(found) // 3 :] == pytest.approx([-20] * -(-len(found) // 3), abs=0.1)
    assert found == sorted(found)


def test_a_silent_passage_has_no_loudness_and_the_whole_has() -> None:
    sound = np.concatenate([steps([(-20, 5)]), np.zeros((2, 5 * 48_000), np.float32)], axis=1)
    found = analysed(sound, "loudness_over_time", sample_rate=48_000).features["loudness_over_time"]
    assert found[0] == pytest.approx(-20, abs=0.1)
    assert found[-1] is None


def test_a_long_sound_has_no_more_moments_than_can_be_drawn() -> None:
    sound = steps([(-20, 40)], sample_rate=8_000)
    found = analysed(sound, "loudness_over_time", sample_rate=8_000).features["loudness_over_time"]
    assert len(found) == 240
