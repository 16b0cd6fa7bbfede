"""Copies every row of one database into another, and proves that both hold the same.

The target is filled in one transaction: after a failure, or a kill, it is as empty as before. Rows
go in batches by primary key, so memory does not grow with the library.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management.color import no_style
from django.db import Error, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from songloom.errors import Conflict, RefusedInput

BATCH = 500
MADE_BY_MIGRATIONS = {"django_content_type", "auth_permission"}  # they go, the source's come
Model = type[models.Model]
Progress = Callable[[str, int, int], None]  # table, rows done, rows in all


@dataclass
class Copied:
    """One table: how many rows, and a checksum that does not depend on their order."""

    table: str
    n_rows: int = 0
    total: int = field(default=0, repr=False)

    def add(self, row: tuple[Any, ...]) -> None:
        spelled = json.dumps([plain(value) for value in row], ensure_ascii=True, sort_keys=True)
        self.n_rows += 1
        digest = hashlib.blake2b(spelled.encode(), digest_size=32).digest()
        self.total = (self.total + int.from_bytes(digest)) % (1 << 256)

    @property
    def checksum(self) -> str:
        return f"{self.total:064x}"[:32]

    def document(self) -> dict[str, Any]:
        return {"table": self.table, "rows": self.n_rows, "checksum": self.checksum}


def plain(value: Any) -> Any:
    """A value as every database gives it back: numbers without a type, times in UTC, text as is."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return int(value) if float(value).is_integer() else value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, UUID | date):
        return str(value)
    raise TypeError(f"no way to compare a {type(value).__name__}")


def tables() -> list[Model]:
    """Every table but the list of migrations; what a row refers to comes before it."""
    left = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    sorted_: list[Model] = []
    while left:
        ready = [model for model in left if not _refers_to(model) & (set(left) - {model})]
        if not ready:
            raise RuntimeError(f"tables refer to each other in a circle: {left}")
        sorted_ += ready
        left = [model for model in left if model not in ready]
    return sorted_


def _refers_to(model: Model) -> set[Model]:
    related = (each.related_model for each in model._meta.concrete_fields if each.is_relation)
    return {other for other in related if isinstance(other, type)}


def check_empty(target: str) -> None:
    """Raises Conflict when there is anything in the target that a move would mix with."""
    for model in tables():
        table = model._meta.db_table
        if table not in MADE_BY_MIGRATIONS and model._base_manager.using(target).exists():
            raise Conflict(
                f"the target is not empty ({table} has rows); a library is moved into an empty "
                "database: drop it, make it again, then retry"
            )


def move(source: str, target: str, progress: Progress = lambda *_: None) -> list[Copied]:
    """Copy every table from one connection's database to another's, both migrated; verified.

    Raises Conflict when the target has rows or in the end differs, RefusedInput for a row that the
    target cannot hold. Then, and when the process dies, the target is left without rows.
    """
    check_empty(target)
    with standing_still(source), transaction.atomic(using=target):
        for model in reversed(tables()):
            if model._meta.db_table in MADE_BY_MIGRATIONS:
                model._base_manager.using(target).all().delete()
        copied = [_copy(model, source, target, progress) for model in tables()]
        for before, model in zip(copied, tables(), strict=True):
            _verify(before, model, target)
        _continue_numbers(target)
    return copied


def _verify(before: Copied, model: Model, target: str) -> None:
    after = Copied(before.table)
    for batch in _batches(model, target):
        for row in batch:
            after.add(row)
    if (before.n_rows, before.checksum) != (after.n_rows, after.checksum):
        raise Conflict(
            f"{before.table} differs after the copy: {before.n_rows} rows with checksum "
            f"{before.checksum} became {after.n_rows} with {after.checksum}; nothing was kept"
        )


def _copy(model: Model, source: str, target: str, progress: Progress) -> Copied:
    copied = Copied(model._meta.db_table)
    n_all = model._base_manager.using(source).count()
    for batch in _batches(model, source):
        _insert(model, target, batch)
        for row in batch:
            copied.add(row)
        progress(copied.table, copied.n_rows, n_all)
    return copied


def _batches(model: Model, alias: str) -> Iterator[list[tuple[Any, ...]]]:
    """All rows, as Python sees them, from key to key."""
    names = [each.attname for each in model._meta.concrete_fields]
    at = names.index(_key(model))
    rows = model._base_manager.using(alias).order_by("pk").values_list(*names)
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1][at])[:BATCH])


def _key(model: Model) -> str:
    key = model._meta.pk
    assert key is not None
    return key.attname


def _insert(model: Model, target: str, rows: list[tuple[Any, ...]]) -> None:
    """By SQL: Django's own way would set `updated_at` and its like to now."""
    connection = connections[target]
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(each.column)) for each in fields)
    places = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    made = [
        [each.get_db_prep_save(value, connection) for each, value in zip(fields, row, strict=True)]
        for row in rows
    ]
    try:
        with connection.cursor() as cursor:
            cursor.executemany(sql, made)
    except Error as exc:
        raise RefusedInput(f"{model._meta.db_table}: the target refuses a row: {exc}") from exc


def _continue_numbers(target: str) -> None:
    """PostgreSQL counts keys apart from the rows: go on after the highest."""
    connection = connections[target]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(sql)


@contextmanager
def standing_still(source: str) -> Iterator[None]:
    """A transaction that sees the source as it is now, whoever writes meanwhile.

    SQLite lets nobody else write until it ends.
    """
    connection: BaseDatabaseWrapper = connections[source]
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:  # holds for the next transaction alone
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    with transaction.atomic(using=source):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
