"""Analysis keeps to its cores and hours, and gives way to whoever listens."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from songloom import jobs
from songloom.analyse import budget as budgets
from songloom.analyse import services
from songloom.analyse.budget import Budget
from songloom.errors import BadValue
from songloom.jobs.models import Job, Worker
from songloom.jobs.performing import WORKER, perform
from songloom.jobs.worker import EmbeddedWorker, run_carried, take
from songloom.library.models import Features, Preference
from songloom.library.services import attention
from tests.analyse.conftest import Shelve
from tests.at_once import parting

pytestmark = pytest.mark.django_db(transaction=True)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 5, hour, minute, tzinfo=UTC)


@pytest.fixture
def worker() -> Worker:
    """A living worker: this process."""
    host = WORKER.rpartition(":")[0]
    return Worker.objects.create(
        name=WORKER, host=host, pid=os.getpid(), queues="analysis", seen_at=timezone.now()
    )


@pytest.fixture
def silence() -> None:
    (settings.HOME / "cache" / "listening").unlink(missing_ok=True)


def test_all_day_never_waits() -> None:
    assert {Budget().wait_s(at(hour)) for hour in range(24)} == {0.0}


def test_the_night_crosses_midnight() -> None:
    night = Budget(from_hour=22, to_hour=6)
    assert night.wait_s(at(23)) == night.wait_s(at(3)) == night.wait_s(at(5, 59)) == 0
    assert night.wait_s(at(6)) == 16 * 3_600
    assert night.wait_s(at(21, 30)) == 1_800


def test_an_afternoon_ends_the_same_day() -> None:
    afternoon = Budget(from_hour=13, to_hour=18)
    assert afternoon.wait_s(at(13)) == 0
    assert afternoon.wait_s(at(18)) == 19 * 3_600


@given(st.integers(0, 23), st.integers(0, 24), st.integers(0, 23), st.integers(0, 59))
def test_after_the_wait_the_hours_have_begun(
    from_hour: int, to_hour: int, hour: int, minute: int
) -> None:
    budget = Budget(from_hour=from_hour, to_hour=to_hour)
    now = at(hour, minute)
    wait_s = budget.wait_s(now)
    assert 0 <= wait_s < 24 * 3_600
    then = datetime.fromtimestamp(now.timestamp() + wait_s, UTC)
    assert budget.wait_s(then) == 0


@pytest.mark.parametrize(
    "wrong", [{"cores": 0}, {"cores": 65}, {"from_hour": 24}, {"to_hour": 25}, {"to_hour": -1}]
)
def test_a_budget_outside_its_ranges_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(BadValue):
        services.set_budget(**wrong)


def test_a_budget_is_remembered_and_nonsense_counts_as_unset() -> None:
    services.set_budget(cores=2, from_hour=22, to_hour=6)
    assert services.budget() == {"cores": 2, "from_hour": 22, "to_hour": 6}
    for nonsense in ({"cores": 99}, {"what": 1}, [1, 2], {"cores": "two"}):
        Preference.write("analysis.budget", nonsense)
        assert services.budget() == {"cores": 1, "from_hour": 0, "to_hour": 24}


def test_outside_the_hours_a_worker_puts_the_job_back(
    shelve: Shelve, worker: Worker, silence: None
) -> None:
    hour = timezone.localtime().hour
    services.set_budget(from_hour=(hour + 2) % 24, to_hour=(hour + 3) % 24)
    track = shelve()
    job = Job.objects.get(kind="analyse.extract")
    task = take("analysis")
    assert task is not None
    run_carried(task)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.QUEUED, 0)
    assert "hours" in job.stage
    assert take("analysis") is None  # nobody takes it before its time
    assert not Features.objects.filter(track=track).exists()


def test_a_command_without_a_worker_does_not_wait_for_the_hours(
    shelve: Shelve, silence: None
) -> None:
    hour = timezone.localtime().hour
    services.set_budget(from_hour=(hour + 2) % 24, to_hour=(hour + 3) % 24)
    track = shelve()
    perform(str(Job.objects.get(kind="analyse.extract").pk))
    assert Features.objects.filter(track=track).exists()


def test_while_somebody_listens_the_job_waits_and_then_goes_on(
    shelve: Shelve, worker: Worker, silence: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "_noted_at", 0.0)
    track = shelve()
    job = Job.objects.get(kind="analyse.extract")
    attention.note_listening()
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.stage) == (Job.State.QUEUED, "Paused while someone is listening.")
    long_ago = time.time() - attention.FORGET_AFTER_S - 1
    os.utime(settings.HOME / "cache" / "listening", (long_ago, long_ago))
    perform(str(job.pk))
    assert not Features.objects.filter(track=track).exists()  # not before its time
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    perform(str(job.pk))
    assert Features.objects.filter(track=track).exists()


def test_taken_cores_make_the_next_track_wait(worker: Worker, silence: None) -> None:
    services.set_budget(cores=1)
    with budgets.core():
        with pytest.raises(jobs.Postponed), budgets.core():
            pass
        services.set_budget(cores=2)
        with budgets.core():
            pass
    with budgets.core():
        pass


def test_a_core_is_given_back_when_measuring_fails(worker: Worker, silence: None) -> None:
    with pytest.raises(ZeroDivisionError), budgets.core():
        raise ZeroDivisionError
    with budgets.core():
        pass


def test_a_worker_measures_by_itself(shelve: Shelve, silence: None) -> None:
    import threading

    track = shelve()
    worker = EmbeddedWorker({"analysis": 1})
    thread = threading.Thread(target=parting(worker.run))
    thread.start()
    deadline = time.monotonic() + 60
    while not Features.objects.filter(track=track).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    worker.stop()
    thread.join()
    assert Features.objects.filter(track=track).exists()


def _peer(worker: Worker, name: str, *, queues: str = "interactive,analysis") -> None:
    """Another living worker of this machine, by a name that sorts where it should."""
    Worker.objects.create(
        name=name, host=worker.host, pid=os.getpid(), queues=queues, seen_at=timezone.now()
    )


def test_a_worker_by_itself_has_all_cores_of_the_budget(worker: Worker) -> None:
    services.set_budget(cores=3)
    assert services.lanes() == 3


def test_workers_of_one_machine_share_the_cores(worker: Worker) -> None:
    services.set_budget(cores=3)
    _peer(worker, f"{worker.host}:")  # sorts before
    assert services.lanes() == 1
    Worker.objects.filter(name=f"{worker.host}:").delete()
    _peer(worker, f"{worker.name}9")  # sorts behind
    assert services.lanes() == 2
    services.set_budget(cores=1)
    assert services.lanes() == 1
    _peer(worker, f"{worker.host}:")
    assert services.lanes() == 0


def test_workers_elsewhere_or_for_other_work_take_no_cores(worker: Worker) -> None:
    services.set_budget(cores=2)
    _peer(worker, f"{worker.host}:1", queues="interactive")
    Worker.objects.create(
        name="elsewhere:1", host="elsewhere", pid=1, queues="analysis", seen_at=timezone.now()
    )
    assert services.lanes() == 2


def test_two_cores_measure_two_tracks_at_once(
    shelve: Shelve, silence: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each holds its core until the other has begun: with one lane neither would end."""
    import threading

    from songloom.analyse import measuring

    services.set_budget(cores=2)
    both, listen = threading.Barrier(2, timeout=60), measuring.listen

    def listening(path: str, duration_s: float, *how: Any, **asked: Any) -> dict[str, object]:
        both.wait()
        return listen(path, duration_s, *how, **asked)

    monkeypatch.setattr(measuring, "listen", listening)
    first, second = shelve(), shelve()
    worker = EmbeddedWorker({"analysis": 1}, widths={"analysis": services.lanes})
    thread = threading.Thread(target=parting(worker.run))
    thread.start()
    deadline = time.monotonic() + 120
    while Features.objects.count() < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    worker.stop()
    thread.join()
    assert {f.track_id for f in Features.objects.all()} == {first.pk, second.pk}


def test_time_left_knows_of_the_cores(shelve: Shelve) -> None:
    shelve()
    alone_s = services.time_left()
    services.set_budget(cores=2)
    assert services.time_left() == pytest.approx(alone_s / min(2, os.cpu_count() or 1))
