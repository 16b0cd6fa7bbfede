"""The composer's job: progress, results, what it does with pieces that are gone."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.generate import services
from songloom.generate.jobs import compose
from songloom.generate.models import Generation
from songloom.jobs import kinds
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import User
from tests.generate.conftest import Composed

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_kind_is_registered_for_whoever_waits() -> None:
    kind = kinds["generate.compose"]
    assert kind.queue == "generation"
    assert kind.retries == 2
    assert kind.timeout_s >= 600


def test_progress_rises_over_all_pieces_and_names_its_stages(
    mei: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[float, str | None]] = []
    monkeypatch.setattr(
        "songloom.generate.jobs.report",
        lambda *, progress, stage=None: told.append((progress, stage)),
    )
    generations, _ = services.start("piano, 6 s", owner=mei, seed=1, count=2)
    result = compose([str(generation.pk) for generation in generations])
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.1
    assert 0.9 < shares[-1] <= 1.0
    assert [stage for _, stage in told if stage] == ["composing", "rendering", "storing"] * 2
    assert result is not None
    assert result["generation_ids"] == [str(generation.pk) for generation in generations]


def test_the_jobs_result_names_tracks_that_exist(composed: Composed) -> None:
    (generation,) = composed("piano, 6 s", seed=1)
    job = Job.objects.get(kind="generate.compose")
    assert job.result == {
        "track_ids": [str(generation.track_id)],
        "generation_ids": [str(generation.pk)],
    }


def test_pieces_made_before_a_job_is_taken_up_again_are_not_made_twice(
    mei: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a worker was killed between two pieces."""
    generations, job = services.start("piano, 6 s", owner=mei, seed=1, count=2)
    services.compose(str(generations[0].pk))
    first = Generation.objects.get(pk=generations[0].pk).track_id
    finish([job])
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert job.result is not None
    assert job.result["track_ids"][0] == str(first)


def test_an_administrator_sees_every_request_and_others_only_their_own(
    mei: User, otto: User, admin: User
) -> None:
    services.start("piano", owner=mei)
    services.start("flute", owner=otto)
    seen: dict[str, Any] = {
        user.username: set(Generation.objects.visible_to(user).values_list("prompt", flat=True))
        for user in (mei, otto, admin)
    }
    assert seen == {"mei": {"piano"}, "otto": {"flute"}, "root": {"piano", "flute"}}


def test_a_request_reads_as_its_title_or_the_words_it_came_from(mei: User) -> None:
    (generation,), _ = services.start("piano and " + "very " * 100 + "calm", owner=mei)
    assert str(generation).startswith("piano and very")
    assert len(str(generation)) <= 80
