"""Several tracks measured as one: what ReplayGain 2 says of an album. Needs nothing but math."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import log10
from typing import Any

GATE_LU = -10.0
BIN_LU = 0.1


def loudness_together(histograms: Iterable[list[Any]]) -> float | None:
    """Integrated loudness of all tracks in a row (BS.1770-4): gated together, not averaged.

    histograms  the feature `loudness_histogram` of each track
    returns     LUFS, within a twentieth of a LU; None if nothing is louder than −70 LUFS
    """
    counts: Counter[int] = Counter()
    for first_lufs, found in histograms:
        first = round(first_lufs / BIN_LU - 0.5)
        counts.update({first + i: n for i, n in enumerate(found) if n})
    powers = {index: 10 ** ((index + 0.5) * BIN_LU / 10) for index in counts}
    mean = _mean(counts, powers)
    if mean is None:
        return None
    loud = Counter({i: n for i, n in counts.items() if powers[i] > mean * 10 ** (GATE_LU / 10)})
    mean = _mean(loud, powers)
    return None if mean is None else 10 * log10(mean)


def _mean(counts: Counter[int], powers: dict[int, float]) -> float | None:
    n = counts.total()
    return sum(powers[index] * k for index, k in counts.items()) / n if n else None
