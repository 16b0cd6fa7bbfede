"""The letters beside a long list: where each begins, so that one touch leads there."""

from __future__ import annotations

import string
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.db.models.functions import Left, Upper

from songloom.interfaces.web.listing import FROM_HOW_MANY
from songloom.library.models import Track


@dataclass(frozen=True)
class Letter:
    """A letter and the place of its first song; `start` is None where there is none."""

    name: str
    start: int | None


def letters(tracks: QuerySet[Track]) -> list[Letter]:
    """A–Z and # for all the rest, in the order of the list by title."""
    first = Upper(Left("sort_title", 1))
    rows = tracks.order_by().annotate(first=first).values_list("first").annotate(n=Count("pk"))
    n_by_first = {str(name): n for name, n in rows}
    if sum(n_by_first.values()) < FROM_HOW_MANY:
        return []
    starts: dict[str, int] = {}
    at = 0
    for name in sorted(n_by_first, key=lambda one: one.casefold()):
        starts.setdefault(name if name in string.ascii_uppercase and name else "#", at)
        at += n_by_first[name]
    return [Letter(name, starts.get(name)) for name in [*string.ascii_uppercase, "#"]]
