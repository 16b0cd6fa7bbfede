"""A tempo heard an octave off, set right where the score is known."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import log2
from typing import Any

GIVE = 0.08  # octaves: farther from the score it is another pulse, and stays as it was heard
JUDGED_BEATS = 32  # the score's own grid holds for so long, whatever a slowing end does


def in_octave(values: Mapping[str, Any], score_bpm: float | None) -> dict[str, Any]:
    """The features with tempo, beats and bars in the octave of the score, if it is one away.

    What was heard then stays as `tempo_heard_bpm`, and is the first of the alternatives.
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
    bpm = heard_bpm * 2.0**octaves
    right: dict[str, Any] = {"tempo_bpm": bpm, "tempo_heard_bpm": heard_bpm, "beats_s": beats_s}
    if values.get("tempo_alternatives_bpm") is not None:
        right["tempo_alternatives_bpm"] = _others(values["tempo_alternatives_bpm"], heard_bpm, bpm)
    if values.get("downbeats_s") is not None and values.get("metre"):
        right["downbeats_s"] = _bars(beats_s, score_bpm, values["metre"])
    return dict(values) | right


def _others(others_bpm: list[float], heard_bpm: float, bpm: float) -> list[float]:
    """What else it may be: what was heard, then what was second to it; as many as before."""
    left = [other for other in others_bpm if abs(log2(other / bpm)) > GIVE]
    return [heard_bpm, *left][: max(1, len(others_bpm))]


def _bars(beats_s: list[float], bpm: float, metre: int) -> list[float]:
    """Every third or fourth beat, counted from where the score's bars begin: at 0 s."""
    counted = [beats_s[first::metre] for first in range(metre)]
    return min(counted, key=lambda bars: _off(bars[: JUDGED_BEATS // metre], bpm / metre))


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
