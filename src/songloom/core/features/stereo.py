"""Phase: how left and right belong together, and how steadily tones go on turning."""

from __future__ import annotations

from math import acos, sqrt

from songloom.core.features.bands import octave_sums
from songloom.core.features.heard import SILENT, Heard
from songloom.core.features.reasons import NO_MIDDLE, ONE_CHANNEL, SILENCE, Unsaid

NO_MIDDLE_SHARE = 1e-6  # of both channels' energy: the width would be a ratio of rounding errors
FAINT_BAND = 1e-12  # mean square: -120 dB


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


def phase_deviation(heard: Heard) -> float:
    """How far phases stray from a steady turn, in radians: 0 a held tone, about 1 noise.

    The angle whose cosine is the mean cosine of the phase's second difference over three frames,
    weighted by magnitude, of the mono mix below 8 kHz.
    """
    heard.must_sound()
    audible = heard.frames.audible()
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


def _within_one(x: float) -> float:
    return max(-1.0, min(1.0, x))
