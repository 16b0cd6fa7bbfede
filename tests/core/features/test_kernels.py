"""What a frame says: each kernel against pure tones, flat spectra and its own laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.features import kernels
from songloom.core.features.kernels import Floats
from songloom.core.features.spectrum import Grid, transform
from tests.core.features.signals import noise, sine

GRID = Grid(22_050)
HZ = GRID.short_hz
BIN_HZ = float(HZ[1])


def frames_of(sound: Floats) -> Floats:
    """(frames, n_fft) without overlap."""
    return sound[: sound.size // GRID.n_fft * GRID.n_fft].reshape(-1, GRID.n_fft)


def power_of(sound: Floats) -> Floats:
    return np.abs(transform(frames_of(sound))) ** 2


def flat(frames: int = 3) -> Floats:
    return np.ones((frames, HZ.size), np.float32)


SILENT = np.zeros((2, HZ.size), np.float32)
TONES = [200.0, 1_000.0, 4_321.0, 9_000.0]


@pytest.mark.parametrize("tone_hz", TONES)
def test_a_tone_balances_at_its_frequency_and_spreads_over_its_bins(tone_hz: float) -> None:
    power = power_of(sine(tone_hz, 1.0, sample_rate=22_050))
    total = power.sum(axis=1)
    centre_hz = kernels.centroid(power, total, HZ)
    assert centre_hz == pytest.approx(tone_hz, abs=BIN_HZ / 4)
    assert (kernels.bandwidth(power, total, HZ, centre_hz) < 1.5 * BIN_HZ).all()  # Hann's main lobe
    assert kernels.rolloff(power, total, HZ) == pytest.approx(tone_hz, abs=2 * BIN_HZ)
    assert (kernels.flatness(power, total) < 1e-3).all()


def test_a_flat_spectrum_balances_in_the_middle() -> None:
    power, total = flat(), flat().sum(axis=1)
    centre_hz = kernels.centroid(power, total, HZ)
    assert centre_hz == pytest.approx(22_050 / 4, rel=1e-4)
    spread_hz = kernels.bandwidth(power, total, HZ, centre_hz)
    assert spread_hz == pytest.approx(22_050 / 2 / np.sqrt(12), rel=2e-3)  # of a uniform density
    assert kernels.rolloff(power, total, HZ) == pytest.approx(0.85 * 22_050 / 2, abs=BIN_HZ)
    assert kernels.flatness(power, total) == pytest.approx(1.0)


def test_white_noise_is_as_flat_as_euler_says() -> None:
    """The logarithm of an exponential variable has the mean −γ: e^−γ = 0.5615."""
    power = power_of(noise(60, sample_rate=22_050))
    found = kernels.flatness(power, power.sum(axis=1)).mean()
    assert found == pytest.approx(np.exp(-np.euler_gamma), abs=0.005)


def test_silence_has_no_place_no_spread_and_no_nan() -> None:
    total = SILENT.sum(axis=1)
    for found in (
        kernels.centroid(SILENT, total, HZ),
        kernels.bandwidth(SILENT, total, HZ, total),
        kernels.rolloff(SILENT, total, HZ),
        kernels.flatness(SILENT, total),
    ):
        assert found.tolist() == [0.0, 0.0]


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**16), bins=st.integers(1, 300))
def test_rolloff_agrees_with_a_plain_search(seed: int, bins: int) -> None:
    rng = np.random.default_rng(seed)
    power = rng.exponential(size=(4, bins)).astype(np.float32) ** 3
    hz = np.arange(bins, dtype=np.float32)
    found = kernels.rolloff(power, power.sum(axis=1), hz)
    shares = np.cumsum(power.astype(np.float64), axis=1) / power.sum(axis=1, keepdims=True)
    expected = (shares < kernels.ROLLOFF_SHARE).sum(axis=1)
    close = np.abs(shares - kernels.ROLLOFF_SHARE).min(axis=1) < 1e-5  # either bin is right
    assert np.all((found == expected) | close)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**16), gain=st.floats(1e-4, 1e4))
def test_a_gain_changes_nothing_but_energy(seed: int, gain: float) -> None:
    power = np.random.default_rng(seed).exponential(size=(3, HZ.size)).astype(np.float32)
    louder = power * np.float32(gain)
    total, louder_total = power.sum(axis=1), louder.sum(axis=1)
    for kernel in (kernels.centroid, kernels.rolloff):
        assert kernel(louder, louder_total, HZ) == pytest.approx(
            kernel(power, total, HZ), rel=1e-3, abs=BIN_HZ
        )
    assert kernels.flatness(louder, louder_total) == pytest.approx(
        kernels.flatness(power, total), rel=1e-3
    )


def steadiness(sound: Floats) -> float:
    """Mean cosine of the phase's second difference at the grid's own hop."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, GRID.n_fft)[:: GRID.hop]
    spectra = transform(frames)
    steady, weight = kernels.phase_steadiness(spectra, np.abs(spectra))
    return float(steady.sum() / weight.sum())


@pytest.mark.parametrize("tone_hz", TONES)
def test_the_phase_of_a_held_tone_turns_evenly(tone_hz: float) -> None:
    assert steadiness(sine(tone_hz, 1.0, sample_rate=22_050)) == pytest.approx(1.0, abs=1e-3)


def test_the_phase_of_noise_does_not() -> None:
    assert steadiness(noise(5, sample_rate=22_050)) < 0.75


def test_frames_that_share_no_sample_have_unrelated_phases() -> None:
    spectra = transform(frames_of(noise(60, sample_rate=22_050)))
    steady, weight = kernels.phase_steadiness(spectra, np.abs(spectra))
    assert float(steady.sum() / weight.sum()) == pytest.approx(0.0, abs=0.01)


def test_steadiness_of_silence_has_no_weight() -> None:
    nothing = np.zeros((5, 20), np.complex64)
    steady, weight = kernels.phase_steadiness(nothing, np.abs(nothing))
    assert steady.tolist() == weight.tolist() == [0.0, 0.0, 0.0]


def test_peaks_stand_above_both_neighbours() -> None:
    row = np.array([[9, 1, 3, 3, 1, 5, 0, 7]], np.float32)
    assert np.flatnonzero(kernels.is_peak(row)).tolist() == [
        2,
        5,
    ]  # a plateau counts once, at its start


@given(offset=st.floats(-0.5, 0.5), height=st.floats(-5, 5), curve=st.floats(0.01, 10))
def test_the_top_of_a_parabola_is_found_exactly(offset: float, height: float, curve: float) -> None:
    left, middle, right = (
        np.array([height - curve * (i - offset) ** 2], np.float64) for i in (-1, 0, 1)
    )
    found, top = kernels.between_bins(left, middle, right)  # type: ignore[arg-type]
    assert found[0] == pytest.approx(offset, abs=1e-6)
    assert top[0] == pytest.approx(height, abs=1e-6)
