"""Which fingerprints are of the same recording: a few keys find candidates, all bits decide.

Two fingerprints of unlike recordings agree in half of their bits; the same recording, encoded again
or begun later, in nine of ten. An exact item survives that often enough for keys: of its different
items each recording keeps those few whose hashes are smallest, so that two which share items mostly
keep the same ones, wherever in the recording they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.fingerprint import ITEM_S, Items, empty_item

N_KEYS = 128
MULTIPLIER = np.uint32(2_654_435_769)  # 2³² over the golden ratio: near items, far hashes
FEWEST_SHARED = 2  # keys: one is shared by chance
CROWD = 8  # that many with one key are not all compared with each other
OFFSETS = 3  # of the places where most items meet, how many are tried
SHORTEST_S = 10.0  # of agreement; less is a jingle or a sample
LEAST_AGREEMENT = 0.85  # real songs: 0.91 and more for the same, 0.75 at most for others
LEAST_SHARE = 0.6  # of the shorter one, that must lie beside the other
KEPT_AS = "<u4"  # as the numbers lie on a disk, whatever machine reads them


def to_bytes(items: Items) -> bytes:
    """As they are kept; `from_bytes` reads it."""
    return items.astype(KEPT_AS).tobytes()


def from_bytes(raw: bytes | memoryview) -> Items:
    """What `to_bytes` wrote; some databases hand over a view."""
    return np.frombuffer(raw, KEPT_AS).astype(np.uint32)


@dataclass(frozen=True)
class Meeting:
    """How two fingerprints lie on each other.

    later_s     how much later the same sound comes in the first
    overlap_s   how long both last from there on
    agreement   share of equal bits over that time: ½ by chance, 1 for the same file
    """

    later_s: float
    overlap_s: float
    agreement: float

    @property
    def evidence(self) -> float:
        """Seconds of agreement beyond chance: a short passage that repeats says less than all."""
        return self.overlap_s * (self.agreement - 0.5)


def keys_of(items: Items) -> Items:
    """At most N_KEYS of the items, smallest hash first, the same ones for the same sound."""
    known = np.unique(items)
    known = known[known != empty_item()]
    hashes = known * MULTIPLIER
    return np.asarray(known[np.argsort(hashes)][:N_KEYS], np.uint32)


def candidates(keys: Sequence[Items]) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of those that share keys: what is worth a comparison.

    keys  as `keys_of` gives them, of each recording
    """
    if not keys:
        return []
    owners = np.repeat(np.arange(len(keys)), [len(some) for some in keys])
    values = np.concatenate(keys)
    order = np.lexsort((owners, values))
    owners, values = owners[order], values[order]
    found = [np.zeros(0, np.int64)]
    for step in range(1, CROWD):
        same = values[step:] == values[:-step]
        found.append(owners[:-step][same] * len(keys) + owners[step:][same])
    codes, counts = np.unique(np.concatenate(found), return_counts=True)
    worth = codes[counts >= FEWEST_SHARED]
    return [(int(code // len(keys)), int(code % len(keys))) for code in worth]


def meeting(one: Items, other: Items) -> Meeting | None:
    """Where most speaks for one recording; None where they have no item in common."""
    best: Meeting | None = None
    for later in _offsets(one, other):
        first, second = one[max(0, later) :], other[max(0, -later) :]
        n = min(first.size, second.size)
        different = int(np.bitwise_count(first[:n] ^ second[:n]).sum())
        found = Meeting(later * ITEM_S, n * ITEM_S, 1 - different / (32 * n))
        if best is None or found.evidence > best.evidence:
            best = found
    return best


def is_same(one: Items, other: Items, met: Meeting | None) -> bool:
    """Whether that much agreement says that it is one recording."""
    if met is None or met.agreement < LEAST_AGREEMENT:
        return False
    return met.overlap_s >= max(SHORTEST_S, LEAST_SHARE * min(one.size, other.size) * ITEM_S)


def _offsets(one: Items, other: Items) -> list[int]:
    """The places at which most equal items lie beside each other."""
    order = np.argsort(other, kind="stable")
    ordered = other[order]
    wanted = np.flatnonzero(one != empty_item())
    left = np.searchsorted(ordered, one[wanted], "left")
    n_equal = np.searchsorted(ordered, one[wanted], "right") - left
    places = np.repeat(wanted, n_equal)
    within = np.arange(n_equal.sum()) - np.repeat(np.cumsum(n_equal) - n_equal, n_equal)
    theirs = order[np.repeat(left, n_equal) + within]
    if not places.size:
        return []
    offsets, counts = np.unique(places - theirs, return_counts=True)
    return [int(offset) for offset in offsets[np.argsort(-counts, kind="stable")][:OFFSETS]]


def same(prints: Sequence[tuple[Items, NDArray[np.uint32]]]) -> list[tuple[int, int, Meeting]]:
    """All pairs of one recording among (items, keys), as (i, j, how they meet)."""
    found = []
    for i, j in candidates([keys for _, keys in prints]):
        met = meeting(prints[i][0], prints[j][0])
        if met is not None and is_same(prints[i][0], prints[j][0], met):
            found.append((i, j, met))
    return found
