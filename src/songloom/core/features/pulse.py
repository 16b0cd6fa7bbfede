"""Rhythm in numbers: tempo and what else it might be, beats, bars, onsets."""

from __future__ import annotations

from songloom.core.features.heard import Heard
from songloom.core.features.onsets import onset_frames
from songloom.core.features.reasons import TOO_SHORT, Unsaid
from songloom.core.features.rhythm import stability

FEWEST_STEADY = 8  # beats
MOST_BEATS = 50_000  # seven hours at 120 BPM


def tempo_bpm(heard: Heard) -> float:
    """The likeliest tempo in beats per minute, from the beats themselves."""
    return heard.rhythm().tempo_bpm


def tempo_confidence(heard: Heard) -> float:
    """How well the onsets repeat at the tempo, in [0, 1]; less for fewer than 8 beats."""
    return heard.rhythm().confidence


def tempo_alternatives_bpm(heard: Heard) -> list[float]:
    """The two tempi that are likeliest after `tempo_bpm`, mostly its half and its double."""
    return heard.rhythm().alternatives_bpm


def tempo_stability(heard: Heard) -> float:
    """Share of the intervals between beats within 4 % of their median: 1 a click track."""
    beats_s = heard.rhythm().beats_s
    if beats_s.size < FEWEST_STEADY:
        raise Unsaid(TOO_SHORT)
    return stability(beats_s)


def beats_s(heard: Heard) -> list[float]:
    """Where the beats fall, in seconds; the first 50,000."""
    return [float(at_s) for at_s in heard.rhythm().beats_s[:MOST_BEATS]]


def downbeats_s(heard: Heard) -> list[float]:
    """The beats that begin a bar, in seconds; of the first 50,000 beats."""
    first = heard.bars().first
    return [float(at_s) for at_s in heard.rhythm().beats_s[first[first < MOST_BEATS]]]


def metre(heard: Heard) -> int:
    """How many beats a bar has: 3 or 4."""
    return heard.bars().metre


def onset_rate_hz(heard: Heard) -> float:
    """How many notes or strokes begin in a second; what begins together counts once."""
    heard.must_sound()
    return onset_frames(heard.onsets).size / heard.duration_s
