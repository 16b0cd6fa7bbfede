"""Rows that all tests of a file read: made once, and undone when the last of them has run.

    @pytest.fixture(scope="module")
    def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
        with shared_rows(django_db_blocker):
            yield make_world()

Each test's own `db` is a savepoint within, so what one changes the next does not see. For tests
that commit (`transaction=True`) it is of no use.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def shared_rows(blocker: DjangoDbBlocker) -> Iterator[None]:
    """What is written within is there until the block ends."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
