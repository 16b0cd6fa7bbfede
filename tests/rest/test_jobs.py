"""Jobs over REST: seen by who asked for them, cancelled by DELETE."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from songloom.jobs import enqueue, job
from songloom.jobs.models import Job
from songloom.jobs.registry import kinds
from tests.rest.conftest import Caller

JOB = {
    "id",
    "kind",
    "state",
    "progress",
    "stage",
    "result",
    "error",
    "created_at",
    "finished_at",
}


@pytest.fixture
def errand() -> Iterator[str]:
    """A kind of job that does nothing."""

    @job("tests.errand")
    def errand(n: int) -> None: ...

    yield "tests.errand"
    del kinds["tests.errand"]


def queued(caller: Caller, errand: str, n: int = 0) -> str:
    return str(enqueue(errand, {"n": n}, owner=caller.user).pk)


def test_a_job_is_what_the_contract_says(ada: Caller, errand: str) -> None:
    key = queued(ada, errand)
    document = ada.get(f"jobs/{key}")
    assert document.keys() == JOB
    assert document["id"] == key
    assert document["state"] == "queued"
    assert document["progress"] == 0
    assert document["result"] is None
    assert document["error"] is None
    assert document["finished_at"] is None


def test_delete_cancels_and_a_second_time_changes_nothing(ada: Caller, errand: str) -> None:
    key = queued(ada, errand)
    cancelled = ada.delete(f"jobs/{key}", 200)
    assert cancelled["state"] == "cancelled"
    assert cancelled["error"]["code"] == "cancelled"
    assert cancelled["finished_at"].endswith("Z")
    assert ada.delete(f"jobs/{key}", 200) == cancelled


def test_a_running_job_is_asked_to_stop(ada: Caller, errand: str) -> None:
    key = queued(ada, errand)
    Job.objects.filter(pk=key).update(state="running")
    assert ada.delete(f"jobs/{key}", 200)["state"] == "running"
    assert Job.objects.get(pk=key).is_cancel_asked


def test_a_done_job_stays_done(ada: Caller, errand: str) -> None:
    key = queued(ada, errand)
    Job.objects.filter(pk=key).update(state="done", result={"track_ids": []})
    assert ada.delete(f"jobs/{key}", 200)["state"] == "done"


def test_jobs_belong_to_who_asked_and_to_administrators(
    ada: Caller, bob: Caller, root: Caller, errand: str
) -> None:
    key = queued(ada, errand)
    bob.get(f"jobs/{key}", 404)
    bob.delete(f"jobs/{key}", 404)
    assert bob.get("jobs")["total"] == 0
    assert root.get(f"jobs/{key}")["id"] == key
    assert Job.objects.get(pk=key).state == "queued"


def test_the_newest_come_first_page_by_page(ada: Caller, errand: str) -> None:
    keys = [queued(ada, errand, n) for n in range(5)]
    first = ada.get("jobs", limit=2)
    rest = ada.get("jobs", limit=10, cursor=first["next"])
    assert [item["id"] for item in first["items"] + rest["items"]] == keys[::-1]
    assert first["total"] == 5


def test_a_state_narrows_the_list(ada: Caller, errand: str) -> None:
    first, second = queued(ada, errand, 1), queued(ada, errand, 2)
    ada.delete(f"jobs/{first}", 200)
    assert [item["id"] for item in ada.get("jobs", state="cancelled")["items"]] == [first]
    assert [item["id"] for item in ada.get("jobs", state="queued")["items"]] == [second]
