"""The way of a track on one page: every event is spelled right, every job exists and is used."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from songloom import jobs
from songloom.jobs.registry import following
from songloom.pipeline import PIPELINE

SOURCE = Path(jobs.__file__).resolve().parents[1]


def first_arguments_of(function: str) -> dict[str, str]:
    """Every literal that is the first argument of a call to `function`: literal → module."""
    found: dict[str, str] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and called(node) == function and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found[first.value] = str(path.relative_to(SOURCE))
    return found


def called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_every_event_that_is_emitted_stands_on_the_page() -> None:
    emitted = first_arguments_of("emit")
    assert {event: where for event, where in emitted.items() if event not in PIPELINE} == {}


def test_every_event_on_the_page_is_emitted_somewhere() -> None:
    assert set(PIPELINE) - set(first_arguments_of("emit")) == set()


def test_every_job_on_the_page_exists() -> None:
    named = {kind for kinds in PIPELINE.values() for kind in kinds}
    assert named <= set(jobs.kinds)


def test_every_job_that_exists_is_queued_by_somebody() -> None:
    named = {kind for kinds in PIPELINE.values() for kind in kinds}
    assert set(jobs.kinds) - named - set(first_arguments_of("enqueue")) == set()


def test_every_job_that_somebody_queues_exists() -> None:
    queued = first_arguments_of("enqueue")
    assert {kind: where for kind, where in queued.items() if kind not in jobs.kinds} == {}


@pytest.mark.parametrize("name", sorted(jobs.kinds))
def test_a_job_is_named_after_the_room_that_does_it(name: str) -> None:
    kind = jobs.kinds[name]
    assert kind.function.__module__ == f"songloom.{name.split('.')[0]}.jobs"
    assert kind.timeout_s > 0
    assert 0 <= kind.retries <= 2
    assert kind.function.__doc__, "a job says what makes it safe to run twice"


def test_a_misspelt_event_is_an_error_and_not_silence() -> None:
    with pytest.raises(KeyError):
        following("track.storred")


def test_a_page_that_names_a_job_that_does_not_exist_is_refused() -> None:
    with pytest.raises(LookupError, match=r"analyse\.extrakt"):
        jobs.follow({"track.stored": ("analyse.extrakt",)})
    assert following("track.stored") == PIPELINE["track.stored"]
