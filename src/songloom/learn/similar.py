"""Tracks that sound like one track."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from songloom.learn.matrix import table
from songloom.library.models import Track

CHUNK = 40  # candidates asked about at once; most libraries hide nothing, so one is enough


def similar_to(
    track: Track, *, among: QuerySet[Track], limit: int = 20
) -> list[tuple[Track, float]]:
    """The nearest tracks of `among`, nearest first, with their distance (0 is identical).

    Empty while the track is not measured. The track itself is never among them.
    """
    from songloom.core.learning.neighbours import nearest

    known = table()
    row = known.row(track.pk)
    if row is None or limit < 1:
        return []
    order, distances = nearest(known.standardised, row)
    found: list[tuple[Track, float]] = []
    step = max(CHUNK, limit)
    for start in range(0, len(order), step):
        part = slice(start, start + step)
        ids = [known.ids[place] for place in order[part]]
        visible = _by_id(among, ids)
        pairs = zip(ids, distances[part].tolist(), strict=True)
        found += [(visible[pk], round(distance, 4)) for pk, distance in pairs if pk in visible]
        if len(found) >= limit:
            break
    return found[:limit]


def _by_id(among: QuerySet[Track], ids: list[UUID]) -> dict[UUID, Track]:
    return {track.pk: track for track in among.filter(pk__in=ids)}
