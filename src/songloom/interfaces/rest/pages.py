"""Lists: a limit, a cursor, a total."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Query, Schema

from songloom.errors import BadValue

Item = TypeVar("Item")
Limit = Annotated[int, Query(ge=1, le=500, description="how many at most")]
Cursor = Annotated[str, Query(max_length=200, description="`next` of the page before")]
FURTHEST = 10_000_000


class Page(Schema, Generic[Item]):
    """One page of a list. `next` is null on the last one."""

    items: list[Item]
    next: str | None = None
    total: int | None = None


def offset_of(cursor: str) -> int:
    """How many items the pages before held. Raises BadValue for what no page gave away."""
    if not cursor:
        return 0
    try:
        word, _colon, number = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
        offset = int(number)
    except (binascii.Error, UnicodeError, ValueError):
        raise BadValue("The cursor is not one of ours.", cursor="not one of ours") from None
    if word != "after" or not 0 <= offset <= FURTHEST:
        raise BadValue("The cursor is not one of ours.", cursor="not one of ours")
    return offset


def cursor_at(offset: int) -> str:
    return base64.urlsafe_b64encode(f"after:{offset}".encode()).decode()


def page_of(rows: QuerySet[Any], limit: int, cursor: str) -> tuple[list[Any], str | None, int]:
    """The rows of one page, the cursor of the next, and how many there are in all."""
    offset = offset_of(cursor)
    total = rows.count()
    found = list(rows[offset : offset + limit])
    more = offset + len(found) < total and found
    return found, cursor_at(offset + len(found)) if more else None, total
