"""Two devices of one listener that speak at the same moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from songloom.library.models import Track, User
from songloom.play import services
from songloom.play.models import Play, PlayQueue
from tests.at_once import at_once
from tests.shelf import person, shelve

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mei() -> User:
    return person("mei")


@pytest.fixture
def tracks(mei: User) -> list[Track]:
    return [shelve(mei, title) for title in ("一", "二", "三")]


def test_one_play_told_by_many_at_once_is_one_play(mei: User, tracks: list[Track]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    told = [lambda: services.record_play(mei, tracks[0], at=at)] * 4
    assert not [ended for ended in at_once(*told) if isinstance(ended, Exception)]
    assert Play.objects.count() == 1


def test_queues_saved_at_once_are_the_whole_of_one(mei: User, tracks: list[Track]) -> None:
    orders = [[track.pk for track in tracks], [track.pk for track in reversed(tracks)]]
    works = [lambda order=order: services.save_queue(mei, order) for order in orders] * 2
    assert not [ended for ended in at_once(*works) if isinstance(ended, Exception)]
    assert PlayQueue.objects.get(user=mei).track_ids in [[str(pk) for pk in o] for o in orders]


def test_what_begins_at_once_leaves_one_that_is_heard_now(mei: User, tracks: list[Track]) -> None:
    began = [
        lambda track=track: services.record_play(mei, track, is_submission=False)
        for track in tracks
    ]
    assert not [ended for ended in at_once(*began) if isinstance(ended, Exception)]
    assert Play.objects.filter(is_submission=False).count() == 1
