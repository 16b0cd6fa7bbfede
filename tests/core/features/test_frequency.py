"""Frequency: tones, noise and sums of both, at several sample rates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.features.bands import OCTAVES_HZ
from songloom.core.features.reasons import CANCELS, ONLY_OFFSET, SILENCE
from tests.core.features.listening import analysed, reason, value
from tests.core.features.signals import mixed, noise, sine, stereo

FREQUENCIES = ("dominant_hz", "centroid_hz", "bandwidth_hz", "rolloff_hz", "flatness")


@settings(max_examples=20, deadline=None)
@given(tone_hz=st.floats(60, 9_000), sample_rate=st.sampled_from([22_050, 44_100, 48_000]))
def test_a_tone_is_found_to_a_fraction_of_a_bin(tone_hz: float, sample_rate: int) -> None:
    found = value(
        sine(tone_hz, 2.0, sample_rate=sample_rate), "dominant_hz", sample_rate=sample_rate
    )
    assert found == pytest.approx(tone_hz, abs=0.25)  # a bin is 2.7 Hz wide


@pytest.mark.parametrize("duration_s", [0.1, 0.2, 0.3, 0.37, 0.4])
def test_even_a_short_tone_is_found(duration_s: float) -> None:
    assert value(sine(1_000, duration_s, sample_rate=22_050), "dominant_hz") == pytest.approx(
        1_000, abs=1 / duration_s / 4
    )


@pytest.mark.parametrize("rumble", [0.0, 0.1])
def test_a_mere_offset_has_no_dominant_frequency(rumble: float) -> None:
    offset = np.full(66_150, 0.5, np.float32) + rumble * sine(8, 3.0, sample_rate=22_050)
    assert value(offset, "dominant_hz") is None
    assert reason(offset, "dominant_hz") == ONLY_OFFSET
    assert value(offset, "centroid_hz") < 8


def test_a_soft_tone_on_an_offset_is_found_all_the_same() -> None:
    both = np.full(66_150, 0.5, np.float32) + sine(440, 3.0, sample_rate=22_050, level=0.001)
    assert value(both, "dominant_hz") == pytest.approx(440, abs=0.3)


@pytest.mark.parametrize("at", [0, 500, 33_075, 66_149])
def test_a_click_is_above_20_hz_wherever_it_falls(at: int) -> None:
    click = np.zeros(66_150, np.float32)
    click[at] = 0.9
    assert value(click, "dominant_hz") > 20


def test_the_louder_of_two_tones_dominates() -> None:
    both = mixed(
        sine(300, 3, sample_rate=22_050, level=0.4), sine(4_000, 3, sample_rate=22_050, level=0.1)
    )
    assert value(both, "dominant_hz") == pytest.approx(300, abs=0.3)


def test_an_offset_is_no_tone() -> None:
    assert value(sine(440, 2, sample_rate=22_050, level=0.1) + 0.5, "dominant_hz") == pytest.approx(
        440, abs=0.3
    )


def test_two_tones_balance_by_their_power() -> None:
    low, high = 1_000.0, 5_000.0
    both = mixed(
        sine(low, 4, sample_rate=22_050, level=0.4), sine(high, 4, sample_rate=22_050, level=0.2)
    )
    share = 0.2**2 / (0.4**2 + 0.2**2)
    found = analysed(both, "centroid_hz", "bandwidth_hz", "rolloff_hz").features
    assert found["centroid_hz"] == pytest.approx(low + share * (high - low), rel=0.02)
    assert found["bandwidth_hz"] == pytest.approx(
        (high - low) * np.sqrt(share * (1 - share)), rel=0.02
    )
    assert found["rolloff_hz"] == pytest.approx(
        high, abs=25
    )  # 80 % lie below: 85 % need the second


@pytest.mark.parametrize("sample_rate", [8_000, 22_050, 44_100])
def test_white_noise_balances_in_the_middle_and_rolls_off_at_85_percent(sample_rate: int) -> None:
    found = analysed(
        noise(12, sample_rate=sample_rate), *FREQUENCIES, sample_rate=sample_rate
    ).features
    assert found["centroid_hz"] == pytest.approx(sample_rate / 4, rel=0.01)
    assert found["rolloff_hz"] == pytest.approx(0.85 * sample_rate / 2, rel=0.01)
    assert found["bandwidth_hz"] == pytest.approx(sample_rate / 2 / np.sqrt(12), rel=0.02)
    assert found["flatness"] == pytest.approx(0.56, abs=0.01)


def test_pauses_do_not_pull_the_mean_down() -> None:
    sound = np.concatenate([sine(2_000, 2, sample_rate=22_050), np.zeros(44_100, np.float32)])
    assert value(sound, "centroid_hz") == pytest.approx(2_000, rel=0.02)


@settings(max_examples=15, deadline=None)
@given(tone_hz=st.floats(40, 10_000))
def test_zero_crossings_per_sample_are_twice_the_frequency(tone_hz: float) -> None:
    found = value(sine(tone_hz, 3, sample_rate=22_050, phase=0.2), "zero_crossing_rate")
    assert found == pytest.approx(2 * tone_hz / 22_050, abs=1e-4)


@pytest.mark.parametrize("at", range(1, 9))
def test_a_tone_fills_its_own_octave_with_its_mean_square(at: int) -> None:
    sound = sine(OCTAVES_HZ[at], 3, sample_rate=44_100, level=0.5)
    found = value(sound, "octave_energy_db", sample_rate=44_100)
    assert found[at] == pytest.approx(20 * np.log10(0.5) - 3.01, abs=0.1)
    assert max(found[:at] + found[at + 1 :]) < found[at] - 40


def test_octaves_of_noise_rise_by_three_decibels_each() -> None:
    found = value(noise(20), "octave_energy_db", sample_rate=44_100)
    assert np.diff(found)[2:] == pytest.approx(3.01, abs=0.4)


def test_octaves_hear_what_cancels_in_the_mono_mix() -> None:
    tone = sine(1_000, 3, sample_rate=22_050)
    opposite = np.stack([tone, -tone])
    assert value(opposite, "octave_energy_db")[5] == pytest.approx(-9.03, abs=0.1)
    assert value(opposite, "octave_energy_db") == value(stereo(tone), "octave_energy_db")


def test_octaves_beyond_the_sample_rate_are_null_and_silent_ones_at_the_floor() -> None:
    found = value(sine(500, 1, sample_rate=8_000), "octave_energy_db", sample_rate=8_000)
    assert found[-3:] == [None, None, None]
    assert min(x for x in found if x is not None) >= -120.0


@pytest.mark.parametrize("name", FREQUENCIES)
def test_silence_has_no_frequency_and_says_why(name: str) -> None:
    silence = np.zeros(22_050, np.float32)
    assert value(silence, name) is None
    assert reason(silence, name) == SILENCE


@pytest.mark.parametrize("name", FREQUENCIES)
def test_opposite_channels_have_no_mono_frequency_and_say_why(name: str) -> None:
    tone = sine(441, 2, sample_rate=22_050)
    assert reason(np.stack([tone, -tone]), name) == CANCELS


@pytest.mark.parametrize("cut_hz", [3_000, 5_000, 8_000])
def test_where_a_filter_cut_nothing_sounds_above(cut_hz: int) -> None:
    hiss = noise(6, sample_rate=22_050)
    spectrum = np.fft.rfft(hiss)
    spectrum[np.fft.rfftfreq(hiss.size, 1 / 22_050) > cut_hz] = 0
    cut = np.fft.irfft(spectrum).astype(np.float32)
    assert value(cut, "cutoff_hz") == pytest.approx(cut_hz, rel=0.03)
    assert value(hiss, "cutoff_hz") == 11_025.0


def test_what_fades_out_slowly_has_no_cut() -> None:
    hiss = noise(6, sample_rate=22_050)
    spectrum = np.fft.rfft(hiss)
    spectrum /= np.maximum(1, np.fft.rfftfreq(hiss.size, 1 / 22_050) / 500) ** 4  # 24 dB an octave
    assert value(np.fft.irfft(spectrum).astype(np.float32), "cutoff_hz") == 11_025.0


def test_noise_has_little_contrast_and_a_tone_much_in_its_octave() -> None:
    assert max(x for x in value(noise(8, sample_rate=22_050), "octave_contrast_db")[2:] if x) < 3.5
    assert value(sine(1_000, 8, sample_rate=22_050), "octave_contrast_db")[5] > 60


def test_the_crest_of_a_tone_is_its_bins_against_all() -> None:
    """A Hann window leaves two thirds of a tone's energy in its strongest bin."""
    n_bins = 2**13 // 2 + 1  # of the long window at 22,050 Hz
    on_a_bin_hz = 163 * 22_050 / 2**13
    found = value(sine(on_a_bin_hz, 8, sample_rate=22_050), "crest_db")
    assert found == pytest.approx(10 * np.log10(2 / 3 * n_bins), abs=0.2)
