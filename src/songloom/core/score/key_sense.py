"""Which key notes are heard in: profiles of Krumhansl (1990) and Temperley (2001)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from songloom.core.score.notes import Note

PROFILES = (
    {
        "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
        "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
    },
    {
        "major": (5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0),
        "minor": (5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0),
    },
)


def clarity(notes: Iterable[Note], key: int, mode: str) -> float:
    """How clearly notes are heard in a key, −2 … 2: above 0 every profile agrees on it.

    key, mode  tonic 0–11, "major" or "minor"
    returns    the least lead of its correlation over that of the best other key
    """
    weight = np.zeros(12)
    for note in notes:
        weight[note.pitch % 12] += note.duration_ticks
    if weight.std() == 0:
        return -2.0
    leads = []
    for profiles in PROFILES:
        likeness = {
            (tonic, kind): float(np.corrcoef(np.roll(profile, tonic), weight)[0, 1])
            for kind, profile in profiles.items()
            for tonic in range(12)
        }
        own = likeness.pop((key % 12, mode))
        leads.append(own - max(likeness.values()))
    return min(leads)
