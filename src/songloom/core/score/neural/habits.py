"""What tunes are like, in a few numbers, and which of several drafts is most like a real one.

Every draft is written as the model likes. Then one tune of the training is drawn, of the same
metre, and the draft whose numbers are nearest to it is kept. So composed tunes differ from each
other as much as real ones do; keeping the likeliest made all of them tame.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from songloom.core.score.notes import Metre, Note

BARS = 16  # a longer tune is known by its beginning
MOST_TUNES = 250  # of one metre that are remembered
HABITS = (
    "range", "variety of tones", "size of moves", "steps", "same again", "leaps",
    "notes a bar", "variety of lengths", "longest", "bars again", "rhythms again", "tonics",
)  # fmt: skip
STEP, FIFTH = 2, 7
PROFILES, METRES = "habits.profiles", "habits.metres"
Floats = NDArray[np.float32]


def profile(notes: Sequence[Note], metre: Metre) -> Floats:
    """The numbers of HABITS of the first BARS bars of a tune on C; two notes at least."""
    notes = [note for note in notes if note.onset_ticks < BARS * metre.bar_ticks]
    pitches = [note.pitch for note in notes]
    moves = [abs(b - a) for a, b in pairwise(pitches)]
    n_bars = 1 + notes[-1].onset_ticks // metre.bar_ticks
    return np.asarray(
        [
            max(pitches) - min(pitches),
            variety(pitch % 12 for pitch in pitches),
            np.mean(moves),
            np.mean([1 <= move <= STEP for move in moves]),
            np.mean([move == 0 for move in moves]),
            np.mean([move > FIFTH for move in moves]),
            len(notes) / n_bars,
            variety(note.duration_ticks for note in notes),
            max(note.duration_ticks for note in notes) / metre.beat_ticks,
            repeated(notes, metre, with_pitch=True),
            repeated(notes, metre, with_pitch=False),
            np.mean([pitch % 12 == 0 for pitch in pitches]),
        ],
        dtype=np.float32,
    )


def variety(values: Iterable[Hashable]) -> float:
    """Entropy in bits: 0 when all are the same."""
    shares = np.asarray(list(Counter(values).values()), dtype=float)
    shares /= shares.sum()
    return float(-(shares * np.log2(shares)).sum())


def repeated(notes: Sequence[Note], metre: Metre, *, with_pitch: bool) -> float:
    """Share of bars that were heard before, note for note or in their rhythm."""
    bars: dict[int, list[tuple[int, ...]]] = {}
    for note in notes:
        bar, place = divmod(note.onset_ticks, metre.bar_ticks)
        bars.setdefault(bar, []).append((place, note.duration_ticks, note.pitch * with_pitch))
    return 1 - len({tuple(bar) for bar in bars.values()}) / max(1, len(bars))


class Habits:
    """Profiles of real tunes.

    profiles  (tunes, HABITS) float32
    metres    (tunes, 2) int32: beats and unit
    """

    def __init__(self, profiles: Floats, metres: NDArray[np.int32]) -> None:
        self.profiles = profiles
        self.metres = metres

    @classmethod
    def of(cls, tunes: Iterable[tuple[Metre, Sequence[Note]]]) -> Habits:
        """Learn them: at most MOST_TUNES of each metre, spread over all that there are."""
        found: dict[Metre, list[Sequence[Note]]] = {}
        for metre, notes in tunes:
            if len(notes) >= 2:
                found.setdefault(metre, []).append(notes)
        rows, metres = [], []
        for metre, some in found.items():
            for notes in some[:: -(-len(some) // MOST_TUNES)]:
                rows.append(profile(notes, metre))
                metres.append((metre.numerator, metre.denominator))
        return cls(np.asarray(rows, dtype=np.float32), np.asarray(metres, dtype=np.int32))

    def tensors(self) -> dict[str, Floats]:
        """As they lie in the file of the weights."""
        return {PROFILES: self.profiles, METRES: self.metres.astype(np.float32)}

    @classmethod
    def taken_from(cls, weights: dict[str, Floats]) -> Habits | None:
        """The way back: takes its tensors out of the weights; None where there are none."""
        if PROFILES not in weights:
            return None
        return cls(weights.pop(PROFILES), weights.pop(METRES).astype(np.int32))

    def among(self, metre: Metre) -> Floats:
        """Profiles of tunes in this metre; else of those with beats alike; else of all."""
        same = (self.metres == (metre.numerator, metre.denominator)).all(axis=1)
        if not same.any():
            same = (self.metres[:, 0] % 3 == 0) == (metre.numerator % 3 == 0)
        return self.profiles[same] if same.any() else self.profiles

    def nearest(
        self, drafts: Sequence[Sequence[Note]], metre: Metre, rng: np.random.Generator
    ) -> int:
        """Which of the drafts is most like a tune that is drawn from those in its metre."""
        known = self.among(metre)
        wanted = known[int(rng.integers(len(known)))]
        spread = np.maximum(known.std(axis=0), 1e-3)
        apart = [
            float((((profile(notes, metre) - wanted) / spread) ** 2).sum())
            if len(notes) >= 2
            else float("inf")
            for notes in drafts
        ]
        return int(np.argmin(apart))
