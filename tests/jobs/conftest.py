"""Kinds of jobs for tests: they do something small and real, and note that they did."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from songloom import jobs
from songloom.config.carriers import tasks
from songloom.errors import BadValue, TryLater
from songloom.jobs import broker, registry
from songloom.jobs.models import Job
from songloom.library.keep.verify import verify
from tests.jobs.brokers import NoBroker, address

ran: list[str] = []


def _note(word: str) -> dict[str, str]:
    ran.append(word)
    return {"word": word}


def _refuse() -> None:
    raise BadValue("3 is too much; at most 2")


def _later() -> None:
    ran.append("later")
    raise TryLater("the disk is away")


def _break() -> None:
    ran.append("break")
    raise ZeroDivisionError


def _chain(word: str) -> None:
    jobs.emit("test.happened", word=word)


def _slow() -> None:
    for step in range(1000):
        jobs.report(progress=step / 1000, stage=f"step {step}")


def _cancel_itself() -> None:
    Job.objects.filter(kind="test.cancels_itself").update(is_cancel_asked=True)
    jobs.report(progress=0.5, stage="half")
    ran.append("never reached")


@pytest.fixture
def verified_at_end(settings: Settings, transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """Whatever was killed: rows and bytes agree in the end. The home is this test's own."""
    settings.HOME = tmp_path / "home"
    settings.MEDIA = settings.HOME / "media"
    yield
    assert verify() == {"ok": True, "problems": [], "repaired": 0}


@pytest.fixture
def carrier(
    request: pytest.FixtureRequest, settings: Settings, transactional_db: None
) -> Iterator[str]:
    """What brings jobs to workers: "embedded", "rabbitmq" or "redis", the real ones."""
    kind = str(request.param)
    if kind == "embedded":
        yield kind
        return
    try:
        carry_by(settings, address(kind))
    except NoBroker as exc:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(exc))
    yield kind
    put_away()


def carry_by(settings: Settings, url: str) -> None:
    """From now on this broker carries jobs, with queues that no other test has."""
    import songloom.jobs.consuming  # noqa: F401  (once here, not in each worker that is forked)

    settings.BROKER_URL = url
    settings.TASKS = tasks(url, registry.QUEUES)
    broker.forget()


def put_away() -> None:
    """Leave nothing on a broker that others use."""
    for queue in registry.QUEUES:
        remove(broker.queue_name(queue))
    broker.forget()


def remove(name: str) -> None:
    """Delete a queue with all that waits in it."""
    broker.broker()._try(lambda channel: _remove(channel, name))


def _remove(channel: Any, name: str) -> None:
    channel.queue_declare(name, durable=True, auto_delete=False)
    channel.queue_purge(name)  # Redis needs both: what is empty is gone
    channel.queue_delete(name)


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    """Register the test kinds for the time of one test."""
    before, following = dict(registry.kinds), dict(registry._following)
    ran.clear()
    jobs.job("test.note")(_note)
    jobs.job("test.refuse")(_refuse)
    jobs.job("test.later", retries=2)(_later)
    jobs.job("test.break", retries=1)(_break)
    jobs.job("test.chain")(_chain)
    jobs.job("test.slow", queue="analysis")(_slow)
    jobs.job("test.cancels_itself")(_cancel_itself)
    registry._following["test.happened"] = ("test.note",)
    yield
    for table, saved in ((registry.kinds, before), (registry._following, following)):
        table.clear()
        table.update(saved)  # type: ignore[arg-type]
