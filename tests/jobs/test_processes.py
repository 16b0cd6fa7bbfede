"""Workers as they are: processes that are killed, stopped, continued, asked to go."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from songloom import jobs
from songloom.errors import TryLater
from songloom.jobs import services, worker
from songloom.jobs.models import Job, Worker
from songloom.jobs.performing import perform
from songloom.jobs.reaping import living_workers, reap
from tests.jobs.processes import end, exit_code, fork, forked, serve, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("verified_at_end")]
on_every_carrier = pytest.mark.parametrize(
    "carrier", ["embedded", "rabbitmq", "redis"], indirect=True
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Where jobs write that they ran: one line each, whole, whoever writes."""
    place = tmp_path / "book"
    place.touch()
    return place


def _write(book: Path, line: str) -> None:
    with book.open("a") as file:
        file.write(f"{line}\n")


def _lines(book: Path) -> list[str]:
    return book.read_text().splitlines()


def _state(job: Job) -> str:
    return Job.objects.get(pk=job.pk).state


def _hold(book: Path, gate: Path, queue: str = "interactive") -> None:
    """Register a job that begins, waits for the gate, and ends."""

    @jobs.job("test.hold", queue=queue)
    def hold(word: str = "") -> dict[str, int]:
        _write(book, f"begun {os.getpid()}")
        deadline = time.monotonic() + 60
        while not gate.exists() and time.monotonic() < deadline:
            jobs.check_cancelled()
            time.sleep(0.02)
        _write(book, f"ended {os.getpid()}")
        return {"pid": os.getpid()}


def _begun(book: Path, n: int = 1) -> Callable[[], bool]:
    return lambda: len([line for line in _lines(book) if line.startswith("begun")]) >= n


