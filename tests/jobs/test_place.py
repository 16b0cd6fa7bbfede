"""Which machine a process runs on: whose process ids may be believed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from songloom.jobs import place
from songloom.jobs.place import HOST, lives, place_of, worker_here

ASK = "from songloom.jobs.place import HOST, worker_here; print(HOST, worker_here())"


def told(*before: str) -> list[str]:
    """What another process says of its place; `before` is what starts it."""
    ended = subprocess.run(
        [*before, sys.executable, "-c", ASK], capture_output=True, text=True, check=True
    )
    return ended.stdout.split()


def test_two_processes_of_one_machine_agree_where_they_are() -> None:
    host, worker = told()
    assert host == HOST
    assert worker.rpartition(":")[0] == HOST
    assert worker != worker_here()


def test_a_container_on_the_same_machine_is_another_place() -> None:
    """It bears the same host name, and its first process has the number 1."""
    apart = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]
    if not shutil.which("unshare") or subprocess.run([*apart, "true"], check=False).returncode:
        pytest.skip("this machine lets nobody make a namespace of processes")
    host, _ = told(*apart)
    assert host.rpartition(".")[0] == HOST.rpartition(".")[0]
    assert host != HOST
    assert lives(host, 2**22 + 1)  # there is no such process here, and that says nothing


@pytest.mark.parametrize(
    "other",
    [("songs", "boot 2", "pid:[1]"), ("songs", "boot 1", "pid:[2]"), ("song", "boot 1", "pid:[1]")],
)
def test_name_start_and_counting_of_processes_tell_places_apart(other: tuple[str, ...]) -> None:
    assert place_of(*other) != place_of("songs", "boot 1", "pid:[1]")


def test_a_place_with_a_long_name_fits_its_column_with_any_process() -> None:
    assert len(f"{place_of('n' * 253, 'boot', 'pid:[1]')}:{2**22}") <= 100


def test_where_the_system_tells_nothing_the_name_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "BOOT", place.BOOT / "none")
    monkeypatch.setattr(place, "PROCESSES", place.PROCESSES / "none")
    assert place._boot() == place._processes() == ""
    assert place_of("a", "", "") == place_of("a", "", "") != place_of("b", "", "")


def test_a_process_that_is_here_lives_and_one_that_ended_does_not() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert lives(HOST, os.getpid())
    assert lives(HOST, 1)  # another user's, perhaps
    assert not lives(HOST, ended.pid)
