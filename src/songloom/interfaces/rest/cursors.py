"""Cursors as text: written by a page, and read back as strictly as it wrote them.

Anybody can write one, so nothing in it is believed: neither its spelling nor a type in it.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn, cast
from uuid import UUID

from django.db import connections, models
from django.db.models import Field, Model, QuerySet

from songloom.errors import BadValue

LONGEST = 8_000  # base64 of two long names of four bytes a letter, and room
MOST = 2**53  # whatever is counted


def closed(content: dict[str, Any]) -> str:
    text = json.dumps(content, default=spelled, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode()


def spelled(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value))


def opened(cursor: str, *names: str) -> dict[str, Any]:
    """What a page of ours put in, which are these names and no other. Raises BadValue."""
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
        found = json.loads(text, parse_constant=refuse)
        is_ours = isinstance(found, dict) and closed(found) == cursor
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        raise not_ours() from None
    if not is_ours or not found.keys() == set(names):
        raise not_ours()
    return cast(dict[str, Any], found)


def refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def count(value: Any, most: int = MOST) -> int:
    """A whole number from 0 to `most`. Raises BadValue."""
    if type(value) is not int or not 0 <= value <= most:
        raise not_ours()
    return value


def row_values(rows: QuerySet[Any], names: tuple[str, ...], values: Any) -> list[Any]:
    """Where a page ended: one value for each name, as its column could hold it; else BadValue.

    Null is only what the list is sorted by, which is the first, and only where it may be.
    """
    if not isinstance(values, list) or len(values) != len(names):
        raise not_ours()
    return [
        column_value(rows, name, value, may_be_null=place == 0)
        for place, (name, value) in enumerate(zip(names, values, strict=True))
    ]


def column_value(rows: QuerySet[Any], name: str, value: Any, *, may_be_null: bool) -> Any:
    column, is_nullable = column_of(rows.model, name)
    if value is None:
        if may_be_null and is_nullable:
            return None
        raise not_ours()
    for kind, read in READERS.items():
        if isinstance(column, kind):
            try:
                return read(column, value, rows.db)
            except (TypeError, ValueError):
                break
    raise not_ours()


def column_of(model: type[Model], name: str) -> tuple[Field[Any, Any], bool]:
    """The column at the end of `album__sort_title`, and whether it can be null on the way."""
    is_nullable = False
    first, *rest = name.split("__")
    found: Any = model._meta.pk if first == "pk" else model._meta.get_field(first)
    for step in rest:
        is_nullable = is_nullable or found.null or found.auto_created
        found = found.related_model._meta.get_field(step)
    return found, is_nullable or found.null


def read_text(column: Field[Any, Any], value: Any, using: str) -> str:
    longest = column.max_length or LONGEST
    if type(value) is not str or "\x00" in value or len(value) > longest:
        raise TypeError(value)
    return value


def read_whole(column: Field[Any, Any], value: Any, using: str) -> int:
    kind = column.get_internal_type()
    least, most = connections[using].ops.integer_field_range(kind)
    if type(value) is not int or not (least or 0) <= value <= (most or MOST):
        raise ValueError(value)
    return value


def read_number(column: Field[Any, Any], value: Any, using: str) -> float:
    if type(value) is not float or not math.isfinite(value):
        raise ValueError(value)
    return value


def read_moment(column: Field[Any, Any], value: Any, using: str) -> datetime:
    found = datetime.fromisoformat(value)
    if found.isoformat() != value or found.utcoffset() != timedelta():
        raise ValueError(value)
    return found


def read_id(column: Field[Any, Any], value: Any, using: str) -> UUID:
    found = UUID(str(value))
    if str(found) != value:
        raise ValueError(value)
    return found


READERS: dict[type[Field[Any, Any]], Callable[[Field[Any, Any], Any, str], Any]] = {
    models.CharField: read_text,
    models.TextField: read_text,
    models.IntegerField: read_whole,
    models.FloatField: read_number,
    models.DateTimeField: read_moment,
    models.UUIDField: read_id,
}


def not_ours() -> BadValue:
    return BadValue("The cursor is none that a page gave away.", cursor="none of ours")
