"""Pitch: tuning, pitch classes and key."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.heard import Heard
from songloom.core.features.reasons import FEW_PITCHES, NO_PITCH, NO_TUNING, Unsaid

Doubles = NDArray[np.float64]

NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
# How well each degree fits a key; Krumhansl & Kessler, "Tracing the dynamic changes in perceived
# tonal organization", 1982.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

PITCHED = 0.06  # contrast of the pitch classes; long noise has 0.02, dense music more than 0.08
PITCHED_1S = 0.12  # the same for one second; chance falls with the root of the length
CLEAR_CONTRAST = 0.2  # below it the key is less and less sure
PRESENT = 0.04  # share of a pitch class that counts as heard
FEWEST_PITCHES = 4
SHORTEST_FRAMES = 2.5  # a click lies in two windows, wherever it falls; its peaks are chance
CLEAR_LEAD = 0.15  # a key that fits so much better than any other is beyond doubt
TUNED, TUNED_1S = 0.05, 0.06  # agreement of the pitches about one tuning, long and in one second


@dataclass(frozen=True)
class Key:
    """tonic 0–11 (C = 0), is_minor, confidence in [0, 1]."""

    tonic: int
    is_minor: bool
    confidence: float


def chroma(heard: Heard) -> list[float]:
    """Share of each pitch class, C first; sums to 1."""
    return [float(share) for share in _pitched(heard)]


def tuning_cents(heard: Heard) -> float:
    """How far the pitches lie off A = 440 Hz, in (−50, 50]."""
    heard.must_sound()
    cents, agreement = heard.sums.pitch.tuning()
    if agreement < max(TUNED, TUNED_1S / sqrt(heard.duration_s)):
        raise Unsaid(NO_TUNING)
    return cents


def key(heard: Heard) -> str:
    """The tonic, C to B with sharps."""
    return NOTES[_key(heard).tonic]


def mode(heard: Heard) -> str:
    """major or minor."""
    return "minor" if _key(heard).is_minor else "major"


def key_confidence(heard: Heard) -> float:
    """How well the key fits, less if another does too or if no pitch stands out; in [0, 1]."""
    return _key(heard).confidence


def _key(heard: Heard) -> Key:
    shares = _pitched(heard)
    if heard.sums.pitch.lasting_frames() < SHORTEST_FRAMES:
        raise Unsaid(NO_PITCH)
    if np.count_nonzero(shares > PRESENT) < FEWEST_PITCHES:
        raise Unsaid(FEW_PITCHES)
    return key_of(shares)


def key_of(shares: Doubles) -> Key:
    """The key whose profile correlates best with the pitch classes: (12,) ≥ 0."""
    fits = key_profiles() @ normalised(shares)
    second, best = np.argsort(fits, kind="stable")[-2:]
    lead = min(1.0, float(fits[best] - fits[second]) / CLEAR_LEAD)
    clear = min(1.0, contrast(shares) / CLEAR_CONTRAST)
    confidence = max(0.0, float(fits[best])) * (0.5 + 0.5 * lead) * clear
    return Key(int(best) % 12, bool(best >= 12), confidence)


def key_profiles() -> Doubles:
    """(24, 12) normalised: C major to B major, then C minor to B minor."""
    return np.array(
        [np.roll(normalised(np.array(p)), k) for p in (MAJOR, MINOR) for k in range(12)]
    )


def normalised(values: Doubles) -> Doubles:
    """Without its mean, of unit length; all 0 if every value is the same."""
    centred = values - values.mean()
    length = float(np.linalg.norm(centred))
    return np.asarray(centred / length if length > 1e-12 else np.zeros_like(centred))


def _pitched(heard: Heard) -> Doubles:
    heard.must_sound()
    shares = heard.sums.pitch.chroma()
    if contrast(shares) < max(PITCHED, PITCHED_1S / sqrt(heard.duration_s)):
        raise Unsaid(NO_PITCH)
    return shares


def contrast(shares: Doubles) -> float:
    """Standard deviation of the shares over their mean: 0 all alike, 3.3 a single pitch class."""
    return float(shares.std() / shares.mean()) if shares.any() else 0.0
