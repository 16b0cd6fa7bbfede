"""A broker whose power fails: what ran goes on, what waited or was asked meanwhile is done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from songloom import jobs
from songloom.jobs import broker, sweeping
from songloom.jobs.models import Job
from tests.jobs.brokers import NoBroker, Server, private
from tests.jobs.conftest import carry_by
from tests.jobs.processes import forked, serve, until
from tests.jobs.test_processes import _begun, _hold, _lines, _state, book  # noqa: F401

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("verified_at_end"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module", params=["rabbitmq", "redis"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A private one: RabbitMQ keeps its messages over a restart, this Redis forgets them."""
    try:
        own = private(request.param)
        own.start()
    except NoBroker as exc:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(exc))
    yield own
    own.remove()


def test_a_broker_that_dies_and_comes_back_loses_no_job(
    server: Server,
    book: Path,  # noqa: F811
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweeping, "ARRIVES_WITHIN", timedelta(seconds=1))
    monkeypatch.setattr(broker, "QUIET_S", 0.2)
    carry_by(settings, server.address)
    gate = tmp_path / "gate"
    _hold(book, gate)
    running = jobs.enqueue("test.hold", {})
    with forked(lambda: serve(lease_s=4.0)):
        until(_begun(book))
        waiting = [jobs.enqueue("test.note", {"word": "before"}) for _ in range(5)]
        server.kill()
        meanwhile = [jobs.enqueue("test.note", {"word": "meanwhile"}) for _ in range(5)]
        assert not broker.broker().is_there()
        gate.touch()  # what ran does not need the broker
        until(lambda: _state(running) == "done")
        assert {_state(job) for job in (*waiting, *meanwhile)} == {"queued"}
        server.start()
        until(lambda: not Job.objects.unfinished().exists(), 120)
        until(lambda: broker.broker().is_there())
        after = jobs.enqueue("test.note", {"word": "after"})
        until(lambda: _state(after) == "done")
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}
    assert len(_lines(book)) == 2  # begun once, ended once
    broker.forget()
