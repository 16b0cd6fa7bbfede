"""The database of this run of the tests: SQLite, or a server that is named by its kind.

SONGLOOM_TEST_DATABASE=mysql (or postgres) runs the tests that are marked for a database, and only
those, on a database of its own there. Its name holds this process's id; it is dropped afterwards.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

PURE = Path(__file__).with_name("core")
KINDS = ("sqlite", "mysql", "postgres")
KIND = os.environ.get("SONGLOOM_TEST_DATABASE", "") or "sqlite"
SERVERS = {
    "mysql": os.environ.get("SONGLOOM_TEST_MYSQL", "mysql://root@127.0.0.1:3306"),
    "postgres": os.environ.get("SONGLOOM_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432"),
}
KEPT = {"SONGLOOM_TEST_DATABASE", "SONGLOOM_TEST_MYSQL", "SONGLOOM_TEST_POSTGRES"}
FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}
MADE_ONCE = {"django_content_type", "auth_permission", "django_migrations"}  # by migrations
BEGINNING = "test_songloom_"
assert KIND in KINDS, f"SONGLOOM_TEST_DATABASE takes one of {KINDS}, not {KIND!r}"


def address() -> str:
    """Where the tests' settings point; Django puts `test_` before the name."""
    return "" if KIND == "sqlite" else f"{SERVERS[KIND]}/songloom_{os.getpid()}"


def needs_database(item: pytest.Item) -> bool:
    named = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(named & FIXTURES)


def is_pure(path: Path) -> bool:
    """Whether what lies there needs no database: a server's leg does not even read it."""
    return path == PURE or PURE in path.parents


def choose(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server: only what needs a database. Everywhere: not what is about another one."""
    for item in items:
        if is_pure(item.path) and needs_database(item):
            raise pytest.UsageError(f"{item.nodeid} needs a database: it belongs out of {PURE}")
    left_out = [item for item in items if not _belongs_here(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _belongs_here(item)]


def _belongs_here(item: pytest.Item) -> bool:
    only = item.get_closest_marker("only_on")
    if only is not None and KIND not in only.args:
        return False
    return KIND == "sqlite" or needs_database(item)


def examples(n: int) -> int:
    """How many examples to try of a law that SQLite's leg tries n of: databases differ in few."""
    return n if KIND == "sqlite" else max(5, n // 4)


def slow_first(items: list[pytest.Item], n_workers: int) -> list[pytest.Item]:
    """An order in which each of n workers, who gets one stretch of it, begins with slow tests.

    Otherwise a long one begins last, and every other processor waits for it. By file: what a file
    makes once for its tests is made once.
    """
    slow = list(dict.fromkeys(item.path for item in items if item.get_closest_marker("slow")))
    quick = [item for item in items if item.path not in slow]
    ordered: list[pytest.Item] = []
    for n in range(n_workers):
        dealt = slow[n::n_workers]
        ordered += [item for item in items if item.path in dealt]
        until = (n + 1) * len(items) // n_workers - len(ordered)  # the end of this stretch
        ordered, quick = ordered + quick[: max(0, until)], quick[max(0, until) :]
    return ordered + quick


def commit_what_is_searched(items: list[pytest.Item]) -> None:
    """MariaDB's full text does not see what is not committed: there each test commits."""
    if KIND == "mysql":
        for item in items:
            if item.get_closest_marker("searches"):
                item.add_marker(pytest.mark.django_db(transaction=True), append=False)


def empty_quickly() -> None:
    """After a test that commits, delete rows where there are any.

    Django's own way truncates every table and makes content types and permissions anew: on a
    server that costs more than most tests do.
    """
    from django.test import TransactionTestCase

    def _fixture_teardown(self: TransactionTestCase) -> None:
        from django.db import connection

        _empty(connection)

    TransactionTestCase._fixture_teardown = _fixture_teardown  # type: ignore[attr-defined]


def _empty(connection: Any) -> None:
    from django.db import transaction

    tables = set(connection.introspection.django_table_names(include_views=False)) - MADE_ONCE
    named = {table: connection.ops.quote_name(table) for table in sorted(tables)}
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {at})" for table, at in named.items()]
    if connection.vendor == "mysql":
        asked = [one.replace(" WHERE", " FROM DUAL WHERE") for one in asked]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        filled = [named[row[0]] for row in cursor.fetchall()]
        with connection.constraint_checks_disabled():
            for table in filled:
                cursor.execute(f"DELETE FROM {table}")


def sweep() -> None:
    """Drop what killed runs on this machine left."""
    from django.db import connection

    if KIND == "sqlite":
        return
    with connection._nodb_cursor() as cursor:
        listed = "SELECT datname FROM pg_database" if KIND == "postgres" else "SHOW DATABASES"
        cursor.execute(listed)
        names = [str(row[0]) for row in cursor.fetchall()]
        for name in filter(_is_abandoned, names):
            cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)}")


def part_from_everyone() -> None:
    """A thread that still holds a connection at the end does not keep its database alive."""
    from django.db import connection

    if KIND == "postgres":
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [connection.settings_dict["NAME"]],
            )


def _is_abandoned(name: str) -> bool:
    pid = name.removeprefix(BEGINNING).partition("_")[0]
    if not name.startswith(BEGINNING) or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
