"""A child may die in any way; the caller gets one clear error and the next call works."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core import sandbox
from songloom.core.sandbox import Limits, Pool, SandboxFault
from songloom.errors import BeyondLimits, Cancelled, NotAudio, TooLong

HERE = "tests.core.sandbox_targets"
ON_LINUX = sys.platform == "linux"
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=50)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(3, preload=("numpy", "av", HERE))
    yield made
    made.close()


def run(pool: Pool, name: str, /, limits: Limits | None = None, **kwargs: Any) -> Any:
    return pool.call(f"{HERE}:{name}", kwargs, limits=limits or Limits(wall_s=30))


def assert_alive(pool: Pool) -> None:
    assert run(pool, "echo", value="still here") == "still here"


# ------------------------------------------------------------------ what comes back


@given(value=JSON_VALUES)
@settings(max_examples=50, deadline=None)
def test_any_json_value_comes_back_as_it_went_in(pool: Pool, value: Any) -> None:
    assert run(pool, "echo", value=value) == value


def test_an_error_of_the_tree_is_raised_again_with_code_message_and_fields(pool: Pool) -> None:
    with pytest.raises(NotAudio, match="no decoder") as caught:
        run(pool, "refuse", message="no decoder")
    assert type(caught.value) is NotAudio
    assert caught.value.fields == {"file": "a.mp3"}
    with pytest.raises(TooLong, match="lasts 99 s"):
        run(pool, "lasts", seconds=99)


def test_a_refusal_costs_no_child(pool: Pool) -> None:
    before = run(pool, "pid")
    with pytest.raises(NotAudio):
        run(pool, "refuse", message="no")
    assert run(pool, "pid") == before


def test_a_bug_inside_is_a_fault_that_shows_where(pool: Pool) -> None:
    with pytest.raises(SandboxFault, match="ZeroDivisionError: a bug") as caught:
        run(pool, "stumble")
    assert "in stumble" in caught.value.__notes__[0]


def test_what_is_no_json_number_is_a_fault(pool: Pool) -> None:
    with pytest.raises(SandboxFault, match="not JSON"):
        run(pool, "not_a_number")


def test_a_request_too_large_for_the_pipe_is_refused_before_it_is_sent(pool: Pool) -> None:
    with pytest.raises(ValueError, match="60000 are allowed"):
        run(pool, "echo", value="x" * 100_000)
    assert_alive(pool)


def test_a_large_answer_arrives_whole(pool: Pool) -> None:
    answer = run(pool, "many", n=300_000)
    assert answer == list(range(300_000))


def test_progress_is_told_in_order_in_the_calling_thread(pool: Pool) -> None:
    told: list[tuple[float, str, str]] = []

    def note(done: float, stage: str) -> None:
        told.append((done, stage, threading.current_thread().name))

    assert pool.call(f"{HERE}:tell", {"steps": 5}, progress=note) == 5
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert len(told) >= 3
    assert {(stage, name) for _, stage, name in told} == {
        ("working", threading.current_thread().name)
    }


# ------------------------------------------------------------------ ways to die


@pytest.mark.parametrize("name", ["abort", "spin", "leave"])
def test_any_death_is_beyond_limits_and_the_next_call_works(pool: Pool, name: str) -> None:
    kwargs = {"status": 0} if name == "leave" else {}
    with pytest.raises(BeyondLimits):
        run(pool, name, limits=Limits(cpu_s=1, wall_s=20), **kwargs)
    assert_alive(pool)


@pytest.mark.skipif(not ON_LINUX, reason="other kernels do not keep memory limits")
def test_too_much_memory_is_beyond_limits_with_the_limit_named(pool: Pool) -> None:
    with pytest.raises(BeyondLimits, match="64 MB"):
        run(pool, "fill_memory", limits=Limits(memory_mb=64), mb=200)
    assert run(pool, "fill_memory", limits=Limits(memory_mb=400), mb=200) == 200 * 1024 * 1024


def test_too_much_processor_time_names_the_limit(pool: Pool) -> None:
    with pytest.raises(BeyondLimits, match="1 s of processor time"):
        run(pool, "spin", limits=Limits(cpu_s=1, wall_s=20))


def test_too_long_on_the_wall_names_the_limit_and_comes_on_time(pool: Pool) -> None:
    started_s = time.monotonic()
    with pytest.raises(BeyondLimits, match="longer than 1 s"):
        run(pool, "doze", limits=Limits(wall_s=1), seconds=30)
    assert time.monotonic() - started_s < 5
    assert_alive(pool)


def test_processor_time_is_counted_for_each_call_not_for_the_child(pool: Pool) -> None:
    for _ in range(3):
        assert_alive(pool)
        run(pool, "fill_memory", limits=Limits(cpu_s=1), mb=20)
    assert_alive(pool)


def test_too_large_a_file_is_beyond_limits(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(BeyondLimits, match="more than 1 MB"):
        run(pool, "write", limits=Limits(file_mb=1), path=str(tmp_path / "large"), mb=3)
    assert (tmp_path / "large").stat().st_size <= 1024 * 1024
    assert run(pool, "write", limits=Limits(file_mb=4), path=str(tmp_path / "ok"), mb=3) == 3 << 20


@pytest.mark.parametrize("said", ["nonsense", "[1, 2]", "!9", "\x00\xff", '{"result": NaN'])
def test_a_child_out_of_its_mind_harms_nobody_else(pool: Pool, said: str) -> None:
    with pytest.raises(BeyondLimits):
        run(pool, "speak_over", limits=Limits(wall_s=5), said=said)
    assert_alive(pool)


# ------------------------------------------------------------------ what a child cannot do


@pytest.mark.skipif(not ON_LINUX, reason="the system call filter is Linux's")
def test_a_child_has_no_network(pool: Pool) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        pytest.raises(SandboxFault, match="PermissionError"),
    ):
        run(pool, "call_home", port=server.getsockname()[1])


@pytest.mark.skipif(not ON_LINUX, reason="the system call filter is Linux's")
def test_a_child_starts_no_program_and_no_other_process(pool: Pool, tmp_path: Path) -> None:
    starts: dict[str, dict[str, Any]] = {
        "start_program": {"marker": str(tmp_path / "made")},
        "fork": {},
    }
    for name, kwargs in starts.items():
        with pytest.raises(SandboxFault, match="PermissionError"):
            run(pool, name, **kwargs)
    assert not (tmp_path / "made").exists()


@pytest.mark.skipif(not ON_LINUX, reason="the system call filter is Linux's")
def test_a_child_cannot_end_the_process_that_called_it(pool: Pool) -> None:
    with pytest.raises(SandboxFault, match="PermissionError"):
        run(pool, "kill", pid=os.getpid())


@pytest.mark.skipif(not ON_LINUX, reason="reads /proc")
def test_a_child_holds_nothing_but_its_own_two_pipes(pool: Pool) -> None:
    with open(__file__, "rb"):
        found = run(pool, "open_descriptors")
    assert {name.split(":")[0] for name in found} <= {"/dev/null", "pipe", "/proc/self/fd"} | {
        name for name in found if name.startswith("/proc/")
    }
    assert sum(name.startswith("pipe:") for name in found) == 2


def test_a_child_steps_back_when_asked(pool: Pool) -> None:
    assert pool.call(f"{HERE}:niceness", {}, nice=10) >= 10
    assert pool.call(f"{HERE}:niceness", {}) == os.nice(0)


# ------------------------------------------------------------------ warm, parallel, cancelled


def test_children_are_warm(pool: Pool) -> None:
    assert run(pool, "loaded", module="av")
    assert run(pool, "loaded", module="numpy")
    assert len({run(pool, "pid") for _ in range(4)}) < 4  # used again, but for one grown large


def test_a_child_that_grew_large_is_replaced_and_its_answer_kept(pool: Pool) -> None:
    before = run(pool, "pid")
    assert run(pool, "fill_memory", mb=450) == 450 * 1024 * 1024
    assert run(pool, "pid") != before


def test_threads_share_the_pool_and_each_gets_its_own_answer(pool: Pool) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: run(pool, "echo", value=n), range(200)))
    assert answers == list(range(200))


def test_a_poisonous_call_does_not_disturb_its_neighbours(pool: Pool) -> None:
    def poisoned(n: int) -> str:
        try:
            return str(run(pool, "abort") if n % 3 == 0 else run(pool, "echo", value=n))
        except BeyondLimits:
            return "died"

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(poisoned, range(30)))
    assert answers == ["died" if n % 3 == 0 else str(n) for n in range(30)]


def test_no_more_than_size_calls_run_at_once() -> None:
    pool = Pool(2, preload=(HERE,))
    run(pool, "echo", value=1)
    started_s = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: run(pool, "doze", seconds=0.4), range(4)))
    assert time.monotonic() - started_s >= 0.8  # two after two
    pool.close()


def test_cancelling_ends_the_child_within_a_second(pool: Pool) -> None:
    asked_s = time.monotonic() + 0.3
    with pytest.raises(Cancelled):
        pool.call(f"{HERE}:doze", {"seconds": 30}, cancelled=lambda: time.monotonic() > asked_s)
    assert time.monotonic() - asked_s < 1
    assert_alive(pool)


def test_cancelling_while_waiting_for_a_free_child_works_too() -> None:
    pool = Pool(1, preload=(HERE,))
    busy = threading.Thread(target=lambda: run(pool, "doze", seconds=1.5))
    busy.start()
    time.sleep(0.7)
    with pytest.raises(Cancelled):
        pool.call(f"{HERE}:echo", {"value": 1}, cancelled=lambda: True)
    busy.join()
    pool.close()


def test_the_pool_survives_the_death_of_its_server() -> None:
    pool = Pool(2, preload=(HERE,))
    child = run(pool, "pid")
    server = int(Path(f"/proc/{child}/stat").read_text().split()[3]) if ON_LINUX else 0
    if server:
        os.kill(server, signal.SIGKILL)
        with pytest.raises(BeyondLimits):
            run(pool, "doze", seconds=5)
    assert_alive(pool)
    pool.close()


def test_closing_leaves_no_process_behind() -> None:
    pool = Pool(2, preload=(HERE,))
    child = run(pool, "pid")
    pool.close()
    time.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert_alive(pool)
    pool.close()


@pytest.mark.skipif(not ON_LINUX, reason="reads /proc")
def test_children_end_when_the_process_that_uses_them_is_killed() -> None:
    script = (
        "import sys, time\n"
        "from songloom.core.sandbox import Pool\n"
        f"print(Pool(1).call('{HERE}:pid', {{}}), flush=True)\n"
        "time.sleep(60)\n"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    with caller:
        assert caller.stdout is not None
        child = int(caller.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        caller.kill()
    ends_s = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and time.monotonic() < ends_s:
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()


def test_the_shared_pool_is_made_once() -> None:
    assert sandbox.shared() is sandbox.shared()
    assert sandbox.call(f"{HERE}:echo", {"value": "hello"}) == "hello"
