"""Waits for a database server that is not there yet, and says in words what is wrong with it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from songloom.errors import BadValue, DatabaseAway

WAIT_S = 30.0
LOOK_EVERY_S = 0.5
MIGRATE_WITHIN_S = 600
# PostgreSQL answered, but only says that it is not ready or has no room.
NOT_YET = ("starting up", "shutting down", "in recovery", "too many", "remaining connection slots")
NO_DATABASE = 1049
Say = Callable[[str], object]


def say_aloud(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def wait_for(connection: Any, *, within_s: float | None = None, say: Say = say_aloud) -> None:
    """Return when the database answers; say once that it is waited for.

    Raises DatabaseAway when it stays away, BadValue when it answers and will never let us in.
    """
    from django.db import InterfaceError, OperationalError

    if connection.vendor == "sqlite":  # there is no server; a file that cannot be is told at once
        return
    deadline = time.monotonic() + (WAIT_S if within_s is None else within_s)
    has_said = False
    while True:
        try:
            connection.ensure_connection()
            return
        except (OperationalError, InterfaceError) as exc:
            words = refusal(exc, connection.settings_dict)
            if words:
                raise BadValue(words) from None
            if time.monotonic() > deadline:
                raise DatabaseAway(f"{place(connection.settings_dict)} does not answer") from None
        if not has_said:
            say(f"songloom: waiting for {place(connection.settings_dict)} …")
            has_said = True
        time.sleep(LOOK_EVERY_S)


def place(database: dict[str, Any]) -> str:
    """Where a database is, without what is secret."""
    port = f":{database['PORT']}" if database["PORT"] else ""
    return f"the database server at {database['HOST']}{port}"


def refusal(error: Exception, database: dict[str, Any]) -> str:
    """Why the server will not let us in; "" when it may, in a while."""
    from songloom.jobs.away import GONE

    number = error.args[0] if error.args and isinstance(error.args[0], int) else None
    said = str(error.args[-1] if number is not None else error).strip()
    if number in GONE or (number is None and not _is_final(said)):
        return ""
    where, name = place(database), database["NAME"]
    if number == NO_DATABASE or (f'"{name}" does not exist' in said and "role" not in said):
        return f"{where} has no database {name!r}; make it first: CREATE DATABASE {name}"
    return f"{where} refuses: {said.splitlines()[-1].strip()}"


def _is_final(said: str) -> bool:
    return "FATAL" in said and not any(words in said for words in NOT_YET)


@contextmanager
def one_migrates(connection: Any) -> Iterator[None]:
    """Two homes that share a server: one makes the tables, the other waits for it."""
    lock, unlock = {
        "postgresql": ("SELECT pg_advisory_lock(%s)", "SELECT pg_advisory_unlock(%s)"),
        "mysql": (f"SELECT GET_LOCK(%s, {MIGRATE_WITHIN_S})", "SELECT RELEASE_LOCK(%s)"),
    }.get(connection.vendor, ("", ""))
    if not lock:  # SQLite: the home's own lock is enough
        yield
        return
    name = connection.settings_dict["NAME"]
    key = 7_308_610 if connection.vendor == "postgresql" else f"songloom {name}"[:64]
    with connection.cursor() as cursor:
        cursor.execute(lock, [key])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(unlock, [key])
