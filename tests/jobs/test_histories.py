"""Whatever happens to jobs, in whatever order: nothing is lost, doubled, or stuck half-way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songloom import jobs
from songloom.errors import BadValue, TryLater
from songloom.jobs import services, worker
from songloom.jobs.models import Job
from songloom.jobs.performing import WORKER, _claim, _end
from songloom.jobs.reaping import reap
from tests.databases import examples

pytestmark = pytest.mark.django_db

FINAL = {"done", "failed", "cancelled", "dead"}
LONG_AGO = timedelta(hours=1)
outcomes = st.sampled_from(["done", "refused", "later", "broken", "killed", "late"])
steps = st.lists(
    st.sampled_from(["queue", "run", "reap", "cancel", "kill"]), min_size=4, max_size=14
)


class History:
    """Some jobs and what befell them."""

    def __init__(self, endings: list[str]) -> None:
        self.endings = list(endings)
        self.finished: list[str] = []  # ids whose function ran to its end
        jobs.job("test.lives", retries=2)(self.live)

    def live(self, job_id: str) -> dict[str, Any]:
        ending = self.endings.pop() if self.endings else "done"
        if ending == "refused":
            raise BadValue("3 is too much; at most 2")
        if ending == "later":
            raise TryLater("the disk is away")
        if ending == "broken":
            raise ZeroDivisionError
        self.finished.append(job_id)
        return {"job_id": job_id}

    def queue(self) -> None:
        job = jobs.enqueue("test.lives", {"job_id": ""})
        Job.objects.filter(pk=job.pk).update(arguments={"job_id": str(job.pk)})

    def run(self) -> None:
        task = worker.take("interactive")
        if task is not None:
            worker.run_carried(task)

    def kill(self) -> None:
        """A worker elsewhere claims a job and dies; its lease runs out."""
        task = worker.take("interactive")
        if task is None:
            return
        attempt = _claim(str(task.args_kwargs["args"][0]))
        if attempt is not None:
            Job.objects.filter(pk=attempt.job_id).update(
                worker="elsewhere:1", lease_until=timezone.now() - LONG_AGO
            )

    def reap(self) -> None:
        reap()

    def cancel(self) -> None:
        job = Job.objects.unfinished().order_by("created_at").first()
        if job is not None:
            services.cancel(job)

    def settle(self) -> None:
        """Workers go on for as long as there is anything to do."""
        for _ in range(60):
            Job.objects.filter(state="queued").update(created_at=timezone.now() - LONG_AGO)
            reap()
            self.run()
            if not Job.objects.unfinished().exists():
                return
        raise AssertionError(f"stuck: {list(Job.objects.values('state', 'attempts'))}")


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=steps, endings=st.lists(outcomes, max_size=8))
def test_every_job_ends_and_a_done_one_ran_to_its_end_once(
    db: None, steps: list[str], endings: list[str]
) -> None:
    with transaction.atomic():
        history = History(endings)
        for step in steps:
            getattr(history, step)()
        n_queued = steps.count("queue")
        history.settle()
        assert Job.objects.count() == n_queued  # none was lost, none doubled
        for job in Job.objects.all():
            assert job.state in FINAL
            assert job.attempts <= 3
            assert job.finished_at is not None
            assert job.lease_until is None or job.state == "dead"
            n_ends = history.finished.count(str(job.pk))
            assert (job.state == "done") is (n_ends == 1 and job.error is None)
            assert n_ends <= 1
            assert (job.error is None) is (job.state == "done")
        assert not DBTaskResult.objects.filter(status="READY").exists()
        transaction.set_rollback(True)


def test_a_worker_that_slept_past_its_lease_cannot_overwrite_its_successor() -> None:
    history = History([])
    history.queue()
    job = Job.objects.get()
    sleeper = _claim(str(job.pk))
    assert sleeper is not None
    Job.objects.update(lease_until=timezone.now() - LONG_AGO, worker="elsewhere:1")
    reap()
    history.run()
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"job_id": str(job.pk)})
    _end(job, sleeper.fence, Job.State.FAILED, error=("late", "a late result"))
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", None)


def test_a_clock_that_jumps_ahead_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    history = History([])
    history.queue()
    claimed = _claim(str(Job.objects.get().pk))
    assert claimed is not None
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=1))
    reap()
    monkeypatch.undo()
    history.settle()
    assert Job.objects.get().state == "done"


@pytest.mark.parametrize(("retries", "n_attempts"), [(0, 1), (1, 2), (2, 3), (9, 3)])
def test_what_breaks_each_time_is_tried_so_often_and_then_given_up(
    retries: int, n_attempts: int
) -> None:
    tries: list[int] = []

    def breaks() -> None:
        tries.append(1)
        raise ZeroDivisionError

    jobs.job("test.breaks_often", retries=retries)(breaks)
    jobs.enqueue("test.breaks_often", {})
    history = History([])
    history.settle()
    job = Job.objects.get()
    assert (len(tries), job.attempts, job.state) == (n_attempts, n_attempts, "dead")
    assert job.error is not None
    assert "ZeroDivision" not in str(job.error)  # what broke stands in the log, not in answers


def test_a_cancelled_family_ends_as_one() -> None:
    history = History([])

    def parent() -> None:
        for _ in range(3):
            history.queue()

    jobs.job("test.parent")(parent)
    job = jobs.enqueue("test.parent", {})
    history.run()
    assert Job.objects.filter(root_id=job.pk).count() == 4
    services.cancel(job)
    states = {each.state for each in Job.objects.exclude(pk=job.pk)}
    assert states == {"cancelled"}
    history.settle()
    assert history.finished == []


def test_the_name_of_a_worker_tells_host_and_process() -> None:
    host, _, pid = WORKER.rpartition(":")
    assert host
    assert pid.isdigit()
