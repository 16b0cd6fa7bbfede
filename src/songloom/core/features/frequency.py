"""Where in the spectrum a sound lies. All of the mono mix, but for the octave bands."""

from __future__ import annotations

from bisect import bisect

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.bands import OCTAVES_HZ, octave_edges, octave_sums
from songloom.core.features.heard import Heard
from songloom.core.features.kernels import Floats, between_bins
from songloom.core.features.reasons import ONLY_OFFSET, TOO_SHORT, Unsaid

BRIGHTNESS = ("dark", "warm", "neutral", "bright")
BRIGHTER_FROM_HZ = (350.0, 700.0, 1_400.0)
LOWEST_HZ = 20.0  # what is lower is no tone but an offset or a rumble
INAUDIBLE = 1e-8  # of the power: 80 dB below an offset is what leaks out of it
BAND_FLOOR = 1e-12  # -120 dB
FEWEST_BINS = 5
CONTRAST_FLOOR = 1e-9  # of the peak: what is fainter is rounding
CUT_BANDS, CUT_OCTAVES, CUT_DB = 48, 6, 30.0
CUT_GAP = 4  # bands: a twelfth of an octave
CUT_FLOOR = 1e-11  # of the loudest band: what is fainter is rounding


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


def brightness(heard: Heard) -> str:
    """The centroid in one word, an octave each: dark, warm, neutral, bright.

    Of the songs of six free games a third is darker than 350 Hz, and one in ten above 1.4 kHz.
    """
    return BRIGHTNESS[bisect(BRIGHTER_FROM_HZ, centroid_hz(heard))]


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


def octave_contrast_db(heard: Heard) -> list[float | None]:
    """How far the peaks of the mean spectrum stand above its valleys in ten octaves, in dB.

    The mean of the strongest fifth of the bins over that of the weakest (after Jiang et al., "Music
    type classification by spectral contrast feature", 2002): noise 1, a tone 60 and more. None
    for an octave of fewer than five bins, of silence, or above half the sample rate.
    """
    heard.must_sound()
    power, edges = heard.sums.mono, octave_edges(heard.sums.bin_hz)
    half = float(heard.sums.bin_hz[-1])
    return [
        _contrast_db(power[a:b]) if centre_hz < half else None
        for a, b, centre_hz in zip(edges[:-1], edges[1:], OCTAVES_HZ, strict=True)
    ]


def crest_db(heard: Heard) -> float:
    """How far the strongest frequency stands above the mean of the mean spectrum, in dB."""
    power = _spectrum_of(heard, heard.sums.mono)
    return float(10 * np.log10(power.max() / power.mean()))


def cutoff_hz(heard: Heard) -> float:
    """Above it nothing sounds: half the sample rate, or where an encoder or a filter cut.

    The upper edge of the highest band, a 48th of an octave wide, that stands 30 dB above all that
    is a twelfth of an octave or more higher. No instrument fades out so fast.
    """
    sums = heard.sums
    sums_up = np.concatenate([[0.0], np.cumsum(_spectrum_of(heard, sums.all))])
    half_hz = float(sums.bin_hz[-1])
    edges_hz = half_hz * 2.0 ** (-np.arange(CUT_BANDS * CUT_OCTAVES + 1)[::-1] / CUT_BANDS)
    edges = np.searchsorted(sums.bin_hz, edges_hz)
    edges[-1] = sums.bin_hz.size - 1  # the last bin holds half as much
    level = (sums_up[edges[1:]] - sums_up[edges[:-1]]) / np.maximum(np.diff(edges), 1)
    db = 10 * np.log10(np.maximum(level, CUT_FLOOR * level.max()))
    highest_from = np.maximum.accumulate(db[::-1])[::-1]
    steep = np.flatnonzero(db[:-CUT_GAP] - highest_from[CUT_GAP:] >= CUT_DB)
    return float(edges_hz[steep[-1] + 1]) if steep.size else half_hz


def _spectrum_of(heard: Heard, power: NDArray[np.float64]) -> NDArray[np.float64]:
    """The power itself; Unsaid where a click falls between all windows, or nothing sounds."""
    heard.must_sound()
    if not power.any():
        raise Unsaid(TOO_SHORT)
    return power


def _contrast_db(power: NDArray[np.float64]) -> float | None:
    if power.size < FEWEST_BINS or power.sum() < BAND_FLOOR:
        return None
    ordered = np.sort(power)
    fifth = max(1, power.size // 5)
    floor = ordered[-1] * CONTRAST_FLOOR
    high, low = ordered[-fifth:].mean(), max(ordered[:fifth].mean(), floor)
    return float(10 * np.log10(high / low))


def mean_of(heard: Heard, values: Floats) -> float:
    """Mean over the frames that can be heard."""
    heard.must_sound()
    return float(values[heard.audible()].mean(dtype=np.float64))
