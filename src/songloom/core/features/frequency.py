"""Where in the spectrum a sound lies. All of the mono mix, but for the octave bands."""

from __future__ import annotations

import numpy as np

from songloom.core.features.bands import octave_sums
from songloom.core.features.heard import Heard
from songloom.core.features.kernels import Floats, between_bins
from songloom.core.features.reasons import ONLY_OFFSET, Unsaid

LOWEST_HZ = 20.0  # what is lower is no tone but an offset or a rumble
INAUDIBLE = 1e-8  # of the power: 80 dB below an offset is what leaks out of it
BAND_FLOOR = 1e-12  # -120 dB


def dominant_hz(heard: Heard) -> float:
    """The strongest frequency of the mean power spectrum, finer than a bin."""
    heard.must_sound()
    sums = heard.sums
    lowest = max(1, int(np.searchsorted(sums.bin_hz, LOWEST_HZ)))
    if sums.mono[lowest:].sum() < INAUDIBLE * sums.mono.sum():
        raise Unsaid(ONLY_OFFSET)
    at = lowest + int(sums.mono[lowest:-1].argmax())
    logs = np.log(np.maximum(sums.mono[at - 1 : at + 2], 1e-30)).astype(np.float32)
    offset, _ = between_bins(*(logs[i : i + 1] for i in range(3)))
    return (at + float(offset[0])) * float(sums.bin_hz[1])


def centroid_hz(heard: Heard) -> float:
    """Mean over audible frames of where the power spectrum balances."""
    return mean_of(heard, heard.frames.centroid_hz)


def bandwidth_hz(heard: Heard) -> float:
    """Mean over audible frames of the power's standard deviation around the centroid."""
    return mean_of(heard, heard.frames.bandwidth_hz)


def rolloff_hz(heard: Heard) -> float:
    """Mean over audible frames of the frequency below which 85 % of the energy lies."""
    return mean_of(heard, heard.frames.rolloff_hz)


def flatness(heard: Heard) -> float:
    """Mean over audible frames of geometric over arithmetic mean of the power: tone 0, noise ½."""
    return mean_of(heard, heard.frames.flatness)


def zero_crossing_rate(heard: Heard) -> float:
    """Changes of sign per sample of the mono mix, over the whole sound."""
    return heard.waves.n_crossings / max(1, heard.waves.n_samples)


def octave_energy_db(heard: Heard) -> list[float | None]:
    """Mean square in ten octaves from 31.5 Hz to 16 kHz, mean of the channels, in dB.

    0 dB is a full-scale square wave, a full-scale sine reads −3; at least −120. None for an octave
    that the sample rate cannot hold.
    """
    sums = octave_sums(heard.sums.all, heard.sums.bin_hz)
    return [None if s is None else float(10 * np.log10(max(s, BAND_FLOOR))) for s in sums]


def mean_of(heard: Heard, values: Floats) -> float:
    """Mean over the frames that can be heard."""
    heard.must_sound()
    return float(values[heard.frames.audible()].mean(dtype=np.float64))
