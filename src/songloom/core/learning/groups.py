"""Which tracks must stay on one side of a fold: those that share an album or an artist."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray


def connected(memberships: Sequence[Sequence[Hashable]]) -> NDArray[np.intp]:
    """Group numbers, so that tracks with any membership in common, also by way of others, agree.

    memberships  for each track what it belongs to (albums, artists); none makes it a group alone
    returns      (tracks,) group numbers from 0 in order of appearance
    """
    parents = list(range(len(memberships)))

    def root(track: int) -> int:
        while parents[track] != track:
            parents[track] = parents[parents[track]]
            track = parents[track]
        return track

    first: dict[Hashable, int] = {}
    for track, members in enumerate(memberships):
        for member in members:
            other = root(first.setdefault(member, track))
            mine = root(track)
            parents[max(mine, other)] = min(mine, other)
    numbers: dict[int, int] = {}
    return np.asarray(
        [numbers.setdefault(root(track), len(numbers)) for track in range(len(memberships))],
        dtype=np.intp,
    )
