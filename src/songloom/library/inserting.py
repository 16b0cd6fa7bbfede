"""Many new rows of one kind into their table: values instead of model instances, one statement.

Where a million rows are written, making an instance of each and spelling a statement for every
hundred of them costs several times what the database does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Field, Model
from django.db.models.constants import OnConflict
from django.utils import timezone

Row = Sequence[Any]
PART = 400  # parameters of one query; SQLite of old takes 999
AS_THEY_ARE = ("CharField", "TextField", "FloatField", "IntegerField", "BigIntegerField",
               "PositiveIntegerField", "PositiveSmallIntegerField", "BooleanField")  # fmt: skip


def parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Values in portions that one query may name."""
    listed = list(values)
    return (listed[at : at + PART] for at in range(0, len(listed), PART))


def insert(kind: type[Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows of values of the fields `names`, in this order; other fields get their defaults.

    Keys of other tables are given by key (`track_id`), generated numbers are left out. Values are
    of the type that the field has; nothing is checked but by the database.
    """
    _insert(kind, names, rows, None)


def insert_missing(kind: type[Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """The same without those rows whose unique key is there already."""
    _insert(kind, names, rows, OnConflict.IGNORE)


def _insert(
    kind: type[Model], names: Sequence[str], rows: Iterable[Row], conflict: OnConflict | None
) -> None:
    given = list(rows)
    if not given:
        return
    places = {name: place for place, name in enumerate(names)}
    fields = [field for field in kind._meta.concrete_fields if not _is_counted(field)]
    makers = [_maker(field, places.pop(field.attname, None)) for field in fields]
    if places:
        raise ValueError(f"{kind.__name__} has no {', '.join(places)}")
    made = list(zip(*(make(given) for make in makers), strict=True))  # a column at a time
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.executemany(_statement(kind, fields, conflict), made)


def _statement(
    kind: type[Model], fields: list[Field[Any, Any]], conflict: OnConflict | None
) -> str:
    ops = connection.ops
    columns = ", ".join(ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    ending = ops.on_conflict_suffix_sql(fields, conflict, [], [])
    into = f"{ops.insert_statement(on_conflict=conflict)} {ops.quote_name(kind._meta.db_table)}"
    return f"{into} ({columns}) VALUES ({marks}) {ending}".rstrip()


def _is_counted(field: Field[Any, Any]) -> bool:
    return field.get_internal_type() in ("AutoField", "BigAutoField")


def _maker(field: Field[Any, Any], place: int | None) -> Callable[[list[Row]], Iterable[Any]]:
    """How a column gets its values: from a place in the rows, or the same for all."""
    if place is None:
        same = field.get_db_prep_save(_default(field), connection)
        return lambda rows: repeat(same, len(rows))
    kept: Any = getattr(field, "target_field", field)
    if kept.get_internal_type() in AS_THEY_ARE:
        return partial(map, itemgetter(place))
    one = UUID(int=1)
    if (
        kept.get_internal_type() == "UUIDField"
        and kept.get_db_prep_save(one, connection) == one.hex
    ):
        return lambda rows: [None if row[place] is None else row[place].hex for row in rows]
    return lambda rows: [kept.get_db_prep_save(row[place], connection) for row in rows]


def _default(field: Field[Any, Any]) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return field.get_default()
