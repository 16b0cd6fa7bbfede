"""A batch of a table becomes findable by one job."""

from __future__ import annotations

import pytest

from songloom.library.models import Track, User
from songloom.search.jobs import index_many
from songloom.search.services import search
from tests.shelf import person


@pytest.fixture
def mei(db: None) -> User:
    return person("mei")


def test_all_of_a_batch_are_found(mei: User) -> None:
    tracks = [
        Track.objects.create(title=title, owner=mei, has_audio=False, origin="imported")
        for title in ("青花瓷", "千里之外", "Blue")
    ]
    index_many([str(track.pk) for track in tracks])
    for words, title in (("qhc", "青花瓷"), ("千里", "千里之外"), ("blu", "Blue")):
        assert [track.title for track in search(words, mei).tracks] == [title]


def test_tracks_that_are_gone_are_no_error(mei: User) -> None:
    index_many(["01920000-0000-7000-8000-000000000001"])
    index_many([])
    assert search("", mei).total == 0
