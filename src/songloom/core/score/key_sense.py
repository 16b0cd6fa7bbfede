"""Which key notes are heard in: profiles of Krumhansl (1990) and Temperley (2001)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from songloom.core.score.notes import Note

KRUMHANSL = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
TEMPERLEY = {
    "major": (5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0),
    "minor": (5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0),
}


def heard_key(notes: Iterable[Note]) -> tuple[int, str]:
    """(tonic 0–11, "major" or "minor") whose profile the time of each tone follows best."""
    weight = np.zeros(12)
    for note in notes:
        weight[note.pitch % 12] += note.duration_ticks
    centred = weight - weight.mean()

    def likeness(key: int, mode: str) -> float:
        total = 0.0
        for profiles in (KRUMHANSL, TEMPERLEY):
            profile = np.roll(np.asarray(profiles[mode]), key)
            profile = (profile - profile.mean()) / np.linalg.norm(profile - profile.mean())
            total += float(centred @ profile)
        return total

    keys = [(key, mode) for mode in ("major", "minor") for key in range(12)]
    return max(keys, key=lambda found: likeness(*found))
