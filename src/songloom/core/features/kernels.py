"""What each frame of a spectrogram says, all frames of a batch at once; no loop over frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Spectra = NDArray[np.complex64]

TINY = float(np.finfo(np.float32).tiny)
ROLLOFF_SHARE = 0.85
GROUP = 32  # bins that are added up before the search for the roll-off looks closer
FLATNESS_FLOOR = 1e-10  # of the frame's mean: 100 dB below it nothing is music


def power_of(spectra: Spectra) -> Floats:
    """|X|² of each bin."""
    found = np.square(spectra.real)
    found += np.square(spectra.imag)
    return found


def centroid(power: Floats, total: Floats, bin_hz: Floats) -> Floats:
    """Where the spectrum balances: low is dull, high is bright.

    power    (frames, bins) linear power
    total    (frames,) its sum over the bins
    bin_hz   (bins,)
    returns  (frames,) Hz; 0 for a silent frame
    """
    return np.asarray(power @ bin_hz / np.maximum(total, TINY))


def bandwidth(power: Floats, total: Floats, bin_hz: Floats, centre_hz: Floats) -> Floats:
    """How far the energy spreads around the centroid: its standard deviation.

    returns  (frames,) Hz; 0 for a silent frame
    """
    off = bin_hz - centre_hz[:, np.newaxis]
    np.square(off, out=off)
    return np.asarray(np.sqrt(np.einsum("fb,fb->f", power, off) / np.maximum(total, TINY)))


def rolloff(power: Floats, total: Floats, bin_hz: Floats) -> Floats:
    """The frequency below which 85 % of the energy lies.

    First among groups of 32 bins, then inside the one group where the share is passed.

    returns  (frames,) Hz; 0 for a silent frame
    """
    frames, bins = power.shape
    groups = np.add.reduceat(power, np.arange(0, bins, GROUP), axis=1)
    below = np.cumsum(groups, axis=1)
    wanted = ROLLOFF_SHARE * total
    group = (below < wanted[:, np.newaxis]).sum(axis=1)
    rows = np.arange(frames)
    before = np.where(group > 0, below[rows, np.maximum(group - 1, 0)], 0)
    columns = group[:, np.newaxis] * GROUP + np.arange(GROUP)
    inside = np.cumsum(power[rows[:, np.newaxis], np.minimum(columns, bins - 1)], axis=1)
    first = (inside < (wanted - before)[:, np.newaxis]).sum(axis=1)
    return np.asarray(bin_hz[np.minimum(group * GROUP + first, bins - 1)] * (wanted > 0))


def flatness(power: Floats, total: Floats) -> Floats:
    """Geometric over arithmetic mean: near 0 a tone, near 0.56 white noise, 1 a single click.

    returns  (frames,) in [0, 1]; 0 for a silent frame
    """
    bins = power.shape[1]
    mean = total / bins
    ratio = power * (1 / np.maximum(mean, TINY))[:, np.newaxis]
    np.maximum(ratio, np.float32(FLATNESS_FLOOR), out=ratio)
    half = bins // 2  # two of them multiplied still fit into a float32: half as many logarithms
    logs = np.log(ratio[:, :half] * ratio[:, half : 2 * half]).sum(axis=1)
    logs += np.log(ratio[:, 2 * half :]).sum(axis=1)
    return np.asarray(np.exp(logs / bins) * (mean > TINY))


def phase_steadiness(spectra: Spectra, magnitude: Floats) -> tuple[Floats, Floats]:
    """How well each bin's phase goes on turning as it did before, without taking an angle.

    The second difference φ″ of the phase over three frames is 0 for a steady tone and anything for
    noise. cos φ″ = Re(r[n]·r*[n−1]) / |r[n]·r*[n−1]| where r[n] = X[n]·X*[n−1].

    spectra, magnitude  (frames + 2, bins): a batch and the two frames before it
    returns             (frames,) Σ|X|·cos φ″, and (frames,) Σ|X|
    """
    turn = spectra[1:] * spectra[:-1].conj()
    cosine = turn[1:].real * turn[:-1].real + turn[1:].imag * turn[:-1].imag
    size = magnitude[1:] * magnitude[:-1]
    cosine /= np.maximum(size[1:] * size[:-1], TINY)
    now = magnitude[2:]
    return np.einsum("fb,fb->f", now, cosine), now.sum(axis=1)


def is_peak(magnitude: Floats) -> NDArray[np.bool_]:
    """Bins that stand above both neighbours; never the first or the last.

    magnitude, returns  (frames, bins)
    """
    found = np.zeros(magnitude.shape, bool)
    inner = magnitude[:, 1:-1]
    np.logical_and(inner > magnitude[:, :-2], inner >= magnitude[:, 2:], out=found[:, 1:-1])
    return found


def between_bins(left: Floats, middle: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Where a parabola through three logarithms of power has its top, and how high.

    returns  offset in bins in [-½, ½], and the top in the same unit
    """
    curve = np.minimum(left - 2 * middle + right, -1e-9)
    offset = np.clip(0.5 * (left - right) / curve, -0.5, 0.5)
    return offset, middle - 0.25 * (left - right) * offset
