"""The jobs of the room: thin, safe to run twice, polite about what is gone."""

from __future__ import annotations

import pytest

from songloom.jobs import kinds
from songloom.learn import jobs, services
from songloom.learn.models import Suggestion
from songloom.library.ids import uuid7
from songloom.library.models import Track, User
from tests.learn.conftest import Measured
from tests.shelf import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_both_jobs_are_known() -> None:
    assert kinds["learn.train"].queue == "generation"
    assert kinds["learn.suggest"].queue == "analysis"


def test_training_as_a_job_gives_the_document(owner: User, tagged_library: list[Track]) -> None:
    assert jobs.train(str(owner.pk)) == services.train(owner)


def test_a_job_for_nobody_trains_for_the_first_administrator(measured: Measured) -> None:
    person("boss", is_admin=True)
    measured(tags={"tag": ["calm"]}, is_private=True)
    trained = jobs.train()
    assert trained is not None
    assert [row["tag"] for row in trained["tags"]] == ["calm"]


def test_a_job_for_a_user_who_is_gone_is_no_error(measured: Measured) -> None:
    assert jobs.train(str(uuid7())) == {"tags": []}


def test_a_new_song_gets_suggestions_from_everybody_who_trained(
    owner: User, tagged_library: list[Track], measured: Measured
) -> None:
    other = person("bo")
    services.train(owner)
    services.train(other)
    song = measured(brightness=1.5)
    for _ in range(2):  # twice is as good as once
        jobs.suggest(str(song.pk))
    owners = Suggestion.objects.filter(track=song).values_list("model__owner", flat=True)
    assert sorted(owners) == sorted([owner.pk, other.pk])


def test_suggesting_before_anybody_trained_is_no_work(measured: Measured) -> None:
    assert jobs.suggest(str(measured().pk)) == {
        "track_ids": [str(Track.objects.get().pk)],
        "n_suggestions": 0,
    }


def test_suggesting_for_a_song_that_is_gone_is_no_error(
    owner: User, tagged_library: list[Track]
) -> None:
    services.train(owner)
    found = jobs.suggest(str(uuid7()))
    assert found is not None
    assert found["n_suggestions"] == 0
