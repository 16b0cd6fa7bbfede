"""The features of all measured tracks as one matrix, kept in memory, refreshed by what changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Max

from songloom.core.features import FEATURES_VERSION
from songloom.library.models import Features

if TYPE_CHECKING:  # numpy comes with the first question, not when a server starts
    from songloom.core.learning.vectors import Floats


@dataclass(frozen=True)
class Table:
    """Row i of both matrices is the track `ids[i]`; ids are in order."""

    ids: list[UUID]
    raw: Floats
    standardised: Floats

    def row(self, track_id: UUID) -> int | None:
        """Where a track stands; None while it is not measured."""
        place = bisect_left(self.ids, track_id)
        return place if place < len(self.ids) and self.ids[place] == track_id else None

    def rows(self, track_ids: Iterable[UUID]) -> list[int]:
        """Where measured tracks stand; others are left out."""
        return [row for pk in track_ids if (row := self.row(pk)) is not None]


@dataclass
class _Kept:
    n: int = 0
    last: datetime | None = None
    vectors: dict[UUID, Floats] = field(default_factory=dict)
    table: Table | None = None


_kept = _Kept()
_lock = Lock()


def table() -> Table:
    """All tracks that this features version has measured. Rows of others are never given away:
    whoever shows a track asks `visible_to` first."""
    measured = Features.objects.filter(version=FEATURES_VERSION)
    stamp = measured.aggregate(n=Count("pk"), last=Max("measured_at"))
    with _lock:
        if _kept.table is None or (stamp["n"], stamp["last"]) != (_kept.n, _kept.last):
            _refresh(stamp["n"], stamp["last"])
        assert _kept.table is not None
        return _kept.table


def _refresh(n: int, last: datetime | None) -> None:
    from songloom.core.learning.vectors import vector

    measured = Features.objects.filter(version=FEATURES_VERSION).order_by()
    changed = measured if _kept.last is None else measured.filter(measured_at__gte=_kept.last)
    for track_id, values in changed.values_list("track_id", "values").iterator():
        _kept.vectors[track_id] = vector(values)
    if len(_kept.vectors) != n:
        present = set(measured.values_list("track_id", flat=True))
        _kept.vectors = {pk: row for pk, row in _kept.vectors.items() if pk in present}
    _kept.n, _kept.last, _kept.table = n, last, _stacked(_kept.vectors)


def _stacked(vectors: dict[UUID, Floats]) -> Table:
    import numpy as np

    from songloom.core.learning.neighbours import standardised
    from songloom.core.learning.vectors import N_COLUMNS

    ids = sorted(pk for pk, row in vectors.items() if not np.isnan(row).all())
    raw = np.asarray([vectors[pk] for pk in ids], dtype=np.float32).reshape(len(ids), N_COLUMNS)
    return Table(ids, raw, standardised(raw))
