"""One after the other: what SQLite's write transactions give for free, for every database.

On a server two transactions may both look, find nothing and write. Where what was read must still
be so when it is written, they take turns by a name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from django.db import DatabaseError, connection, transaction

from songloom.errors import TryLater

WAIT_S = 20


@contextmanager
def in_turn(*names: str) -> Iterator[None]:
    """A transaction that overlaps no other with one of these names.

    with in_turn(f"track {track.pk}"):
        …

    Within a transaction the turn lasts until this block ends; take it where the transaction begins.
    Raises TryLater when another takes longer than 20 s.
    """
    with ExitStack() as turns:
        if connection.vendor != "sqlite":
            for name in sorted(set(names)):  # in one order, so that no two wait for each other
                turns.enter_context(_turn(name))
        with transaction.atomic():
            yield


@contextmanager
def _turn(name: str) -> Iterator[None]:
    """Held by the connection: it is given back even when the process dies."""
    spelled = f"{connection.settings_dict['NAME']}\0{name}".encode()
    digest = hashlib.blake2b(spelled, digest_size=20)
    number = int.from_bytes(digest.digest()[:8], signed=True)
    if connection.vendor == "mysql":
        _take("SELECT GET_LOCK(%s, %s)", digest.hexdigest(), WAIT_S)
        unlock: tuple[str, int | str] = "SELECT RELEASE_LOCK(%s)", digest.hexdigest()
    elif connection.in_atomic_block:  # a failed transaction could not give it back
        _take("SELECT 1 FROM pg_advisory_xact_lock(%s)", number)
        unlock = "", number
    else:
        _take("SELECT 1 FROM pg_advisory_lock(%s)", number)
        unlock = "SELECT pg_advisory_unlock(%s)", number
    try:
        yield
    finally:
        _give_back(*unlock)


def _take(lock: str, *key: int | str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(lock, key)
        if cursor.fetchone()[0] != 1:
            raise TryLater("somebody else works on the same thing; try again")


def _give_back(unlock: str, key: int | str) -> None:
    """By the driver itself: Django would refuse within a transaction that is to be rolled back."""
    if unlock and connection.connection is not None:
        with (
            suppress(DatabaseError),
            connection.wrap_database_errors,
            connection.connection.cursor() as cursor,
        ):
            cursor.execute(unlock, [key])
