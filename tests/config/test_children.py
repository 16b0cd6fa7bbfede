"""A group of processes is kept alive, and ends as one."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from songloom.config.children import Child, Group
from tests.config.living import until

READY = "import os, sys, time; os.write(int(sys.argv[-1]), b'ready\\n'); "
STAYS = READY + "time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAYS
FAILS = "import sys; sys.exit(3)"
FOLLOWS = "from songloom.config.lifeline import follow_parent; follow_parent(); " + STAYS


@pytest.fixture
def group() -> Iterator[Group]:
    made = Group.with_pipe()
    yield made
    for child in made.children:
        child.signal(signal.SIGKILL)
        if child.process:
            child.process.wait()
            assert child.process.stdin is not None
            child.process.stdin.close()
    os.close(made.ready)
    os.close(made.ready_fd)


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def watched(group: Group) -> threading.Thread:
    thread = threading.Thread(target=group.watch)
    thread.start()
    return thread


def test_a_group_has_started_when_each_child_does_its_work(group: Group) -> None:
    group.add("one", "-c", STAYS)
    group.add("two", "-c", STAYS)
    assert group.start(within_s=20)
    assert all(child.is_running for child in group.children)


def test_a_child_that_fails_at_the_start_is_not_waited_for(group: Group) -> None:
    group.add("good", "-c", STAYS)
    group.add("bad", "-c", FAILS)
    started = time.monotonic()
    assert not group.start(within_s=60)
    assert time.monotonic() - started < 20


def test_a_child_that_never_gets_ready_is_late(group: Group) -> None:
    group.add("mute", "-c", "import time; time.sleep(60)")
    assert not group.start(within_s=0.5)


def test_a_killed_child_is_there_again_within_a_second(group: Group) -> None:
    group.add("one", "-c", STAYS)
    group.add("other", "-c", STAYS)
    assert group.start(within_s=20)
    first, other = pid_of(group.children[0]), pid_of(group.children[1])
    thread = watched(group)
    os.kill(first, signal.SIGKILL)
    child = group.children[0]
    took_s = until(lambda: child.process is not None and child.process.pid != first)
    group.stop()
    thread.join()
    assert took_s < 1.0
    assert pid_of(group.children[1]) == other  # its neighbour is left in peace


def test_a_child_that_dies_again_and_again_is_started_ever_more_slowly(group: Group) -> None:
    group.add("bad", "-c", FAILS)
    child = group.children[0]
    starts: list[float] = []
    started = time.monotonic()
    while time.monotonic() - started < 4:
        child.tend()
        if child.process is not None and (not starts or child.started_at != starts[-1]):
            starts.append(child.started_at)
        time.sleep(0.01)
    waits = [later - earlier for earlier, later in pairwise(starts)]
    assert 3 <= len(starts) <= 8
    assert waits[-1] > waits[0]


def test_asked_to_stop_every_child_ends(group: Group) -> None:
    group.add("one", "-c", STAYS)
    group.add("two", "-c", STAYS)
    group.start(within_s=20)
    started = time.monotonic()
    group.end(drain_s=20)
    assert time.monotonic() - started < 5
    assert not any(child.is_running for child in group.children)


def test_a_child_that_will_not_end_is_killed_after_the_drain(group: Group) -> None:
    group.add("stubborn", "-c", STUBBORN)
    group.start(within_s=20)
    started = time.monotonic()
    group.end(drain_s=0.5)
    assert 0.4 < time.monotonic() - started < 5
    assert not group.children[0].is_running


def test_asked_twice_nobody_waits_for_the_drain(group: Group) -> None:
    group.add("stubborn", "-c", STUBBORN)
    group.start(within_s=20)
    threading.Timer(0.3, group.stop).start()
    started = time.monotonic()
    group.end(drain_s=60)
    assert time.monotonic() - started < 10


def test_stopped_while_it_starts_a_group_does_not_start(group: Group) -> None:
    group.add("mute", "-c", "import time; time.sleep(60)")
    threading.Timer(0.2, group.stop).start()
    started = time.monotonic()
    assert not group.start(within_s=60)
    assert time.monotonic() - started < 10


def test_ctrl_c_at_the_terminal_reaches_the_parent_alone(group: Group) -> None:
    group.add("one", "-c", STAYS)
    group.start(within_s=20)
    assert os.getpgid(pid_of(group.children[0])) != os.getpgid(0)


def test_a_child_ends_when_its_parent_is_gone(group: Group, tmp_path: Path) -> None:
    group.add("orphan", "-c", FOLLOWS)
    assert group.start(within_s=30)
    process = group.children[0].process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()  # what the death of the parent does
    assert process.wait(timeout=10) == -signal.SIGTERM
