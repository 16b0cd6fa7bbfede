"""Kinds of jobs for tests: they do something small and real, and note that they did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from songloom import jobs
from songloom.errors import BadValue, TryLater
from songloom.jobs import registry
from songloom.jobs.models import Job

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
