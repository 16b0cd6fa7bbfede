"""Debian's free MIDI music: tempo, beats, bars and key as the score has them.

A file counts only for what its score really says: for tempo and beats if its notes stand on the
grid of one tempo, for bars if it names its metre, for the key if two of three profiles of how often
notes sound agree about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benchmarks.truth.notes import DRUMS, Note, Score, read
from benchmarks.truth.scores import NOTES

from tests.songs import package

PACKAGES = ("openttd-openmsx", "planetblupi-music-midi")
LONGEST_S = 90.0
MOST = 2
ON_GRID = 0.85  # share of the notes within a tenth of an eighth or of a triplet eighth
# How often the degrees of a key sound: Krumhansl & Kessler 1982, Temperley 2001, and Aarden 2003.
PROFILES = (
    ((6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88), (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)),
    ((0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400), (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330)),
    ((17.77, 0.15, 14.93, 0.16, 19.80, 11.36, 0.29, 22.06, 0.15, 8.15, 0.23, 4.95), (18.26, 0.74, 14.05, 16.86, 0.70, 14.44, 0.70, 18.62, 4.57, 1.93, 7.38, 1.76)),
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """What the score says about the first LONGEST_S seconds; None where it does not say."""

    name: str
    score: Score
    notes: list[Note]
    bpm: float | None
    beats_s: list[float] | None
    downbeats_s: list[float] | None
    metre: int | None
    key: tuple[str, str] | None


def scores() -> list[Truth]:
    """Every song of the packages, in the order of their names."""
    files = [path for name in PACKAGES for path in sorted(package(name).rglob("*.mid"))]
    return [truth(path) for path in files]


def truth(path: Path) -> Truth:
    """What one file says."""
    score = read(path.read_bytes())
    notes = [note for note in score.notes if note.start_s < LONGEST_S]
    has_grid = len({round(bpm, 2) for _, bpm in score.tempi if _ < LONGEST_S}) == 1 and on_grid(
        score
    )
    bpm = score.tempi[0][1] if has_grid else None
    metres = {
        metre for at_s, *metre_ in score.metres if at_s < LONGEST_S for metre in [tuple(metre_)]
    }
    metre = next(iter(metres))[0] if bpm and len(metres) == 1 else None
    metre = metre if metre in (3, 4) else None
    beats_s = None
    if bpm:
        first_s, last_s = min(n.start_s for n in notes), max(n.start_s for n in notes)
        at_s = np.arange(0, last_s + 0.05, 60 / bpm)
        beats_s = [float(t) for t in at_s if t >= first_s - 0.05]
        bars_s = set(np.round(at_s[:: metre or 1], 6))
    downbeats_s = [t for t in beats_s if round(t, 6) in bars_s] if metre and beats_s else None
    return Truth(path.stem, score, notes, bpm, beats_s, downbeats_s, metre, key_of(notes))


def on_grid(score: Score) -> bool:
    """Whether the notes stand where a quarter is divided by four or by three."""
    off = [
        min(abs(tick / q * n - round(tick / q * n)) / n for n in (4, 3)) for tick, q in score.ticks
    ]
    return float(np.mean(np.array(off) < 0.03)) >= ON_GRID


def key_of(notes: list[Note]) -> tuple[str, str] | None:
    """The key about which most profiles agree, by how long each pitch class sounds."""
    sounding = np.zeros(12)
    for note in notes:
        if note.channel != DRUMS:
            sounding[note.pitch % 12] += min(note.stop_s - note.start_s, 2.0)
    found = [_best(sounding, major, minor) for major, minor in PROFILES]
    best = max(found, key=found.count)
    if found.count(best) < MOST:
        return None
    return NOTES[best % 12], "minor" if best >= 12 else "major"


def _best(sounding: np.ndarray, major: tuple[float, ...], minor: tuple[float, ...]) -> int:
    fits = [np.corrcoef(np.roll(p, k), sounding)[0, 1] for p in (major, minor) for k in range(12)]
    return int(np.argmax(fits))
