"""How far an exchange is, and that one that was interrupted goes on with the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from songloom.library.exchange import mongo
from songloom.library.exchange.mongo import pulling, pushing, syncing
from songloom.library.models import Track, User

pytestmark = pytest.mark.django_db
N = 7
Steps = list[tuple[int, int]]


@pytest.fixture
def songs(admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven tracks, exchanged three at a time."""
    for room in (pulling, pushing):
        monkeypatch.setattr(room, "BATCH", 3)
    for n in range(N):
        Track.objects.create(title=f"歌 {n}", owner=admin, has_audio=False, origin="imported")


def interrupted_at(n: int) -> Callable[[int, int], None]:
    """Somebody who presses Ctrl-C when that many are done."""

    def told(n_done: int, n_all: int) -> None:
        if n_done == n:
            raise KeyboardInterrupt

    return told


@pytest.mark.usefixtures("songs")
def test_each_batch_is_told_until_all_are_done(base: Any, admin: User) -> None:
    pushed: Steps = []
    mongo.push(base, admin, told=lambda *step: pushed.append(step))
    assert pushed == [(0, N), (3, N), (6, N), (N, N)]
    pulled: Steps = []
    mongo.pull(base, admin, told=lambda *step: pulled.append(step))
    assert pulled == pushed


@pytest.mark.usefixtures("songs")
def test_sync_tells_of_what_changed_alone_one_way_after_the_other(
    base: Any, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first writes everything, the second finds its own documents, the third only the last."""
    monkeypatch.setattr(syncing, "OVERLAP", timedelta(0))
    mongo.sync(base, admin, place="here")
    mongo.sync(base, admin, place="here")
    steps: Steps = []
    mongo.sync(base, admin, place="here", told=lambda *step: steps.append(step))
    ends = [n_all for n_done, n_all in steps if n_done == 0]
    assert len(ends) == 2
    assert max(ends) <= 1
    assert steps[-1][0] == steps[-1][1]


@pytest.mark.usefixtures("songs")
def test_nothing_to_do_is_told_as_nothing_of_nothing(base: Any, admin: User) -> None:
    Track.objects.all().delete()
    steps: Steps = []
    mongo.push(base, admin, told=lambda *step: steps.append(step))
    assert steps == [(0, 0)]


@pytest.mark.usefixtures("songs")
@pytest.mark.parametrize("n", [0, 3, 6])
def test_a_push_that_was_interrupted_writes_the_rest(base: Any, admin: User, n: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        mongo.push(base, admin, told=interrupted_at(n))
    assert base["tracks"].count_documents({}) == n
    assert mongo.push(base, admin).n_pushed == N - n
    assert base["tracks"].count_documents({}) == N
    assert mongo.push(base, admin).n_pushed == 0


@pytest.mark.usefixtures("songs")
@pytest.mark.parametrize("n", [0, 3, 6])
def test_a_pull_that_was_interrupted_takes_the_rest(base: Any, admin: User, n: int) -> None:
    mongo.push(base, admin)
    titles = set(Track.objects.values_list("title", flat=True))
    Track.objects.all().delete()
    with pytest.raises(KeyboardInterrupt):
        mongo.pull(base, admin, told=interrupted_at(n))
    assert Track.objects.count() == n
    assert mongo.pull(base, admin).n_pulled == N - n
    assert set(Track.objects.values_list("title", flat=True)) == titles
    assert mongo.pull(base, admin).n_pulled == 0


@pytest.mark.usefixtures("songs")
@pytest.mark.parametrize("n", [0, 3, 6])
def test_a_sync_that_was_interrupted_loses_nothing_and_doubles_nothing(
    base: Any, admin: User, n: int
) -> None:
    mongo.push(base, admin)
    base["tracks"].update_many({}, {"$set": {"source": "another"}})
    kept = list(Track.objects.order_by("pk")[:2].values_list("pk", flat=True))
    Track.objects.exclude(pk__in=kept).delete()
    with pytest.raises(KeyboardInterrupt):
        mongo.sync(base, admin, place="here", told=interrupted_at(n))
    mongo.sync(base, admin, place="here")
    assert Track.objects.count() == N
    assert base["tracks"].count_documents({"is_deleted": False}) == N


@pytest.mark.parametrize("at", ["soon", "", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])
def test_a_document_whose_moment_is_odd_does_not_stop_what_comes_after_it(
    base: Any, admin: User, at: str
) -> None:
    base.tracks.insert_one({"_id": "odd", "title": "奇怪", "changed_at": at, "source": "other"})
    mongo.sync(base, admin, place="here")
    later = timezone.now().isoformat().replace("+00:00", "Z")
    base.tracks.insert_one({"_id": "new", "title": "新", "changed_at": later, "source": "other"})
    mongo.sync(base, admin, place="here")
    assert set(Track.objects.values_list("title", flat=True)) == {"奇怪", "新"}
