"""Pitch: tuning, pitch classes, key and chords."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.chords import CHORDS, NOTES, on_beats, runs
from songloom.core.features.heard import Heard
from songloom.core.features.keys import Key, changes, key_of
from songloom.core.features.reasons import FEW_PITCHES, NO_PITCH, NO_TUNING, TOO_SHORT, Unsaid

Doubles = NDArray[np.float64]

PITCHED = 0.06  # contrast of the pitch classes; long noise has 0.02, dense music more than 0.08
PITCHED_1S = 0.12  # the same for one second; chance falls with the root of the length
CLEAR_CONTRAST = 0.2  # below it the key is less and less sure
MOST_CHORDS = 20_000  # twelve hours of pop music
PRESENT = 0.04  # share of a pitch class that counts as heard
FEWEST_PITCHES = 4
SHORTEST_FRAMES = 2.5  # a click lies in two windows, wherever it falls; its peaks are chance
TUNED, TUNED_1S = 0.05, 0.06  # agreement of the pitches about one tuning, long and in one second


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
    """How likely the key is against all others, less if no pitch stands out; in [0, 1]."""
    clear = min(1.0, contrast(heard.sums.pitch.chroma()) / CLEAR_CONTRAST)
    return _key(heard).confidence * clear


def key_changes(heard: Heard) -> list[list[object]]:
    """[second, tonic, mode] where the key begins and wherever it changes for good."""
    whole = _key(heard)
    notes, _ = heard.pitch_classes
    found = changes(notes, heard.chord_path, heard.pitch_frame_s, whole)
    return [[at_s, NOTES[key % 12], "minor" if key >= 12 else "major"] for at_s, key in found]


def chords(heard: Heard) -> list[list[object]]:
    """[from, to, name] of each chord in seconds: C to B, Cm to Bm, N for none; on the beats."""
    heard.must_sound()
    path, frame_s = heard.chord_path, heard.pitch_frame_s
    if not path.size:
        raise Unsaid(TOO_SHORT)
    found = runs(path)[:MOST_CHORDS]
    edges = np.array([(first + 0.5) * frame_s for first, _, _ in found[1:]])
    edges = on_beats(edges, heard.beats_s(), frame_s)
    edges = np.concatenate([[0.0], edges, [min(heard.duration_s, (found[-1][1] + 1.5) * frame_s)]])
    return [
        [float(edges[i]), float(edges[i + 1]), CHORDS[chord]]
        for i, (_, _, chord) in enumerate(found)
        if edges[i + 1] > edges[i]
    ]


def _key(heard: Heard) -> Key:
    shares = _pitched(heard)
    if heard.sums.pitch.lasting_frames() < SHORTEST_FRAMES:
        raise Unsaid(NO_PITCH)
    if np.count_nonzero(shares > PRESENT) < FEWEST_PITCHES:
        raise Unsaid(FEW_PITCHES)
    return key_of(shares, heard.chord_path)


def _pitched(heard: Heard) -> Doubles:
    heard.must_sound()
    shares = heard.sums.pitch.chroma()
    if contrast(shares) < max(PITCHED, PITCHED_1S / sqrt(heard.duration_s)):
        raise Unsaid(NO_PITCH)
    return shares


def contrast(shares: Doubles) -> float:
    """Standard deviation of the shares over their mean: 0 all alike, 3.3 a single pitch class."""
    return float(shares.std() / shares.mean()) if shares.any() else 0.0
