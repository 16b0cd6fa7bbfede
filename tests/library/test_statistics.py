"""On SQLite a page of a large library is read by the index of its order, not by that of the bin."""

from __future__ import annotations

import pytest
from django.db import connection

from songloom.library.ids import uuid7
from songloom.library.inserting import insert
from songloom.library.keep.statistics import FEW, keep_statistics
from songloom.library.models import Track, User

TRACK = ("id", "title", "sort_title", "owner_id", "origin")


def fill(owner: User, n: int) -> None:
    rows = ((uuid7(), f"Song {i}", f"song {i}", owner.pk, "imported") for i in range(n))
    insert(Track, TRACK, rows)


@pytest.fixture
def reopened(transactional_db: None) -> None:
    """Statistics are read when a database is opened; an open one may have those of another test."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
            if cursor.fetchone()[0]:
                cursor.execute("DELETE FROM sqlite_stat1")


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("reopened")
def test_a_page_is_read_in_its_order_and_nothing_sorted() -> None:
    owner = User.objects.create_user("mei")
    fill(owner, 2 * FEW)
    assert keep_statistics()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sqlite_master")  # makes this connection read what was counted
    visible = Track.objects.visible_to(owner)
    by_title, by_key = (
        visible.order_by(*o)[:50].explain() for o in (("sort_title", "pk"), ("pk",))
    )
    assert "track_by_title" in by_title
    assert "TEMP B-TREE" not in by_title + by_key
    assert "binned_at" not in by_title + by_key


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("reopened")
def test_it_is_counted_when_a_library_has_doubled_or_halved_and_not_between() -> None:
    owner = User.objects.create_user("mei")
    fill(owner, FEW - 1)
    assert not keep_statistics()  # too few to matter
    fill(owner, FEW)
    assert keep_statistics()
    assert not keep_statistics()
    fill(owner, FEW)
    assert not keep_statistics()
    fill(owner, FEW)
    assert keep_statistics()
    Track.objects.filter(title__in=[f"Song {i}" for i in range(FEW * 5 // 8)]).delete()
    assert keep_statistics()


@pytest.mark.only_on("mysql", "postgres")
@pytest.mark.django_db
def test_a_server_counts_by_itself() -> None:
    assert not keep_statistics()
