"""Without a worker a command does the work itself; with one it waits; anyone may cancel."""

from __future__ import annotations

import os

import pytest
from django.db import OperationalError
from django.utils import timezone

from songloom import jobs
from songloom.jobs import performing, services
from songloom.jobs.models import Job, Worker
from songloom.jobs.performing import keep_leases, perform
from songloom.jobs.place import HOST
from tests.jobs.conftest import ran
from tests.jobs.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_a_worker_jobs_and_what_follows_run_here() -> None:
    job = jobs.enqueue("test.chain", {"word": "follows"})
    ended = services.finish([job])
    assert ran == ["follows"]
    assert [(j.kind, j.state) for j in ended] == [("test.chain", "done"), ("test.note", "done")]


def test_jobs_of_others_are_left_in_the_queue() -> None:
    other = jobs.enqueue("test.note", {"word": "other"})
    services.finish([jobs.enqueue("test.note", {"word": "mine"})])
    other.refresh_from_db()
    assert (ran, other.state) == (["mine"], "queued")


def test_progress_is_told_and_ends_with_the_final_states() -> None:
    told: list[list[str]] = []
    services.finish(
        [jobs.enqueue("test.note", {"word": "a"})],
        lambda family: told.append([str(job.state) for job in family]),
    )
    assert told[0] == ["queued"]
    assert told[-1] == ["done"]


def test_a_failed_job_does_not_stop_the_others() -> None:
    jobs_ = [jobs.enqueue("test.refuse", {}), jobs.enqueue("test.note", {"word": "a"})]
    assert [job.state for job in services.finish(jobs_)] == ["failed", "done"]


def test_with_a_living_worker_the_command_waits_for_it() -> None:
    Worker.objects.create(name="w", host=HOST, pid=os.getpid(), queues="", seen_at=timezone.now())
    job = jobs.enqueue("test.note", {"word": "by the worker"})
    looks: list[int] = []

    def work(family: list[Job]) -> None:  # stands where the worker's process would run
        looks.append(len(ran))
        if len(looks) == 3:
            perform(str(job.pk))

    services.finish([job], work)
    assert looks[:3] == [0, 0, 0]
    assert ran == ["by the worker"]


def test_cancelling_a_waiting_job_ends_it_and_what_follows_at_once() -> None:
    job = jobs.enqueue("test.note", {"word": "never"})
    assert services.cancel(job).state == "cancelled"
    services.finish([job])
    assert ran == []


def test_cancelling_a_running_job_asks_it_to_stop() -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    Job.objects.filter(pk=job.pk).update(state="running", fence=1)
    services.cancel(job)
    job.refresh_from_db()
    assert (job.state, job.is_cancel_asked) == ("running", True)


def test_cancelling_a_final_job_changes_nothing() -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    services.finish([job])
    job.refresh_from_db()
    assert services.cancel(job).state == "done"


def test_an_interrupt_cancels_what_is_left() -> None:
    left = jobs.enqueue("test.note", {"word": "left"})

    def interrupt(family: list[Job]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.finish([left], interrupt)
    left.refresh_from_db()
    assert left.state == "cancelled"


def test_a_beat_that_fails_is_not_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is locked for once does not cost the job its lease."""
    beats: list[int] = []

    def locked_at_first() -> None:
        beats.append(len(beats))
        if len(beats) == 1:
            raise OperationalError("database is locked")
        keep_leases()

    monkeypatch.setattr(services, "keep_leases", locked_at_first)
    monkeypatch.setattr(services, "BEAT_EVERY_S", 0.01)
    with services._beating():
        until(lambda: len(beats) > 2)


def test_an_interrupt_in_the_moment_of_the_claim_leaves_nothing_running(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its row says that it runs, and no attempt knows of it yet."""
    left = jobs.enqueue("test.note", {"word": "left"})
    elsewhere = jobs.enqueue("test.note", {"word": "elsewhere"})
    Job.objects.filter(pk=elsewhere.pk).update(state="running", worker="another:1")
    claim = performing._mark_claimed

    def interrupted(job_id: str) -> int:
        assert claim(job_id) == 1
        raise KeyboardInterrupt

    monkeypatch.setattr(performing, "_mark_claimed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        services.finish([left])
    left.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (left.state, left.attempts, ran) == ("cancelled", 0, [])
    assert elsewhere.state == "running"


def test_a_job_document_has_the_fields_of_the_contract() -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    services.finish([job])
    job.refresh_from_db()
    document = services.document(job)
    assert list(document) == [
        "id",
        "kind",
        "state",
        "progress",
        "stage",
        "result",
        "error",
        "created_at",
        "finished_at",
    ]
    assert document["state"] == "done"
    assert document["finished_at"].endswith("Z")


def test_followers_are_listed_oldest_first() -> None:
    job = jobs.enqueue("test.chain", {"word": "x"})
    services.finish([job])
    assert [follower.kind for follower in services.followers(job.pk)] == ["test.note"]
