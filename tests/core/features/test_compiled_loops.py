"""Each compiled loop against the function of numpy that it stands for, on any numbers."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.features import beats, kernels, quick
from songloom.core.features.biquads import sosfilt
from songloom.core.features.kernels import Floats, Spectra
from songloom.core.features.long import Long
from songloom.core.features.loudness import k_weighting
from songloom.core.features.pitch import PitchClasses
from songloom.core.features.spectrum import Grid
from songloom.core.features.true_peak import CHUNK, TruePeak

if not os.environ.get("CI"):  # there it belongs to what is installed
    pytest.importorskip("numba")

SEEDS = st.integers(0, 2**16)
FEW = settings(max_examples=15, deadline=None)
GRID = Grid(8_000)


def spectra_of(seed: int, *shape: int) -> Spectra:
    """Complex numbers over eight decades, as quiet and loud music has them."""
    rng = np.random.default_rng(seed)
    size = 10 ** rng.uniform(-6, 2, shape)
    return np.asarray(size * np.exp(2j * np.pi * rng.random(shape)), np.complex64)


def parts(spectra: Spectra) -> Floats:
    return spectra.view(np.float32)


@FEW
@given(seed=SEEDS, frames=st.integers(1, 5), bins=st.integers(2, 300))
def test_shapes_of_frames(seed: int, frames: int, bins: int) -> None:
    spectra = spectra_of(seed, frames, bins)
    hz = np.linspace(0, 4_000, bins, dtype=np.float32)
    power, found = np.empty((frames, bins), np.float32), np.zeros((5, frames), np.float32)
    with quick.compiled():
        quick.loops().shape(
            parts(spectra), power, hz, kernels.ROLLOFF_SHARE, kernels.FLATNESS_FLOOR, found
        )
    assert power == pytest.approx(kernels.power_of(spectra), rel=1e-5)
    total = power.sum(axis=1)
    centre_hz = kernels.centroid(power, total, hz)
    assert found[0] == pytest.approx(total, rel=1e-5)
    assert found[1] == pytest.approx(centre_hz, rel=1e-4, abs=1e-3)
    wide_hz = kernels.bandwidth(power, total, hz, centre_hz)
    assert found[2] == pytest.approx(wide_hz, rel=1e-3, abs=0.1)
    assert np.abs(found[3] - kernels.rolloff(power, total, hz)).max() <= hz[1] * 1.001
    assert found[4] == pytest.approx(kernels.flatness(power, total), rel=1e-3)


@FEW
@given(seed=SEEDS, frames=st.integers(1, 5), bins=st.integers(1, 200))
def test_steadiness_of_phases(seed: int, frames: int, bins: int) -> None:
    spectra = spectra_of(seed, frames + 2, bins)
    found = np.empty((2, frames), np.float32)
    with quick.compiled():
        quick.loops().steadiness(parts(spectra), found)
    steady, weight = kernels.phase_steadiness(spectra, np.abs(spectra))
    assert found[1] == pytest.approx(weight, rel=1e-5)
    assert np.abs(found[0] - steady).max() <= 1e-4 * weight.max()


@FEW
@given(seed=SEEDS, frames=st.integers(1, 5))
def test_sums_of_two_sides(seed: int, frames: int) -> None:
    spectra = spectra_of(seed, 2, frames, GRID.n_long // 2 + 1)
    plain = Long(GRID, 2)
    with quick.compiled():
        compiled = Long(GRID, 2)
    for one in (plain, compiled):
        one._measure(spectra.copy())
    assert compiled._sums[:5] == pytest.approx(plain._sums[:5], rel=1e-4, abs=1e-2)
    assert compiled._sides[0] == pytest.approx(plain._sides[0], rel=1e-3, abs=1.0)


@FEW
@given(seed=SEEDS, n_samples=st.integers(1, 3_000), n_channels=st.integers(1, 5))
def test_weighted_energies(seed: int, n_samples: int, n_channels: int) -> None:
    rng = np.random.default_rng(seed)
    block = rng.standard_normal((n_channels, n_samples)).astype(np.float32)
    cuts = np.unique(np.append(0, rng.integers(0, n_samples, 3)))
    sections, state = k_weighting(44_100), rng.standard_normal((2, n_channels, 2))
    weighted, after = sosfilt(sections, block, state)
    sums = np.empty((n_channels, cuts.size))
    with quick.compiled():
        quick.loops().weighted_energy(sections, block, state, cuts, sums)
    assert sums == pytest.approx(np.add.reduceat(weighted**2, cuts, axis=1), rel=1e-9)
    assert state == pytest.approx(after, rel=1e-9, abs=1e-9)


@FEW
@given(seed=SEEDS, n_chunks=st.integers(3, 40))
def test_extents_of_chunks(seed: int, n_chunks: int) -> None:
    rng = np.random.default_rng(seed)
    sound = rng.standard_normal((2, n_chunks * CHUNK)).astype(np.float32)
    plain = TruePeak(2)
    with quick.compiled():
        compiled = TruePeak(2)
    for mine, theirs in zip(compiled._extent(sound), plain._extent(sound), strict=True):
        assert mine == pytest.approx(theirs, rel=1e-6, abs=1e-6)


@FEW
@given(seed=SEEDS, period=st.floats(3, 40), size=st.integers(1, 400))
def test_chains_of_beats(seed: int, period: float, size: int) -> None:
    change = np.random.default_rng(seed).exponential(size=size).astype(np.float32)
    plain = beats.track(change, period)
    with quick.compiled():
        assert beats.track(change, period).tolist() == plain.tolist()


@FEW
@given(seed=SEEDS)
def test_pitches_of_peaks(seed: int) -> None:
    magnitude = np.abs(spectra_of(seed, 3, GRID.n_long // 2 + 1))
    plain = PitchClasses(GRID)
    with quick.compiled():
        compiled = PitchClasses(GRID)
    for one in (plain, compiled):
        one.add(magnitude)
    assert compiled.chroma() == pytest.approx(plain.chroma(), abs=1e-4)
    assert compiled.histogram == pytest.approx(plain.histogram, abs=0.02)  # a peak on an edge
    assert compiled.tuning() == pytest.approx(plain.tuning(), abs=1e-2)
