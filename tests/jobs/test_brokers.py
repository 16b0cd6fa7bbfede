"""What a broker has, what it lost, and what it never got: the rows know, and it is sent again."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from songloom import jobs
from songloom.jobs import broker, reaping, registry, services, sweeping
from songloom.jobs.broker import BrokerAway, queue_name
from songloom.jobs.models import Job, QueuePrefix
from songloom.jobs.performing import perform
from songloom.jobs.sweeping import sweep
from tests.jobs.brokers import ADDRESSES, address, free_port
from tests.jobs.conftest import carry_by, ran, remove

pytestmark = pytest.mark.django_db(transaction=True)
on_brokers = pytest.mark.parametrize("carrier", ["rabbitmq", "redis"], indirect=True)
LONG_AGO = timedelta(minutes=5)


def n_there(queue: str = "interactive") -> int:
    return broker.broker().n_waiting(queue)


def age() -> None:
    """As if all that was sent had been sent long ago, in the same order."""
    for job in Job.objects.exclude(sent_at=None):
        Job.objects.filter(pk=job.pk).update(sent_at=job.sent_at and job.sent_at - LONG_AGO)


@on_brokers
def test_a_queued_job_is_a_row_and_a_message_and_nothing_else(carrier: str) -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    job.refresh_from_db()
    assert (job.state, job.due_at) == ("queued", None)
    assert job.sent_at is not None
    assert n_there() == 1
    assert not DBTaskResult.objects.exists()


@on_brokers
def test_a_rolled_back_transaction_sends_nothing(carrier: str) -> None:
    def fail() -> None:
        with transaction.atomic():
            jobs.enqueue("test.note", {"word": "a"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (Job.objects.count(), n_there()) == (0, 0)


@on_brokers
def test_heavy_jobs_keep_off_the_interactive_queue(carrier: str) -> None:
    for kind in ("test.slow", "test.heavy", "test.note"):
        jobs.job("test.heavy", queue="generation")(lambda: None)
        jobs.enqueue(kind, {"word": "a"} if kind == "test.note" else {})
    assert [n_there(queue) for queue in registry.QUEUES] == [1, 1, 1]


def test_no_job_of_the_product_that_is_heavy_is_on_the_interactive_queue() -> None:
    found = {queue: set[str]() for queue in registry.QUEUES}
    for kind in registry.kinds.values():
        if not kind.name.startswith("test."):
            found[kind.queue].add(kind.name)
    assert {queue: " ".join(sorted(names)) for queue, names in found.items()} == {
        "interactive": "acquire.add acquire.refuse acquire.scan acquire.table acquire.url "
        "process.render process.split search.index",
        "generation": "generate.compose learn.train",
        "analysis": "analyse.catch_up analyse.complete analyse.extract learn.suggest "
        "process.batch search.index_new search.rebuild",
    }


def test_a_queue_that_does_not_exist_is_refused_at_once() -> None:
    with pytest.raises(LookupError, match="no queue is called fast"):
        jobs.job("test.x", queue="fast")


@on_brokers
def test_two_libraries_on_one_broker_have_queues_of_their_own(carrier: str) -> None:
    mine = queue_name("interactive")
    jobs.enqueue("test.note", {"word": "a"})
    QueuePrefix.objects.all().delete()
    broker.forget()
    assert queue_name("interactive") != mine
    assert n_there() == 0
    remove(mine)


@on_brokers
def test_what_waits_on_the_broker_is_never_sent_twice(carrier: str) -> None:
    for _ in range(5):
        jobs.enqueue("test.note", {"word": "a"})
    age()
    assert [sweep(), n_there()] == [0, 5]


@on_brokers
def test_what_the_broker_lost_is_sent_again_and_only_that(carrier: str) -> None:
    lost = [jobs.enqueue("test.note", {"word": "a"}) for _ in range(3)]
    remove(queue_name("interactive"))
    kept = [jobs.enqueue("test.note", {"word": "b"}) for _ in range(2)]
    assert sweep() == 0  # so soon, they may be on their way
    age()
    before = {job.pk: Job.objects.get(pk=job.pk).sent_at for job in (*lost, *kept)}
    assert [sweep(), n_there()] == [3, 5]
    moved = {job.pk for job in Job.objects.all() if job.sent_at != before[job.pk]}
    assert moved == {job.pk for job in lost}
    assert [sweep(), n_there()] == [0, 5]


@on_brokers
def test_of_two_that_sweep_at_once_only_one_sends(carrier: str) -> None:
    jobs.enqueue("test.note", {"word": "a"})
    remove(queue_name("interactive"))
    age()
    seen_by_both = sweeping._missing("interactive")
    assert [sum(map(sweeping._send, seen_by_both)) for _ in range(2)] == [1, 0]
    assert n_there() == 1


@on_brokers
def test_what_shall_wait_is_sent_when_its_time_has_come(carrier: str) -> None:
    @jobs.job("test.not_yet")
    def not_yet() -> None:
        ran.append("looked")
        if len(ran) == 1:
            raise jobs.Postponed(60, "Paused.")

    job = jobs.enqueue("test.not_yet", {})
    remove(queue_name("interactive"))
    perform(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts, job.sent_at) == ("queued", 0, None)
    assert [sweep(), n_there()] == [0, 0]
    assert perform(str(job.pk)) is False  # a message too many does not hurry it
    Job.objects.update(due_at=timezone.now())
    assert [sweep(), n_there()] == [1, 1]
    perform(str(job.pk))
    assert Job.objects.get().state == "done"


@on_brokers
def test_a_second_message_for_the_same_job_does_nothing(carrier: str) -> None:
    job = jobs.enqueue("test.note", {"word": "once"})
    assert [perform(str(job.pk)) for _ in range(3)] == [True, False, False]
    assert ran == ["once"]


@on_brokers
def test_a_cancelled_job_is_not_run_by_its_message(carrier: str) -> None:
    job = jobs.enqueue("test.note", {"word": "never"})
    services.cancel(job)
    assert perform(str(job.pk)) is False
    age()
    assert (sweep(), ran) == (0, [])


@pytest.mark.parametrize("kind", ["rabbitmq", "redis"])
def test_without_its_broker_a_job_is_queued_all_the_same_and_sent_later(
    kind: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    carry_by(settings, ADDRESSES[kind].format(port=free_port()))
    queued = [jobs.enqueue("test.note", {"word": "a"}) for _ in range(20)]
    assert set(Job.objects.values_list("state", "sent_at")) == {("queued", None)}
    assert not broker.broker().is_there()
    assert sweep() == 0
    carry_by(settings, address(kind))  # and now it is there
    assert broker.broker().is_there()
    assert [sweep(), n_there()] == [20, 20]
    remove(queue_name("interactive"))
    assert len(queued) == Job.objects.exclude(sent_at=None).count()


def test_who_has_just_failed_to_reach_it_is_not_kept_waiting_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_by(settings, ADDRESSES["redis"].format(port=free_port()))
    way = broker.broker()
    with pytest.raises(BrokerAway):
        way.n_waiting("interactive")
    knocks: list[str] = []
    monkeypatch.setattr(broker, "_connection", knocks.append)
    with pytest.raises(BrokerAway):
        way.n_waiting("interactive")
    assert knocks == []


@on_brokers
def test_a_connection_that_broke_unseen_is_made_anew(carrier: str) -> None:
    jobs.enqueue("test.note", {"word": "a"})
    _shut(broker.broker())
    job = jobs.enqueue("test.note", {"word": "b"})
    job.refresh_from_db()
    assert job.sent_at is not None
    assert n_there() == 2


def _shut(way: broker.Broker) -> None:
    """As when the other side has gone: the socket ends, and nobody was told."""
    import socket

    if "amqp" in way.url:
        way._connection.connection.transport.sock.shutdown(socket.SHUT_RDWR)
    else:
        for one in way._channel.client.connection_pool._available_connections:
            one._sock.shutdown(socket.SHUT_RDWR)


@on_brokers
def test_jobs_that_the_database_carried_go_over_to_the_broker(
    carrier: str, settings: Settings
) -> None:
    url, by_broker = settings.BROKER_URL, settings.TASKS
    with_rows = {"BROKER_URL": "", "TASKS": {"default": {
        "BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": list(registry.QUEUES)
    }}}  # fmt: skip
    for name, value in with_rows.items():
        setattr(settings, name, value)
    jobs.enqueue("test.note", {"word": "a"})
    assert DBTaskResult.objects.count() == 1
    settings.BROKER_URL, settings.TASKS = url, by_broker
    assert [sweep(), n_there(), DBTaskResult.objects.count()] == [1, 1, 0]


@on_brokers
def test_jobs_that_the_broker_carried_go_back_to_the_database(
    carrier: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    remove(queue_name("interactive"))
    monkeypatch.setattr(reaping, "SEEN_WITHIN", timedelta(0))
    url = settings.BROKER_URL
    settings.BROKER_URL = ""
    settings.TASKS = {
        "default": {
            "BACKEND": "django_tasks_db.DatabaseBackend",
            "QUEUES": list(registry.QUEUES),
        }
    }
    (ended,) = services.finish([job])
    assert ended.state == "done"
    settings.BROKER_URL = url


@pytest.mark.parametrize("kind", ["rabbitmq", "redis"])
def test_who_only_sends_never_imports_celery(kind: str, tmp_path: Path) -> None:
    """A web process stays small: the message is Celery's, the library is kombu alone."""
    program = """
import sys
from songloom.config.home import start_django
start_django()
from songloom import jobs
from songloom.jobs import broker
assert "kombu" not in sys.modules, "before anything is sent"
job = jobs.enqueue("search.index", {"track_id": "x"})
assert broker.broker().n_waiting("interactive") == 1
broker.broker()._try(lambda channel: channel.queue_purge(broker.queue_name("interactive")))
broker.broker()._try(lambda channel: channel.queue_delete(broker.queue_name("interactive")))
print(sorted({"celery", "kombu"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "SONGLOOM_HOME": str(tmp_path), "SONGLOOM_BROKER_URL": address(kind)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ("['kombu']", 0), done.stderr
