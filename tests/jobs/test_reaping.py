"""What dead workers leave is taken up: by lease, or at once when their process is gone."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from songloom import jobs
from songloom.jobs.models import Job, Worker
from songloom.jobs.performing import WORKER, live
from songloom.jobs.place import HOST
from songloom.jobs.reaping import living_workers, reap, reap_namesake
from songloom.jobs.running import Running

pytestmark = pytest.mark.django_db


def _dead_pid() -> int:
    """The id of a process that has just ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def _running(worker: str, *, lease_s: float, attempts: int = 1) -> Job:
    job = jobs.enqueue("test.note", {"word": "a"})
    DBTaskResult.objects.update(status="RUNNING")
    Job.objects.filter(pk=job.pk).update(
        state="running",
        worker=worker,
        lease_until=timezone.now() + timedelta(seconds=lease_s),
        attempts=attempts,
        fence=1,
    )
    job.refresh_from_db()
    return job


def test_a_running_job_with_a_live_worker_is_left_alone() -> None:
    job = _running(WORKER, lease_s=20)
    assert reap() == 0
    job.refresh_from_db()
    assert job.state == "running"


def test_a_lease_that_ran_out_is_queued_again_with_a_new_carrier() -> None:
    job = _running("elsewhere:77", lease_s=-1)
    assert reap() == 1
    job.refresh_from_db()
    assert job.state == "queued"
    assert DBTaskResult.objects.get().pk == job.task_id
    assert DBTaskResult.objects.get().status == "READY"


def test_a_process_that_is_gone_from_this_host_is_not_waited_for() -> None:
    job = _running(f"{HOST}:{_dead_pid()}", lease_s=25)
    assert reap() == 1
    job.refresh_from_db()
    assert job.state == "queued"


def test_what_a_dead_worker_of_the_same_process_id_left_is_not_waited_for() -> None:
    """As in a container that was started again: the new worker bears the dead one's name."""
    job = _running(WORKER, lease_s=25)
    assert reap() == 0
    assert reap_namesake() == 1
    job.refresh_from_db()
    assert (job.state, job.fence) == ("queued", 1)


def test_what_this_process_itself_runs_is_no_leftover() -> None:
    job = _running(WORKER, lease_s=25)
    live[0] = Running(job.pk, job.root_id, None, 1, 0.0)
    try:
        assert reap_namesake() == 0
    finally:
        live.clear()
    job.refresh_from_db()
    assert job.state == "running"


def test_after_its_last_attempt_a_job_is_dead_with_its_reason() -> None:
    job = _running("elsewhere:77", lease_s=-1, attempts=3)
    reap()
    job.refresh_from_db()
    assert job.state == "dead"
    assert job.error == {"code": "worker_lost", "message": "the worker died in 3 attempts"}


def test_a_queued_job_that_lost_its_carrier_is_sent_again() -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    DBTaskResult.objects.all().delete()
    assert reap() == 0  # too young to be sure
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert reap() == 1
    job.refresh_from_db()
    assert DBTaskResult.objects.get().pk == job.task_id
    assert reap() == 0


def test_only_workers_that_were_seen_and_exist_count_as_living() -> None:
    now, old = timezone.now(), timezone.now() - timedelta(minutes=2)
    rows = [("here", HOST, int(WORKER.rpartition(":")[2]), now), ("gone", HOST, _dead_pid(), now)]
    rows += [("far", "elsewhere", 1, now), ("silent", "elsewhere", 2, old)]
    for name, where, pid, seen in rows:
        Worker.objects.create(name=name, host=where, pid=pid, queues="", seen_at=seen)
    assert {worker.name for worker in living_workers()} == {"here", "far"}
