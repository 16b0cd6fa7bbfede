"""A way from one track to another by small steps through how they sound."""

from __future__ import annotations

from django.db.models import QuerySet

from songloom.learn.matrix import table
from songloom.library.models import Track

CHUNK = 40  # candidates of one step that are asked about at once

Step = tuple[Track, float | None]


def path_between(
    start: Track, end: Track, *, among: QuerySet[Track], count: int = 25
) -> list[Step]:
    """At most `count` tracks from `start` to `end`, each with its distance from `start`.

    The tracks between stand nearest to the straight line, at even steps; none comes twice.
    While an end is not measured there is nothing between, and its distance is None.
    """
    from songloom.core.learning.neighbours import along, distances

    known = table()
    first, last = known.row(start.pk), known.row(end.pk)
    if start.pk == end.pk:
        return [(start, 0.0)]
    if first is None or last is None:
        return [(start, 0.0), (end, None)]
    from_start = distances(known.standardised, first)
    steps: list[Step] = [(start, 0.0)]
    taken = {first, last}
    for order in along(known.standardised, first, last, max(0, count - 2)):
        places = [int(place) for place in order if int(place) not in taken][:CHUNK]
        there = among.in_bulk([known.ids[place] for place in places])
        nearest = next((place for place in places if known.ids[place] in there), None)
        if nearest is not None:
            taken.add(nearest)
            steps.append((there[known.ids[nearest]], round(float(from_start[nearest]), 4)))
    return [*steps, (end, round(float(from_start[last]), 4))]
