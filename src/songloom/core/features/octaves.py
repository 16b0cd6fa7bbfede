"""A tempo heard an octave off, set right where the score is known."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import log2
from typing import Any

GIVE = 0.08  # octaves: farther from the score it is another pulse, and stays as it was heard
JUDGED_BEATS = 32  # the score's own grid holds for so long, whatever a slowing end does


def in_octave(values: Mapping[str, Any], score_bpm: float | None) -> dict[str, Any]:
    """The features with `tempo_bpm` and `beats_s` in the octave of the score, if it is one away.

    What was heard then stays as `tempo_heard_bpm`.
    """
    heard_bpm = values.get("tempo_bpm")
    if not heard_bpm or not score_bpm:
        return dict(values)
    octaves = round(log2(score_bpm / heard_bpm))
    is_near = abs(log2(score_bpm / heard_bpm) - octaves) <= GIVE
    if abs(octaves) != 1 or not is_near:
        return dict(values)
    beats_s = values.get("beats_s") or []
    beats_s = _between(beats_s) if octaves > 0 else _every_other(beats_s, score_bpm)
    right = {"tempo_bpm": heard_bpm * 2.0**octaves, "tempo_heard_bpm": heard_bpm}
    return dict(values) | right | {"beats_s": beats_s}


def _every_other(beats_s: list[float], bpm: float) -> list[float]:
    """Those of the two halves that fall on the score's beats, the first of which is at 0 s."""
    return min(beats_s[::2], beats_s[1::2], key=lambda half: _off(half[:JUDGED_BEATS], bpm))


def _off(beats_s: list[float], bpm: float) -> float:
    """How far beats lie from the nearest beat of the score, in the mean; of none: very far."""
    off = [abs(at * bpm / 60 - round(at * bpm / 60)) for at in beats_s]
    return sum(off) / len(off) if off else 1.0


def _between(beats_s: list[float]) -> list[float]:
    """The beats, and one in the middle of each two."""
    middles = [round((a + b) / 2, 4) for a, b in pairwise(beats_s)]
    return sorted([*beats_s, *middles])