def test_two_workers_on_one_database_run_each_of_sixty_jobs_once(book: Path) -> None:
    @jobs.job("test.sign")
    def sign(n: int) -> dict[str, int]:
        _write(book, f"{n} {os.getpid()}")
        return {"n": n}

    queued = [jobs.enqueue("test.sign", {"n": n}) for n in range(60)]
    with forked(serve) as a, forked(serve) as b:
        until(lambda: not Job.objects.unfinished().exists())
        for pid in (a, b):
            os.kill(pid, signal.SIGTERM)
        assert [exit_code(a), exit_code(b)] == [0, 0]
    signed = [line.split() for line in _lines(book)]
    assert Counter(int(n) for n, _ in signed) == Counter(range(60))
    assert {int(pid) for _, pid in signed} == {a, b}  # both took part
    for n, job in enumerate(queued):
        job.refresh_from_db()
        assert (job.state, job.attempts, job.fence, job.result) == ("done", 1, 1, {"n": n})
    assert not DBTaskResult.objects.exists()
    assert not Worker.objects.exists()


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_jobs_that_fail_at_first_are_done_once_by_whoever_comes(book: Path) -> None:
    @jobs.job("test.second_time")
    def second_time(n: int) -> None:
        _write(book, str(n))
        if _lines(book).count(str(n)) == 1:
            raise TryLater("not yet")

    for n in range(12):
        jobs.enqueue("test.second_time", {"n": n})
    with forked(serve), forked(serve):
        until(lambda: not Job.objects.unfinished().exists())
    assert Counter(_lines(book)) == Counter({str(n): 2 for n in range(12)})
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 2)}


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_a_killed_worker_s_job_is_taken_up_by_the_next_at_once(book: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    _hold(book, gate)
    job = jobs.enqueue("test.hold", {})
    first = fork(serve)
    try:
        until(_begun(book))
    finally:
        end(first)
    assert _state(job) == "running"  # nobody knows yet
    gate.touch()
    with forked(serve) as second:
        until(lambda: _state(job) == "done", 20)  # well before the lease of 30 s is over
    job.refresh_from_db()
    assert (job.attempts, job.fence, job.result) == (2, 2, {"pid": second})
    assert _lines(book) == [f"begun {first}", f"begun {second}", f"ended {second}"]


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_a_job_that_kills_every_worker_is_given_up_after_three(book: Path) -> None:
    @jobs.job("test.poison")
    def poison() -> None:
        _write(book, "drunk")
        os.kill(os.getpid(), signal.SIGKILL)

    job = jobs.enqueue("test.poison", {})
    good = jobs.enqueue("test.note", {"word": "after"})
    for _ in range(3):
        assert exit_code(fork(serve)) == -signal.SIGKILL
    reap()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == ("dead", 3, None)
    assert job.error == {"code": "worker_lost", "message": "the worker died in 3 attempts"}
    with forked(serve):
        until(lambda: _state(good) == "done")
    assert _lines(book) == ["drunk"] * 3


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_a_worker_asked_to_go_gives_its_job_back_uncounted(book: Path, tmp_path: Path) -> None:
    _hold(book, tmp_path / "never")
    job = jobs.enqueue("test.hold", {})
    pid = fork(serve)
    try:
        until(_begun(book))
        os.kill(pid, signal.SIGTERM)
        assert exit_code(pid, 30) == 0
    finally:
        end(pid)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == ("queued", 0, None)
    assert not Worker.objects.exists()
    with forked(serve) as second:  # its carrier stands ready for the next worker
        until(_begun(book, 2))
    assert _lines(book) == [f"begun {pid}", f"begun {second}"]


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_a_worker_asked_to_go_first_ends_what_ends_in_time(book: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    _hold(book, gate)
    job = jobs.enqueue("test.hold", {})
    waiting = jobs.enqueue("test.note", {"word": "left"})
    with forked(serve) as pid:
        until(_begun(book))
        os.kill(pid, signal.SIGTERM)
        gate.touch()
        assert exit_code(pid, 30) == 0
    assert (_state(job), _state(waiting)) == ("done", "queued")


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_the_late_result_of_a_worker_stopped_past_its_lease_is_refused(
    book: Path, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    _hold(book, gate)
    job = jobs.enqueue("test.hold", {})
    with forked(lambda: serve(lease_s=30)) as slow:
        until(_begun(book))
        os.kill(slow, signal.SIGSTOP)
        over = timezone.now() - timedelta(seconds=1)  # and as if on another host
        Job.objects.filter(pk=job.pk).update(worker="elsewhere:1", lease_until=over)
        assert reap() == 1
        gate.touch()
        perform(str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.fence, job.result) == ("done", 2, {"pid": os.getpid()})
        os.kill(slow, signal.SIGCONT)
        os.kill(slow, signal.SIGTERM)
        assert exit_code(slow) == 0
    again = Job.objects.get(pk=job.pk)
    assert again.result == {"pid": os.getpid()}
    assert (again.state, again.fence, again.finished_at) == ("done", 2, job.finished_at)


def test_a_stopped_worker_that_goes_on_learns_that_its_job_is_another_s(
    book: Path, tmp_path: Path
) -> None:
    """Its next look ends it before it does more; what it would have done is not done twice."""
    _hold(book, tmp_path / "never")
    job = jobs.enqueue("test.hold", {})
    with forked(lambda: serve(lease_s=0.4)) as slow:
        until(_begun(book))
        os.kill(slow, signal.SIGSTOP)
        held = timezone.now() + timedelta(hours=1)
        Job.objects.filter(pk=job.pk).update(fence=7, worker="elsewhere:1", lease_until=held)
        os.kill(slow, signal.SIGCONT)
        other = jobs.enqueue("test.note", {"word": "next"})
        until(lambda: _state(other) == "done")  # the lane is free again
    job.refresh_from_db()
    assert (job.state, job.fence, job.result, job.error) == ("running", 7, None, None)
    assert _lines(book) == [f"begun {slow}"]


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_a_long_job_keeps_its_lease_as_long_as_its_worker_lives(book: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    _hold(book, gate)
    job = jobs.enqueue("test.hold", {})
    with forked(lambda: serve(lease_s=2.0)):
        until(_begun(book))
        first = Job.objects.get(pk=job.pk).lease_until
        until(lambda: Job.objects.get(pk=job.pk).lease_until != first)
        assert reap() == 0
        gate.touch()
        until(lambda: _state(job) == "done")
    assert Job.objects.get(pk=job.pk).attempts == 1


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_cancelling_reaches_a_job_in_another_process(book: Path, tmp_path: Path) -> None:
    _hold(book, tmp_path / "never")
    job = jobs.enqueue("test.hold", {})
    with forked(serve):
        until(_begun(book))
        services.cancel(job)
        until(lambda: _state(job) == "cancelled", 20)
    assert len(_lines(book)) == 1


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_a_command_waits_for_the_worker_process_and_tells_of_it(book: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    _hold(book, gate)
    with forked(serve) as pid:
        until(lambda: bool(living_workers()))
        told: list[set[str]] = []

        def tell(family: list[Job]) -> None:
            told.append({str(job.state) for job in family})
            if {"running"} in told:
                gate.touch()

        (job,) = services.finish([jobs.enqueue("test.hold", {})], tell)
    assert job.result == {"pid": pid}
    assert {"running"} in told
    assert told[-1] == {"done"}


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_when_the_worker_dies_the_command_does_the_work_itself(book: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    _hold(book, gate)
    pid = fork(serve)
    job = jobs.enqueue("test.hold", {})
    try:
        until(_begun(book))
    finally:
        end(pid)
    assert Worker.objects.exists()  # it could not say good-bye
    gate.touch()
    (ended,) = services.finish([job])
    assert (ended.state, ended.result, ended.attempts) == ("done", {"pid": os.getpid()}, 2)


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_two_commands_without_a_worker_share_the_work_and_do_none_of_it_twice(
    book: Path,
) -> None:
    @jobs.job("test.sign")
    def sign(n: int) -> None:
        _write(book, str(n))
        time.sleep(0.01)

    queued = [jobs.enqueue("test.sign", {"n": n}) for n in range(20)]
    with forked(lambda: services.finish(queued)) as a, forked(lambda: services.finish(queued)) as b:
        assert [exit_code(a), exit_code(b)] == [0, 0]
    assert Counter(_lines(book)) == Counter(str(n) for n in range(20))
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}


def test_the_same_key_from_many_processes_is_one_job() -> None:
    children = [fork(lambda: jobs.enqueue("test.note", {"word": "x"}, key="k")) for _ in range(4)]
    assert [exit_code(pid) for pid in children] == [0] * 4
    assert Job.objects.count() == DBTaskResult.objects.count() == 1


@on_every_carrier
@pytest.mark.usefixtures("carrier")
def test_a_process_killed_inside_its_transaction_queues_nothing() -> None:
    from django.db import transaction

    def half() -> None:
        with transaction.atomic():
            jobs.enqueue("test.note", {"word": "never"})
            os.kill(os.getpid(), signal.SIGKILL)

    assert exit_code(fork(half)) == -signal.SIGKILL
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchone() == ("ok",)


def test_a_worker_killed_between_taking_and_claiming_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = jobs.enqueue("test.note", {"word": "a"})

    def taken_then_killed() -> None:
        assert worker.take("interactive") is not None
        os.kill(os.getpid(), signal.SIGKILL)

    assert exit_code(fork(taken_then_killed)) == -signal.SIGKILL
    assert worker.take("interactive") is None
    from songloom.jobs import reaping

    monkeypatch.setattr(reaping, "SEEN_WITHIN", timedelta(0))
    assert reap() == 1
    (ended,) = services.finish([job])
    assert (ended.state, ended.attempts) == ("done", 1)
