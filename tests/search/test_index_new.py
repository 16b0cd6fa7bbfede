"""What a table brought becomes findable by one job; what is found already is left alone."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songloom.jobs.models import Job
from songloom.library.models import Track, User
from songloom.search.indexing import BATCH, unindexed
from songloom.search.jobs import index_new
from songloom.search.models import Row
from songloom.search.services import search, start_indexing
from tests.shelf import person

pytestmark = pytest.mark.searches


@pytest.fixture
def mei(db: None) -> User:
    return person("mei")


def made(owner: User, *titles: str) -> list[Track]:
    rows = ({"title": t, "owner": owner, "has_audio": False, "origin": "imported"} for t in titles)
    return [Track.objects.create(**row) for row in rows]


def test_all_of_a_table_are_found(mei: User) -> None:
    made(mei, "青花瓷", "千里之外", "Blue")
    index_new()
    for words, title in (("qhc", "青花瓷"), ("千里", "千里之外"), ("blu", "Blue")):
        assert [track.title for track in search(words, mei).tracks] == [title]


def test_more_than_a_batch_is_indexed_and_nothing_twice(mei: User) -> None:
    Track.objects.bulk_create(
        Track(title=f"Song {n}", owner=mei, has_audio=False, origin="imported")
        for n in range(BATCH + 3)
    )
    index_new()
    assert list(unindexed()) == []
    before = set(Row.objects.values_list("pk", flat=True))
    assert len(before) == BATCH + 3
    index_new()
    assert set(Row.objects.values_list("pk", flat=True)) == before


def test_a_hundred_tracks_cost_no_more_statements_than_ten(mei: User) -> None:
    def cost(n: int) -> int:
        made(mei, *(f"{n} {at}" for at in range(n)))
        with CaptureQueriesContext(connection) as asked:
            index_new()
        return len(asked)

    cost(1)  # who made the index is noted once
    few = cost(10)
    assert cost(100) <= few


def test_an_empty_library_is_no_error(mei: User) -> None:
    index_new()
    assert search("", mei).total == 0


def test_an_index_that_a_command_made_is_not_made_anew_by_the_next_worker(mei: User) -> None:
    made(mei, "Blue")
    index_new()
    start_indexing()
    assert not Job.objects.exists()
