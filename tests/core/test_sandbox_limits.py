"""The filter on system calls, read as a machine would read it; and the limits themselves."""

from __future__ import annotations

import errno
import json
import os
import struct
import subprocess
import sys
from dataclasses import asdict

import pytest

from songloom.core import sandbox_limits as limits
from songloom.core.sandbox import Limits
from songloom.core.sandbox_server import _lines, _write_all

OWN_PID = 4_242
COLUMNS = {"x86_64": 0, "aarch64": 1}


def verdict(program: bytes, *, number: int, architecture: int, first: int = 0) -> str:
    """Run a classic BPF program on one system call, as seccomp(2) describes it."""
    data = struct.pack("<iIQ6Q", number, architecture, 0, first, 0, 0, 0, 0, 0)
    steps = [struct.unpack_from("HBBI", program, at) for at in range(0, len(program), 8)]
    accumulator = at = 0
    while True:
        code, yes, no, value = steps[at]
        at += 1
        if code == limits.LOAD:
            accumulator = int.from_bytes(data[value : value + 4], "little")
        elif code == limits.EQUAL:
            at += yes if accumulator == value else no
        elif code == limits.HAS_BITS:
            at += yes if accumulator & value else no
        else:
            assert code == limits.RETURN
            return "allow" if value == limits.ALLOW else errno.errorcode[value & 0xFFFF]


def asked(machine: str, number: int, first: int = 0, architecture: int | None = None) -> str:
    column, own = limits.ARCHITECTURES[machine]
    program = limits._filter(column, own, own_pid=OWN_PID)
    assert len(program) % 8 == 0
    return verdict(
        program,
        number=number,
        architecture=own if architecture is None else architecture,
        first=first,
    )


@pytest.mark.parametrize("machine", list(COLUMNS))
@pytest.mark.parametrize("name", sorted(limits.FORBIDDEN))
def test_what_is_forbidden_is_refused(machine: str, name: str) -> None:
    assert asked(machine, limits.FORBIDDEN[name][COLUMNS[machine]]) == "EPERM"


@pytest.mark.parametrize(
    ("machine", "number"),
    [("x86_64", n) for n in (0, 1, 3, 9, 257, 202)]
    + [("aarch64", n) for n in (63, 64, 57, 222, 56)],
)
def test_reading_writing_and_memory_are_allowed(machine: str, number: int) -> None:
    assert asked(machine, number) == "allow"


@pytest.mark.parametrize("machine", list(COLUMNS))
def test_threads_may_start_processes_may_not(machine: str) -> None:
    clone, clone3 = (both[COLUMNS[machine]] for both in (limits.CLONE, limits.CLONE3))
    assert asked(machine, clone, first=limits.CLONE_THREAD | 0x100) == "allow"
    assert asked(machine, clone, first=17) == "EPERM"
    assert asked(machine, clone3) == "ENOSYS"  # libraries then fall back to clone


def test_the_old_ways_to_fork_are_closed_too() -> None:
    assert {asked("x86_64", number) for number in limits.ONLY_X86} == {"EPERM"}


@pytest.mark.parametrize("machine", list(COLUMNS))
def test_a_thread_may_signal_its_own_process_only(machine: str) -> None:
    tgkill = limits.TGKILL[COLUMNS[machine]]
    assert asked(machine, tgkill, first=OWN_PID) == "allow"
    assert asked(machine, tgkill, first=1) == "EPERM"


@pytest.mark.parametrize("machine", list(COLUMNS))
def test_another_machine_s_calls_are_refused_whole(machine: str) -> None:
    assert asked(machine, 1, architecture=0x4000_0003) == "EPERM"  # 32-bit calls


def test_the_x32_way_around_the_numbers_is_closed() -> None:
    assert asked("x86_64", limits.X32 | 41) == "EPERM"
    assert asked("x86_64", limits.X32 | 1) == "EPERM"


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
def test_the_numbers_are_those_of_this_machine() -> None:
    """socket() by its number fails under the filter and works without it."""
    script = (
        "import ctypes, os, sys\n"
        "from songloom.core.sandbox_limits import FORBIDDEN, ARCHITECTURES, confine\n"
        "import platform\n"
        "column = ARCHITECTURES[platform.machine()][0]\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "call = lambda: libc.syscall(FORBIDDEN['socket'][column], 1, 1, 0)\n"
        "before = call() >= 0\n"
        "agreed = confine(os.getppid())\n"
        "after = call()\n"
        "print(before, agreed, after, ctypes.get_errno())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "True", "-1", str(errno.EPERM)]


@pytest.mark.skipif(sys.platform != "linux", reason="reads the limits of Linux")
def test_limits_count_from_now_and_may_be_raised_again() -> None:
    script = (
        "import json, resource as r\n"
        "from songloom.core.sandbox_limits import Limits, apply\n"
        "names = ('RLIMIT_CPU', 'RLIMIT_FSIZE', 'RLIMIT_AS', 'RLIMIT_CORE')\n"
        "soft = lambda: [r.getrlimit(getattr(r, n))[0] for n in names]\n"
        "apply(Limits(memory_mb=100, cpu_s=5, file_mb=3)); first = soft()\n"
        "apply(Limits(memory_mb=900, cpu_s=50, file_mb=4)); print(json.dumps([first, soft()]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    (cpu_s, file_bytes, memory, core), (later_s, later_bytes, later_memory, _) = json.loads(
        done.stdout
    )
    assert 5 <= cpu_s <= 15
    assert later_s - cpu_s in (45, 46)
    assert (file_bytes, later_bytes, core) == (3 << 20, 4 << 20, 0)
    assert later_memory - memory == pytest.approx(800 << 20, abs=20 << 20)


def test_limits_travel_as_json() -> None:
    given = Limits(memory_mb=1, cpu_s=2.5, wall_s=3, file_mb=4)
    assert Limits(**json.loads(json.dumps(given.document()))) == given
    assert given.document() == asdict(given)
    assert Limits().memory_mb == 768  # SECURITY 1


@pytest.mark.parametrize(
    ("pending", "lines", "left"),
    [
        (b"", [], b""),
        (b"half", [], b"half"),
        (b"one\n", [b"one"], b""),
        (b"one\ntwo\nthr", [b"one", b"two"], b"thr"),
        (b"\n\n", [b"", b""], b""),
    ],
)
def test_only_whole_lines_are_taken(pending: bytes, lines: list[bytes], left: bytes) -> None:
    buffer = bytearray(pending)
    assert _lines(buffer) == lines
    assert buffer == left


def test_a_long_line_is_written_whole() -> None:
    out, into = os.pipe()
    os.set_blocking(out, False)
    line = b"x" * 1_000 + b"\n"
    _write_all(into, line)
    assert os.read(out, 5_000) == line
    os.close(out)
    os.close(into)
