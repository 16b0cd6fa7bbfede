"""The embedded worker takes jobs lane by lane, keeps its leases, and stops cleanly."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from songloom import jobs
from songloom.jobs import worker
from songloom.jobs.models import Job, Worker
from songloom.jobs.performing import WORKER, live
from songloom.jobs.running import Running
from tests.jobs.conftest import ran

pytestmark = pytest.mark.django_db(transaction=True)


def _until(condition: object, timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


@pytest.fixture
def running() -> object:
    """A worker in a thread of this process, stopped at the end."""
    embedded = worker.EmbeddedWorker()

    def run() -> None:
        embedded.run(drain_s=10)
        connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield embedded
    embedded.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert not Worker.objects.exists()


def test_a_worker_runs_what_is_queued_and_what_follows(running: worker.EmbeddedWorker) -> None:
    job = jobs.enqueue("test.chain", {"word": "x"})
    _until(lambda: Job.objects.filter(kind="test.note", state="done").exists())
    job.refresh_from_db()
    assert (job.state, ran) == ("done", ["x"])
    assert Worker.objects.get().name == WORKER


def test_a_heavy_job_does_not_hold_up_an_interactive_one(running: worker.EmbeddedWorker) -> None:
    go_on = threading.Event()

    @jobs.job("test.heavy", queue="analysis")
    def heavy() -> None:
        go_on.wait(30)

    slow = jobs.enqueue("test.heavy", {})
    _until(lambda: Job.objects.filter(pk=slow.pk, state="running").exists())
    quick = jobs.enqueue("test.note", {"word": "quick"})
    _until(lambda: Job.objects.filter(pk=quick.pk, state="done").exists())
    slow.refresh_from_db()
    assert slow.state == "running"
    go_on.set()
    _until(lambda: Job.objects.filter(pk=slow.pk, state="done").exists())


def test_a_poison_job_does_not_stop_the_lane(running: worker.EmbeddedWorker) -> None:
    poison = jobs.enqueue("test.break", {})
    good = jobs.enqueue("test.note", {"word": "good"})
    _until(lambda: Job.objects.filter(pk=good.pk, state="done").exists())
    _until(lambda: Job.objects.filter(pk=poison.pk, state="dead").exists())


def test_a_beat_moves_leases_on_and_notices_a_lost_one() -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    soon = timezone.now() + timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state="running", fence=2, lease_until=soon, worker=WORKER)
    mine = Running(job.pk, job.root_id, None, fence=2, deadline=0)
    lost = Running(job.pk, job.root_id, None, fence=1, deadline=0)
    live.update({1: mine, 2: lost})
    try:
        worker.beat()
    finally:
        live.clear()
    job.refresh_from_db()
    assert job.lease_until is not None
    assert job.lease_until > soon + timedelta(seconds=10)
    assert (mine.is_lost, lost.is_lost) == (False, True)


def test_what_still_runs_at_exit_is_given_back() -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    Job.objects.filter(pk=job.pk).update(state="running", fence=1, attempts=1, worker=WORKER)
    live[1] = Running(job.pk, job.root_id, None, fence=1, deadline=0)
    try:
        worker.release_live()
    finally:
        live.clear()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)


def test_a_claimed_task_is_not_given_twice() -> None:
    jobs.enqueue("test.note", {"word": "a"})
    assert worker.take("interactive") is not None
    assert worker.take("interactive") is None
    assert worker.take("analysis") is None


# --- lanes whose number changes ----------------------------------------------------------


@pytest.fixture
def allow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """A worker that asks with every beat how many analysis jobs may run at once; says so to it."""
    monkeypatch.setattr(worker, "BEAT_EVERY_S", 0.1)
    allowed = {"n": 1}
    embedded = worker.EmbeddedWorker(widths={"analysis": lambda: allowed["n"]})

    def run() -> None:
        embedded.run(drain_s=10)
        connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def allow(n: int) -> None:
        allowed["n"] = n
        _until(lambda: embedded.lanes["analysis"] == n)

    yield allow
    embedded.stop()
    thread.join(30)
    assert not thread.is_alive()


class Crowd:
    """A heavy kind of job that counts how many of it run at once, each until it may end."""

    def __init__(self) -> None:
        self.may_end = threading.Semaphore(0)
        self.lock = threading.Lock()
        self.n_now = self.n_most = 0

        @jobs.job("test.crowd", queue="analysis")
        def crowd(n: int) -> None:
            with self.lock:
                self.n_now += 1
                self.n_most = max(self.n_most, self.n_now)
            self.may_end.acquire(timeout=60)
            with self.lock:
                self.n_now -= 1

    def queue(self, n: int) -> None:
        for number in range(n):
            jobs.enqueue("test.crowd", {"n": number})

    def let_end(self, n: int) -> None:
        left = Job.objects.unfinished().count() - n
        for _ in range(n):
            self.may_end.release()
        _until(lambda: Job.objects.unfinished().count() == left)


def test_as_many_heavy_jobs_run_at_once_as_are_allowed(allow: Callable[[int], None]) -> None:
    crowd = Crowd()
    allow(3)
    crowd.queue(5)
    _until(lambda: crowd.n_now == 3)
    crowd.let_end(5)
    assert crowd.n_most == 3


def test_a_number_that_changes_is_followed_without_a_new_start(
    allow: Callable[[int], None],
) -> None:
    crowd = Crowd()
    crowd.queue(8)
    _until(lambda: crowd.n_now == 1)
    allow(2)
    _until(lambda: crowd.n_now == 2)
    allow(1)
    crowd.let_end(2)  # the second lane ends with its job
    _until(lambda: "analysis-1" not in {t.name for t in threading.enumerate()})
    _until(lambda: crowd.n_now == 1)
    allow(0)
    crowd.let_end(1)
    _until(lambda: "analysis-0" not in {t.name for t in threading.enumerate()})
    assert (crowd.n_now, Job.objects.unfinished().count()) == (0, 5)
    allow(1)
    _until(lambda: crowd.n_now == 1)
    crowd.let_end(5)
    assert crowd.n_most == 2


def test_a_number_that_cannot_be_told_leaves_the_lanes_as_they_are() -> None:
    def broken() -> int:
        raise ZeroDivisionError

    embedded = worker.EmbeddedWorker({"analysis": 2}, widths={"analysis": broken, "other": broken})
    embedded.stop()
    embedded.run()
    assert embedded.lanes == {"analysis": 2}
    assert len(embedded.threads) == 2
