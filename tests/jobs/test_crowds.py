"""Many jobs, and one that kills whoever runs it, on workers that are started again."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, transaction

from songloom import jobs
from songloom.jobs.models import Job, Worker
from tests.databases import examples
from tests.jobs.processes import end, fork, forked, serve, until
from tests.jobs.test_processes import _lines, _write, book, on_every_carrier  # noqa: F401

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("verified_at_end"),
    pytest.mark.slow,
]
MANY = examples(1_000)


@on_every_carrier
def test_a_thousand_small_jobs_are_each_done_once(carrier: str, book: Path) -> None:  # noqa: F811
    @jobs.job("test.sign")
    def sign(n: int) -> dict[str, int]:
        _write(book, f"{n} {os.getpid()}")
        return {"n": n}

    with transaction.atomic():
        for n in range(MANY):
            jobs.enqueue("test.sign", {"n": n})
    with forked(serve) as a, forked(serve) as b:
        until(lambda: not Job.objects.unfinished().exists(), 900)
    signed = [line.split() for line in _lines(book)]
    assert Counter(int(n) for n, _ in signed) == Counter(range(MANY))
    assert {int(pid) for _, pid in signed} == {a, b}  # both took part
    assert set(Job.objects.values_list("state", "attempts", "fence")) == {("done", 1, 1)}


@contextmanager
def crew(n: int) -> Iterator[None]:
    """n workers; one that dies is replaced, as the supervisor does."""
    pids = [fork(serve) for _ in range(n)]
    over = threading.Event()

    def tend() -> None:
        while not over.wait(0.05):
            for place, pid in enumerate(pids):
                if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG) is not None:
                    pids[place] = fork(serve)
        connection.close()

    tending = threading.Thread(target=tend)
    tending.start()
    try:
        yield
    finally:
        over.set()
        tending.join()
        for pid in pids:
            end(pid)


@on_every_carrier
def test_a_poison_job_is_given_up_and_those_beside_it_are_done(
    carrier: str,
    book: Path,  # noqa: F811
) -> None:
    @jobs.job("test.poison")
    def poison() -> None:
        _write(book, "drunk")
        os.kill(os.getpid(), signal.SIGKILL)

    @jobs.job("test.good")
    def good(n: int) -> None:
        _write(book, str(n))

    for n in range(30):
        jobs.enqueue("test.good", {"n": n})
        if n == 10:
            bad = jobs.enqueue("test.poison", {})
    with crew(2):
        until(lambda: not Job.objects.unfinished().exists(), 180)
    bad.refresh_from_db()
    assert (bad.state, bad.attempts) == ("dead", 3)
    assert bad.error == {"code": "worker_lost", "message": "the worker died in 3 attempts"}
    assert Counter(_lines(book)) == Counter({str(n): 1 for n in range(30)} | {"drunk": 3})
    good_ones = Job.objects.filter(kind="test.good")
    assert set(good_ones.values_list("state", "attempts")) == {("done", 1)}
    assert Worker.objects.count() >= 2
