"""What a database server that is away looks like, and what workers do until it is back."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
)
from django.utils import timezone

from songloom import jobs
from songloom.jobs import away, performing, running
from songloom.jobs.away import Watch, is_away, is_locked, missed, patiently
from songloom.jobs.models import Job
from songloom.jobs.performing import perform
from songloom.jobs.reaping import reap
from songloom.jobs.worker import EmbeddedWorker, leave
from tests.jobs.conftest import ran


class FromDriver(Exception):
    """As PostgreSQL's driver raises it."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("of the driver")
        self.sqlstate = sqlstate


def of_postgres(sqlstate: str | None) -> OperationalError:
    error = OperationalError("of Django")
    error.__cause__ = FromDriver(sqlstate)
    return error


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """This process believes that its database is a server's."""
    seen = SimpleNamespace(
        vendor="postgresql", in_atomic_block=False, settings_dict={"HOST": "db", "PORT": "5432"}
    )
    monkeypatch.setattr(away, "connection", seen)
    watch = Watch()
    for module in (away, performing, running, *modules_that_watch()):
        if hasattr(module, "watch"):
            monkeypatch.setattr(module, "watch", watch)
    monkeypatch.setattr(away, "FIRST_PAUSE_S", 0.01)
    return watch


class Told(logging.Handler):
    """What was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def told() -> Iterator[list[logging.LogRecord]]:
    handler, logger = Told(), logging.getLogger("songloom")
    logger.addHandler(handler)
    yield handler.records
    logger.removeHandler(handler)


def modules_that_watch() -> list[Any]:
    from songloom.jobs import reaping, worker

    return [reaping, worker]


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    "error",
    [
        of_postgres(None),  # it hung up, or nobody listens
        of_postgres("08006"),
        of_postgres("57P01"),  # an administrator stops it
        of_postgres("57P03"),  # it is starting
        of_postgres("53300"),
        OperationalError(2003, "Can't connect to MySQL server"),
        OperationalError(2013, "Lost connection during query"),
        OperationalError(1053, "Server shutdown in progress"),
        InterfaceError(0, ""),
        InterfaceError("connection already closed"),
    ],
)
def test_a_server_that_is_gone_going_or_coming_is_away(error: Exception) -> None:
    assert is_away(error)


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    "error",
    [
        of_postgres("55P03"),  # somebody else holds the lock
        of_postgres("40P01"),
        OperationalError(1205, "Lock wait timeout exceeded"),
        OperationalError(1054, "Unknown column"),
        ProgrammingError("no such table"),
        IntegrityError("twice"),
        ValueError("x"),
    ],
)
def test_whatever_a_server_answers_it_is_there(error: Exception) -> None:
    assert not is_away(error)
    assert not missed(error)


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("error", "locked"),
    [
        (of_postgres("55P03"), True),
        (of_postgres("40P01"), True),
        (OperationalError(1205, "Lock wait timeout exceeded"), True),
        (OperationalError(1213, "Deadlock found"), True),
        (of_postgres(None), False),
        (OperationalError(2006, "gone"), False),
        (IntegrityError("twice"), False),
    ],
)
def test_a_lock_is_told_from_an_absence(error: Exception, *, locked: bool) -> None:
    assert is_locked(error) is locked


def test_a_locked_file_is_no_server_that_is_away() -> None:
    if connection.vendor == "sqlite":
        assert not is_away(OperationalError("database is locked"))
        assert is_locked(OperationalError("database is locked"))
        assert not is_locked(OperationalError("no such table: x"))


@pytest.mark.django_db
def test_what_it_led_to_is_known_by_where_it_came_from(served: Watch) -> None:
    outer = ValueError("in the middle of something")
    outer.__context__ = of_postgres("57P01")
    assert missed(outer)
    assert served.is_missing


def test_many_threads_that_miss_it_say_one_sentence_and_one_when_it_is_back(
    served: Watch, told: list[logging.LogRecord]
) -> None:
    threads = [threading.Thread(target=missed, args=(of_postgres(None),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(3):
        served.met()
    assert [record.getMessage() for record in told] == [
        "the database server at db:5432 does not answer; waiting for it",
        "the database server at db:5432 answers again after 0 s; going on",
    ]


def test_pauses_grow_with_the_time_that_it_is_away_up_to_ten_seconds(
    served: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    assert served.pause_s() == away.FIRST_PAUSE_S
    served.miss()
    pauses = []
    for now_s in (100.0, 104.0, 120.0, 1_000.0):  # noqa: B007 - the clock reads it
        pauses.append(served.pause_s())
    assert pauses == [away.FIRST_PAUSE_S, 1.0, 5.0, 10.0]


@pytest.mark.django_db
def test_what_is_asked_patiently_is_asked_until_it_is_answered(served: Watch) -> None:
    answers = [of_postgres(None), InterfaceError(0, ""), OperationalError(2006, "gone")]

    def ask() -> str:
        if answers:
            raise answers.pop(0)
        return "answer"

    assert patiently(ask) == "answer"
    assert not served.is_missing


def test_what_the_server_refuses_is_not_asked_again(served: Watch) -> None:
    asked = []

    def ask() -> None:
        asked.append(1)
        raise of_postgres("55P03")

    with pytest.raises(OperationalError):
        patiently(ask)
    assert asked == [1]


@pytest.mark.usefixtures("served")
def test_within_a_transaction_there_is_no_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songloom.jobs.away.connection.in_atomic_block", True)
    with pytest.raises(OperationalError):
        patiently(_raise)


def _raise() -> None:
    raise of_postgres(None)


class Breaks:
    """Stands where the database is asked: the first `n` times there is no server."""

    def __init__(self, n: int, ask: Any) -> None:
        self.left, self.ask = n, ask

    def __call__(self, *args: Any, **named: Any) -> Any:
        if self.left:
            self.left -= 1
            raise of_postgres("57P01")
        return self.ask(*args, **named)


@pytest.mark.django_db(transaction=True)
def test_how_a_job_ended_is_written_when_the_server_is_back(
    served: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.enqueue("test.note", {"word": "once"})
    update = type(Job.objects.all()).update
    breaking = Breaks(0, update)
    monkeypatch.setattr(type(Job.objects.all()), "update", lambda *a, **k: breaking(*a, **k))

    @jobs.job("test.ends_while_away")
    def ends() -> dict[str, str]:
        breaking.left = 3
        return {"word": "kept"}

    ending = jobs.enqueue("test.ends_while_away", {})
    perform(str(ending.pk))
    perform(str(job.pk))
    ending.refresh_from_db()
    assert (ending.state, ending.result, ending.attempts) == ("done", {"word": "kept"}, 1)
    assert ran == ["once"]


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_own_question_is_not_answered_begins_anew_uncounted(served: Watch) -> None:
    tries: list[int] = []

    @jobs.job("test.asks")
    def asks() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise of_postgres("57P01")

    job = jobs.enqueue("test.asks", {})
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == ("queued", 0, None)
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)


@pytest.mark.django_db(transaction=True)
def test_a_long_piece_of_work_goes_on_while_nobody_can_be_told_of_it(
    served: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking = Breaks(2, running._read)
    monkeypatch.setattr(running, "_read", breaking)
    monkeypatch.setattr(running, "WRITE_EVERY_S", 0.0)

    @jobs.job("test.long")
    def long() -> dict[str, int]:
        n_steps = 0
        while n_steps < 20:
            jobs.check_cancelled()
            time.sleep(0.005)
            n_steps += 1
        return {"steps": n_steps}

    job = jobs.enqueue("test.long", {})
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result, job.attempts) == ("done", {"steps": 20}, 1)
    assert breaking.left == 0


@pytest.mark.django_db
def test_leases_that_ran_out_while_it_was_away_get_one_more_turn(served: Watch) -> None:
    """Nobody could move them on: whoever runs such a job may well be alive."""
    job = jobs.enqueue("test.note", {"word": "a"})
    late = timezone.now() - timedelta(seconds=5)
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, worker="elsewhere:77", lease_until=late, attempts=1, fence=1
    )
    served.miss()
    assert reap() == 0
    served.met()
    assert reap() == 0
    assert not perform(str(job.pk))  # not by a message that comes twice, either
    assert not served.was_away_within(0.0)
    served._back_at_s = time.monotonic() - performing.LEASE.total_seconds() - 1
    assert reap() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lane_waits_quietly_and_goes_on(
    served: Watch, monkeypatch: pytest.MonkeyPatch, told: list[logging.LogRecord]
) -> None:
    from songloom.jobs import worker as workers

    breaking = Breaks(3, workers.take)
    monkeypatch.setattr(workers, "take", breaking)
    job = jobs.enqueue("test.note", {"word": "after"})
    worker = EmbeddedWorker({"interactive": 1})

    def run() -> None:
        worker.run()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 60
    while not Job.objects.get(pk=job.pk).is_final and time.monotonic() < deadline:
        time.sleep(0.02)
    worker.stop()
    thread.join()
    assert ran == ["after"]
    assert [record.exc_info for record in told if record.exc_info] == []
    assert len([record for record in told if "answer" in record.getMessage()]) == 2


@pytest.mark.django_db
def test_a_worker_can_go_while_it_is_away(served: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    from songloom.jobs.models import Worker

    class Nobody:
        def filter(self, **_: Any) -> Any:
            raise of_postgres(None)

    monkeypatch.setattr(Worker, "objects", Nobody())
    leave()
    assert served.is_missing
