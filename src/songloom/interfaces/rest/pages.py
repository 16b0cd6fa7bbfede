"""Lists: a limit, a cursor, a total. A cursor holds where the page before ended, not a page number.

So nothing is shown twice or left out when tracks come and go between two pages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet
from ninja import Query, Schema

from songloom.interfaces.rest.cursors import LONGEST, closed, count, opened, row_values

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)
Limit = Annotated[int, Query(ge=1, le=500, description="how many at most")]
Cursor = Annotated[str, Query(max_length=LONGEST, description="`next` of the page before")]
FURTHEST = 10_000_000


class Page(Schema, Generic[Item]):
    """One page of a list. `next` is null on the last one."""

    items: list[Item]
    next: str | None = None
    total: int | None = None


@dataclass(frozen=True)
class Order:
    """By one field (what is null stands last), then by others that only rise, the id at the end."""

    by: str
    is_falling: bool = False
    then: tuple[str, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        return (self.by, *self.then, "pk")

    def sort(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        first = F(self.by)
        by = first.desc(nulls_last=True) if self.is_falling else first.asc(nulls_last=True)
        return rows.order_by(by, *self.then, "pk")

    def after(self, values: list[Any]) -> Q:
        """The rows that come after one with these values of `names`."""
        first, *rest = values
        later = self._later(self.names[1:], rest)
        if first is None:
            return Q(**{f"{self.by}__isnull": True}) & later
        step = "lt" if self.is_falling else "gt"
        beyond = Q(**{f"{self.by}__{step}": first}) | Q(**{f"{self.by}__isnull": True})
        return beyond | (Q(**{self.by: first}) & later)

    def _later(self, names: tuple[str, ...], values: list[Any]) -> Q:
        name, value = names[0], values[0]
        later = Q(**{f"{name}__gt": value})
        if len(names) == 1:
            return later
        return later | (Q(**{name: value}) & self._later(names[1:], values[1:]))


def page_of(
    rows: QuerySet[Row], order: Order, limit: int, cursor: str
) -> tuple[list[Row], str | None, int]:
    """The rows of one page, the cursor of the next, and how many there are in all."""
    total = rows.order_by().count()
    ordered = order.sort(rows)
    if cursor:
        ordered = beyond(ordered, order, cursor)
    found = list(ordered[: limit + 1])
    if len(found) <= limit:
        return found, None, total
    return found[:limit], cursor_after(rows, order, found[limit - 1]), total


def beyond(rows: QuerySet[Row], order: Order, cursor: str, *more: str) -> QuerySet[Row]:
    """The rows after the one at which a page ended; `more` is what else its cursor holds."""
    after = opened(cursor, "after", *more)["after"]
    return rows.filter(order.after(row_values(rows, order.names, after)))


def cursor_after(rows: QuerySet[Row], order: Order, last: Row, **more: int) -> str:
    values = rows.model._default_manager.filter(pk=last.pk).values_list(*order.names).get()
    return closed({"after": list(values), **more})


def total_of(cursor: str, otherwise: int) -> int:
    """How many there were in all when the first page was made."""
    return count(opened(cursor, "after", "total")["total"]) if cursor else otherwise


def offset_of(cursor: str) -> int:
    """For lists by relevance: how many items the pages before held."""
    return count(opened(cursor, "offset")["offset"], FURTHEST) if cursor else 0
