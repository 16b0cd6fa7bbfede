"""Phase: how left and right belong together, and how steadily tones go on turning."""

from __future__ import annotations

from math import acos, log10, sqrt

import numpy as np

from songloom.core.features.bands import octave_sums
from songloom.core.features.heard import SILENT, Heard
from songloom.core.features.lag import LEAST_AGREEMENT, lag_and_agreement
from songloom.core.features.reasons import NO_LAG, NO_MIDDLE, ONE_CHANNEL, SILENCE, Unsaid

NO_MIDDLE_SHARE = 1e-6  # of both channels' energy: the width would be a ratio of rounding errors
FAINT_BAND = 1e-12  # mean square: -120 dB
MOST_PARTS = 120


def stereo_correlation(heard: Heard) -> float:
    """ΣLR / √(ΣLL · ΣRR): 1 mono, 0 unrelated (or one side silent), −1 opposite phase."""
    both = _both(heard)
    if min(heard.waves.left, heard.waves.right) < both * 1e-12:
        return 0.0  # no sample of one side moves with the other
    return _within_one(heard.waves.product / sqrt(heard.waves.left * heard.waves.right))


def stereo_width(heard: Heard) -> float:
    """Side over middle energy, (LL + RR − 2LR) / (LL + RR + 2LR): 0 mono, 1 unrelated sides."""
    both, cross = _both(heard), 2 * heard.waves.product
    if both + cross <= NO_MIDDLE_SHARE * both:
        raise Unsaid(NO_MIDDLE)
    return max(0.0, (both - cross) / (both + cross))


def octave_phase_correlation(heard: Heard) -> list[float | None]:
    """Re ΣLR* / √(Σ|L|² · Σ|R|²) in each of ten octaves: cos of the phase between the sides.

    None for an octave without sound on both sides.
    """
    _both(heard)
    sums = heard.sums
    per_octave = zip(
        *(octave_sums(values, sums.bin_hz) for values in (sums.cross.real, sums.left, sums.right)),
        strict=True,
    )
    return [
        None
        if cross is None or left is None or right is None or min(left, right) < FAINT_BAND
        else _within_one(cross / sqrt(left * right))
        for cross, left, right in per_octave
    ]


def octave_width(heard: Heard) -> list[float | None]:
    """Side over middle energy in each of ten octaves, as `stereo_width`.

    None for an octave without sound, or without a middle.
    """
    _both(heard)
    sums = heard.sums
    sides = zip(
        octave_sums(sums.left + sums.right, sums.bin_hz),
        octave_sums(2 * sums.cross.real, sums.bin_hz),
        strict=True,
    )
    return [
        None if both is None or cross is None or both < FAINT_BAND else _width(both, cross)
        for both, cross in sides
    ]


def correlation_over_time(heard: Heard) -> list[float | None]:
    """`stereo_correlation` in equal parts of the sound, at most 120 of at least a second.

    None for a part that is silent on one side.
    """
    return [
        _within_one(product / sqrt(left * right)) if min(left, right) > SILENT else None
        for left, right, product in _parts(heard)
    ]


def width_over_time(heard: Heard) -> list[float | None]:
    """`stereo_width` in the same parts. None for one that is silent or has no middle."""
    return [
        _width(left + right, 2 * product) if left + right > SILENT else None
        for left, right, product in _parts(heard)
    ]


def delay_samples(heard: Heard) -> int:
    """How many samples right comes after left; less than 0 where left comes later."""
    return _lag(heard)[0]


def polarity(heard: Heard) -> int:
    """1, or −1 where one side is the other upside down, at whatever delay."""
    return 1 if _lag(heard)[1] > 0 else -1


def mono_loss_db(heard: Heard) -> float:
    """How much softer the mono mix is than the channels in the mean: 0 all alike, 3 unrelated."""
    heard.must_sound()
    if heard.n_channels < 2:
        raise Unsaid(ONE_CHANNEL)
    return max(0.0, 10 * log10(heard.waves.all / heard.waves.mono))


def phase_deviation(heard: Heard) -> float:
    """How far phases stray from a steady turn, in radians: 0 a held tone, about 1 noise.

    The angle whose cosine is the mean cosine of the phase's second difference over three frames,
    weighted by magnitude, of the mono mix below 8 kHz.
    """
    heard.must_sound()
    audible = heard.audible()
    steady = float(heard.frames.steady[audible].sum(dtype=float))
    return acos(_within_one(steady / float(heard.frames.magnitude[audible].sum(dtype=float))))


def _both(heard: Heard) -> float:
    """Energy of left and right together."""
    if heard.n_channels < 2:
        raise Unsaid(ONE_CHANNEL)
    both = heard.waves.left + heard.waves.right
    if both / max(1, heard.waves.n_samples) < SILENT:
        raise Unsaid(SILENCE)
    return both


def _width(both: float, cross: float) -> float | None:
    """Side over middle energy; None where there is no middle."""
    if both + cross <= NO_MIDDLE_SHARE * both:
        return None
    return max(0.0, (both - cross) / (both + cross))


def _parts(heard: Heard) -> list[tuple[float, float, float]]:
    """Mean squares of left and right and their product, part by part."""
    _both(heard)
    sides = heard.sums.sides
    n_parts = max(1, min(MOST_PARTS, int(heard.duration_s), len(sides)))
    edges = np.arange(n_parts) * len(sides) // n_parts
    sums = np.add.reduceat(sides.astype(np.float64), edges, axis=0)
    means = sums / np.diff(np.append(edges, len(sides)))[:, np.newaxis]
    return [(float(left), float(right), float(product)) for left, right, product in means]


def _lag(heard: Heard) -> tuple[int, float]:
    _both(heard)
    sums = heard.sums
    lag, agreement = lag_and_agreement(sums.cross, sums.left, sums.right, heard.sample_rate)
    if abs(agreement) < LEAST_AGREEMENT:
        raise Unsaid(NO_LAG)
    return lag, agreement


def _within_one(x: float) -> float:
    return max(-1.0, min(1.0, x))
