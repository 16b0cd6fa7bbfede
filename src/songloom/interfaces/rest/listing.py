"""A page of tracks, searched or not, in an order."""

from __future__ import annotations

from django.db.models import QuerySet

from songloom.interfaces.rest.cursors import closed
from songloom.interfaces.rest.pages import Order, beyond, cursor_after, offset_of, total_of
from songloom.library.models import Track, User
from songloom.search.services import SORTS, Found, search

Listed = tuple[list[Track], str | None, int]


def tracks_page(user: User, q: str, sort: str, limit: int, cursor: str) -> Listed:
    """The tracks, the cursor of the next page, how many there are in all.

    With words and no order the best match stands first; else every page begins after the track
    that ended the one before.
    """
    if q.strip() and sort in ("", "relevance"):
        return by_relevance(user, q, limit, cursor)
    visible = Track.objects.visible_to(user)
    order = order_named(sort or "title")
    rest: QuerySet[Track] = visible
    if cursor and order:
        rest = beyond(visible, order, cursor, "total")
    found = search(q, user, limit=limit, sort=sort or "title", among=rest)
    total = total_of(cursor, found.total)
    return found.tracks, next_after(visible, order, found, total), total


def by_relevance(user: User, q: str, limit: int, cursor: str) -> Listed:
    offset = offset_of(cursor)
    found = search(q, user, limit=limit, offset=offset)
    seen = offset + len(found.tracks)
    more = found.tracks and seen < found.total
    return found.tracks, closed({"offset": seen}) if more else None, found.total


def order_named(sort: str) -> Order | None:
    """None for a name that is no order; the search refuses it with a sentence."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        return None
    return Order(SORTS[name], sort.startswith("-"), ("sort_title",))


def next_after(
    visible: QuerySet[Track], order: Order | None, found: Found, total: int
) -> str | None:
    if order is None or not found.tracks or found.total <= len(found.tracks):
        return None
    return cursor_after(visible, order, found.tracks[-1], total=total)
