"""The features of all measured tracks as one matrix, kept in memory, refreshed by what changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from songloom.core.features import FEATURES_VERSION
from songloom.learn import remembered
from songloom.library.models import Features

if TYPE_CHECKING:  # numpy comes with the first question, not when a server starts
    from songloom.core.learning.vectors import Floats

WORTH_REMEMBERING = 200  # rows; reading fewer from the database is quick enough


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
    stamp = _measured().aggregate(n=Count("*"), last=Max("measured_at"))  # from the index alone
    with _lock:
        if _kept.table is None or (stamp["n"], stamp["last"]) != (_kept.n, _kept.last):
            _refresh(stamp["n"], stamp["last"])
        assert _kept.table is not None
        return _kept.table


def _measured() -> QuerySet[Features]:
    return Features.objects.filter(version=FEATURES_VERSION).order_by()


def _refresh(n: int, last: datetime | None) -> None:
    if _kept.last is None:
        _kept.vectors, _kept.last = remembered.read()
    changed = _measured() if _kept.last is None else _measured().filter(measured_at__gte=_kept.last)
    n_read = _read(changed)
    if len(_kept.vectors) != n:
        present = set(_measured().values_list("track_id", flat=True))
        n_read += _read(_measured().filter(track_id__in=present - _kept.vectors.keys()))
        _kept.vectors = {pk: row for pk, row in _kept.vectors.items() if pk in present}
    _kept.n, _kept.last, _kept.table = n, last, _stacked(_kept.vectors)
    if last is not None and n_read >= WORTH_REMEMBERING:
        remembered.write(_kept.vectors, last)


def _read(rows: QuerySet[Features]) -> int:
    from songloom.core.learning.vectors import vector

    read = {pk: vector(values) for pk, values in rows.values_list("track_id", "values").iterator()}
    _kept.vectors |= read
    return len(read)


def _stacked(vectors: dict[UUID, Floats]) -> Table:
    import numpy as np

    from songloom.core.learning.neighbours import standardised
    from songloom.core.learning.vectors import N_COLUMNS

    ids = sorted(pk for pk, row in vectors.items() if not np.isnan(row).all())
    raw = np.asarray([vectors[pk] for pk in ids], dtype=np.float32).reshape(len(ids), N_COLUMNS)
    return Table(ids, raw, standardised(raw))
