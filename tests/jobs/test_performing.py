"""Every way that an attempt can end is written down, once, by whoever holds the fence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from songloom import jobs
from songloom.jobs import registry
from songloom.jobs.models import Job
from songloom.jobs.performing import perform
from songloom.library.models import User
from tests.jobs.conftest import ran

pytestmark = pytest.mark.django_db


def _run(kind: str, **arguments: str) -> Job:
    job = jobs.enqueue(kind, arguments, key="once")
    perform(str(job.pk))
    job.refresh_from_db()
    return job


def test_a_job_that_returns_is_done_with_its_result() -> None:
    job = _run("test.note", word="hello")
    assert ran == ["hello"]
    assert (job.state, job.result, job.progress) == ("done", {"word": "hello"}, 1.0)
    assert job.finished_at is not None
    assert job.active_key is None
    assert job.lease_until is None


def test_a_refusal_fails_at_once_with_its_code_and_message() -> None:
    job = _run("test.refuse")
    assert job.state == "failed"
    assert job.error == {"code": "bad_value", "message": "3 is too much; at most 2"}
    assert job.attempts == 1


def test_what_may_succeed_later_is_tried_three_times_then_failed() -> None:
    job = _run("test.later")
    assert job.state == "queued"
    for _ in range(5):
        perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts, ran) == ("failed", 3, ["later"] * 3)
    assert job.error == {"code": "try_later", "message": "the disk is away"}


def test_an_unexpected_error_is_tried_again_then_dead_without_telling_its_insides(
    caplog: pytest.LogCaptureFixture,
) -> None:
    job = _run("test.break")
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, ran) == ("dead", ["break", "break"])
    assert job.error is not None
    assert job.error["code"] == "internal"
    assert "ZeroDivision" not in str(job.error)


def test_a_final_job_is_never_run_again() -> None:
    job = _run("test.note", word="a")
    perform(str(job.pk))
    assert ran == ["a"]


def test_a_job_that_another_worker_runs_is_left_alone() -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    soon = timezone.now() + timedelta(seconds=20)
    Job.objects.filter(pk=job.pk).update(state="running", lease_until=soon, fence=1)
    perform(str(job.pk))
    assert ran == []


def test_a_lease_that_ran_out_is_taken_over_with_a_higher_fence() -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state="running", lease_until=past, fence=4, attempts=1)
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.fence, job.attempts) == ("done", 5, 2)


def test_the_late_result_of_a_worker_thought_dead_is_refused() -> None:
    @jobs.job("test.overtaken")
    def overtaken() -> dict[str, str]:
        Job.objects.filter(kind="test.overtaken").update(fence=99)  # somebody else took it up
        return {"from": "the late one"}

    job = _run("test.overtaken")
    assert job.state == "running"
    assert job.result is None


def test_a_cancelled_job_stops_at_its_next_report() -> None:
    job = _run("test.cancels_itself")
    assert job.state == "cancelled"
    assert ran == []


def test_a_job_of_a_kind_that_no_longer_exists_ends_dead() -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    registry.kinds.pop("test.note")
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.error and job.error["code"]) == ("dead", "unknown_kind")


def test_an_interrupt_gives_the_job_back_without_counting_the_attempt() -> None:
    @jobs.job("test.interrupted")
    def interrupted() -> None:
        raise KeyboardInterrupt

    job = jobs.enqueue("test.interrupted", {})
    with pytest.raises(KeyboardInterrupt):
        perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)


def test_what_follows_from_a_job_has_the_same_root_and_owner(
    django_user_model: type[User],
) -> None:
    owner = django_user_model.objects.create_user("a")
    job = jobs.enqueue("test.chain", {"word": "w"}, owner=owner)
    perform(str(job.pk))
    follower = Job.objects.get(kind="test.note")
    assert (follower.root_id, follower.owner) == (job.pk, owner)


def test_progress_is_written_and_bounded() -> None:
    seen: list[tuple[float, str]] = []

    @jobs.job("test.progress")
    def progress() -> None:
        jobs.report(progress=7.0, stage="over")
        row = Job.objects.get(kind="test.progress")
        seen.append((row.progress, row.stage))

    _run("test.progress")
    assert seen == [(1.0, "over")]


def test_reporting_outside_a_job_does_nothing() -> None:
    jobs.report(progress=0.5, stage="nowhere")
    jobs.check_cancelled()


def test_a_job_that_takes_longer_than_its_kind_may_fails_at_its_next_report() -> None:
    @jobs.job("test.too_long", timeout_s=0.0)
    def too_long() -> None:
        jobs.report(progress=0.1)
        ran.append("never reached")

    job = _run("test.too_long")
    assert (job.state, ran) == ("failed", [])
    assert job.error is not None
    assert job.error["code"] == "beyond_limits"
