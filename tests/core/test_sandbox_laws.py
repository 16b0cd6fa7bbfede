"""What a sandbox owes to many callers at once: limits one by one, deaths, order, deep JSON."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom import errors
from songloom.core.sandbox import Limits, Pool, SandboxFault, _error, _understood
from songloom.core.sandbox_limits import FORBIDDEN, _filter
from songloom.core.sandbox_server import _lines
from songloom.errors import BeyondLimits, Cancelled, DiskFull, NotAudio, SongloomError

TARGETS = "tests.core.sandbox_targets"
HERE = "tests.core.test_sandbox_laws"
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's limits and /proc")


# ------------------------------------------------------------------ what runs in the children


def nested(depth: int) -> Any:
    """A list in a list in a list …"""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def count_down(n: int, progress: Callable[[int], None]) -> str:
    for left in range(n, 0, -1):
        progress(left)
        time.sleep(0.11)
    return "lift off"


def chatter(n: int, progress: Callable[[int], None]) -> int:
    for step in range(n):
        progress(step)
    return n


def recurse() -> None:
    recurse()


def quit_politely() -> None:
    sys.exit(0)


def leave_note(path: str, seconds: float) -> None:
    Path(path).write_text("begun")
    time.sleep(seconds)
    Path(path).write_text("done")


def sign_and_doze(path: str, seconds: float) -> None:
    Path(path).write_text(str(os.getpid()))
    time.sleep(seconds)


def full_disk() -> None:
    raise OSError(28, "No space left on device", "/a/secret/path")


def limits_inside() -> dict[str, list[int]]:
    import resource

    names = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE")
    return {name: list(resource.getrlimit(getattr(resource, name))) for name in names}


def remember(word: str, _kept: list[str] = []) -> list[str]:  # noqa: B006
    _kept.append(word)
    return _kept


# ------------------------------------------------------------------ tests


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(3, preload=("numpy", TARGETS, HERE))
    yield made
    made.close()


def run(pool: Pool, name: str, /, limits: Limits | None = None, **kwargs: Any) -> Any:
    module = HERE if name in globals() else TARGETS
    return pool.call(f"{module}:{name}", kwargs, limits=limits or Limits(wall_s=30))


@pytest.mark.parametrize("depth", [1, 50, 400])
def test_json_as_deep_as_anybody_needs_comes_through(pool: Pool, depth: int) -> None:
    found = run(pool, "nested", depth=depth)
    assert json.dumps(found) == "[" * (depth + 1) + "]" * (depth + 1)


@pytest.mark.parametrize("depth", [5_000, 100_000])
def test_json_too_deep_to_be_written_is_an_error_and_not_a_hang(pool: Pool, depth: int) -> None:
    with pytest.raises((SandboxFault, BeyondLimits)):
        run(pool, "nested", depth=depth, limits=Limits(wall_s=20))
    assert run(pool, "echo", value=1) == 1


def test_a_request_too_deep_to_be_written_reaches_no_child(pool: Pool) -> None:
    with pytest.raises(RecursionError):
        run(pool, "echo", value=nested(100_000))
    assert run(pool, "echo", value=1) == 1


def test_recursion_without_end_is_a_fault(pool: Pool) -> None:
    with pytest.raises(SandboxFault, match="RecursionError"):
        run(pool, "recurse")


def test_a_child_that_quits_is_beyond_limits_and_is_replaced(pool: Pool) -> None:
    with pytest.raises(BeyondLimits):
        run(pool, "quit_politely")
    assert run(pool, "echo", value=1) == 1


@LINUX_ONLY
def test_a_child_killed_from_outside_ends_only_its_own_call(pool: Pool, tmp_path: Path) -> None:
    """As the kernel does when memory runs out: SIGKILL, at any moment."""
    note = tmp_path / "pid"
    with ThreadPoolExecutor(2) as threads:
        dozing = threads.submit(lambda: run(pool, "sign_and_doze", path=str(note), seconds=20))
        awake = threads.submit(lambda: run(pool, "doze", seconds=1.0))
        while not (note.exists() and note.read_text()):
            time.sleep(0.02)
        child = int(note.read_text())
        os.kill(child, signal.SIGKILL)
        with pytest.raises(BeyondLimits):
            dozing.result(timeout=5)
        assert awake.result(timeout=5) == "awake"
    assert run(pool, "pid") != child


@LINUX_ONLY
def test_every_limit_is_set_in_the_child_and_none_in_this_process(pool: Pool) -> None:
    import resource

    asked = Limits(memory_mb=200, cpu_s=7.0, file_mb=5, wall_s=30)
    inside = run(pool, "limits_inside", limits=asked)
    assert inside["RLIMIT_FSIZE"][0] == 5 * 1024 * 1024
    assert inside["RLIMIT_CORE"][0] == 0
    assert 7 <= inside["RLIMIT_CPU"][0] <= 60  # on top of what the warm child has spent
    assert inside["RLIMIT_AS"][0] > 200 * 1024 * 1024
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


@LINUX_ONLY
def test_limits_of_one_call_do_not_bind_the_next(pool: Pool) -> None:
    tight, wide = Limits(memory_mb=50, file_mb=1), Limits(memory_mb=500, file_mb=9)
    for limits in (tight, wide, tight):
        assert run(pool, "limits_inside", limits=limits)["RLIMIT_FSIZE"][0] == limits.file_mb << 20
    with pytest.raises(BeyondLimits, match="50 MB"):
        run(pool, "fill_memory", limits=tight, mb=120)
    assert run(pool, "fill_memory", limits=wide, mb=120) == 120 << 20


@LINUX_ONLY
def test_poison_of_every_kind_at_once_leaves_every_neighbour_unharmed(
    pool: Pool, tmp_path: Path
) -> None:
    tight = Limits(memory_mb=64, cpu_s=1, wall_s=1.5, file_mb=1)
    poison: list[tuple[str, dict[str, Any]]] = [
        ("fill_memory", {"mb": 300}),
        ("doze", {"seconds": 30}),
        ("write", {"path": str(tmp_path / "big"), "mb": 3}),
        ("abort", {}),
        ("leave", {"status": 3}),
    ]

    def poisoned(n: int) -> str:
        if n % 2:
            return str(run(pool, "echo", value=n))
        name, kwargs = poison[n // 2 % len(poison)]
        with pytest.raises(BeyondLimits):
            run(pool, name, limits=tight, **kwargs)
        return name

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(poisoned, range(20)))
    assert answers[1::2] == [str(n) for n in range(1, 20, 2)]
    assert answers[::2] == [name for name, _ in poison] * 2


def test_a_full_disk_inside_is_told_without_the_path(pool: Pool) -> None:
    with pytest.raises(DiskFull) as caught:
        run(pool, "full_disk")
    assert "secret" not in str(caught.value)


# ------------------------------------------------------------------ progress, cancelling


def test_progress_arrives_in_the_order_told_and_before_the_result(pool: Pool) -> None:
    told: list[Any] = []
    result = pool.call(f"{HERE}:count_down", {"n": 5}, progress=told.append)
    told.append(result)
    assert told[0] == 5
    assert told[-1] == "lift off"
    assert told[:-1] == sorted(told[:-1], reverse=True)


def test_a_chatterer_is_thinned_out(pool: Pool) -> None:
    """Ten thousand words within a moment: at most one in each tenth of a second arrives."""
    told: list[Any] = []
    started_s = time.monotonic()
    assert pool.call(f"{HERE}:chatter", {"n": 10_000}, progress=told.append) == 10_000
    assert len(told) <= 2 + 10 * (time.monotonic() - started_s)


def test_progress_that_nobody_listens_to_is_no_error(pool: Pool) -> None:
    assert pool.call(f"{HERE}:chatter", {"n": 3}) == 3


def test_what_progress_raises_ends_the_call_and_the_child(pool: Pool, tmp_path: Path) -> None:
    def refuse(*_: Any) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        pool.call(f"{HERE}:count_down", {"n": 50}, progress=refuse)
    assert run(pool, "echo", value=1) == 1


@LINUX_ONLY
def test_what_was_cancelled_does_no_more_work(pool: Pool, tmp_path: Path) -> None:
    note = tmp_path / "note"
    with pytest.raises(Cancelled):
        pool.call(
            f"{HERE}:leave_note",
            {"path": str(note), "seconds": 1.0},
            cancelled=note.exists,
        )
    time.sleep(1.2)
    assert note.read_text() in ("", "begun")


def test_a_call_cancelled_before_it_begins_is_cancelled(pool: Pool) -> None:
    with pytest.raises(Cancelled):
        pool.call(f"{TARGETS}:doze", {"seconds": 5}, cancelled=lambda: True)


def test_an_error_of_whoever_asks_for_cancelling_is_raised_as_it_is(pool: Pool) -> None:
    def lost() -> bool:
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError):
        pool.call(f"{TARGETS}:doze", {"seconds": 5}, cancelled=lost)
    assert run(pool, "echo", value=1) == 1


# ------------------------------------------------------------------ many at once


def test_answers_of_different_sizes_find_their_askers(pool: Pool) -> None:
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda n: run(pool, "many", n=n * 997), range(40)))
    assert [len(answer) for answer in answers] == [n * 997 for n in range(40)]


def test_a_pool_closed_twice_and_used_again_works() -> None:
    pool = Pool(1, preload=(TARGETS,))
    pool.close()
    assert run(pool, "echo", value=1) == 1
    pool.close()
    pool.close()


def test_a_slot_is_free_again_after_every_kind_of_end() -> None:
    pool = Pool(1, preload=(TARGETS, HERE))
    for name in ("stumble", "abort", "quit_politely"):
        with pytest.raises((SandboxFault, BeyondLimits)):
            run(pool, name)
    with pytest.raises(ValueError, match="allowed"):
        run(pool, "echo", value="x" * 70_000)
    with pytest.raises(SandboxFault, match="AttributeError"):
        run(pool, "no_such_function")
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: run(pool, "echo", value=1)).result(timeout=10) == 1
    pool.close()


def test_what_a_call_leaves_in_memory_is_gone_after_its_child() -> None:
    """A warm child may remember; one that died is replaced by a clean one."""
    pool = Pool(1, preload=(TARGETS, HERE))
    assert run(pool, "remember", word="a") == ["a"]
    assert run(pool, "remember", word="b") == ["a", "b"]
    with pytest.raises(BeyondLimits):
        run(pool, "abort")
    assert run(pool, "remember", word="c") == ["c"]
    pool.close()


# ------------------------------------------------------------------ the words on the wire


@given(pieces=st.lists(st.binary(max_size=20).filter(lambda b: b"\n" not in b), max_size=8))
def test_lines_come_out_whole_however_the_bytes_arrive(pieces: list[bytes]) -> None:
    stream = b"".join(piece + b"\n" for piece in pieces) + b"rest"
    pending, found = bytearray(), []
    for byte in stream:
        pending.append(byte)
        found += _lines(pending)
    assert found == pieces
    assert bytes(pending) == b"rest"
    assert _lines(bytearray(stream)) == pieces


@pytest.mark.parametrize(
    "said", [b"", b"\xff", b"nonsense", b"1", b"[]", b"null", b'"result"', b"[" * 100_000]
)
def test_whatever_else_than_an_object_is_the_end_of_a_child(said: bytes) -> None:
    assert _understood(said) == {"died": 0}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGXCPU])
def test_the_signal_that_ended_a_child_is_known(number: signal.Signals) -> None:
    assert _understood(b"!%d" % int(number)) == {"died": -int(number)}


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, SongloomError)
    ],
    ids=lambda kind: kind.__name__,
)
def test_every_error_of_the_tree_crosses_by_its_code(kind: type[SongloomError]) -> None:
    back = _error({"code": kind.code, "message": "met 3; at most 2", "fields": {"field": "x"}})
    assert back.code == kind.code
    assert isinstance(back, kind)
    assert (str(back), back.fields) == ("met 3; at most 2", {"field": "x"})


@pytest.mark.parametrize("told", [{}, {"code": "made_up"}, {"code": None, "message": "x"}])
def test_an_error_that_nobody_knows_is_beyond_limits(told: dict[str, Any]) -> None:
    assert type(_error(told)) is BeyondLimits


@pytest.mark.parametrize(("column", "architecture"), [(0, 0xC000_003E), (1, 0xC000_00B7)])
def test_the_filter_is_whole_instructions_that_jump_only_forward_and_inside(
    column: int, architecture: int
) -> None:
    """As the kernel checks: each jump lands on an instruction, and the last one returns."""
    import struct

    program = _filter(column, architecture, own_pid=4_711)
    steps = [struct.unpack("HBBI", program[at : at + 8]) for at in range(0, len(program), 8)]
    assert len(program) % 8 == 0
    assert steps[-1][0] == 0x06
    for at, (_code, yes, no, _value) in enumerate(steps):
        assert at + 1 + max(yes, no) <= len(steps) - (steps[at][0] != 0x06)
    values = {step[3] for step in steps}
    assert {numbers[column] for numbers in FORBIDDEN.values()} <= values


def test_a_song_that_is_none_is_refused_through_the_usual_door(tmp_path: Path) -> None:
    pool = Pool(1)
    path = tmp_path / "a.mp3"
    path.write_bytes(b"\x01\x02\x03" * 99)
    with pytest.raises(NotAudio):
        pool.call("songloom.core.audio.probe:probe", {"path": str(path)})
    pool.close()
