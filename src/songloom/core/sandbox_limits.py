"""What a child may take (memory, time, disk) and may do (no network, no other process)."""

from __future__ import annotations

import ctypes
import errno
import math
import os
import platform
import resource
import struct
import sys
import time
from dataclasses import asdict, dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The most that one call may take; going beyond is a normal outcome, never retried."""

    memory_mb: int = 768  # over what the idle child holds
    cpu_s: float = 120.0
    wall_s: float = 300.0
    file_mb: int = 2_048  # the largest file it may write

    def document(self) -> dict[str, float]:
        """As JSON carries it to the child."""
        return asdict(self)


def apply(limits: Limits) -> None:
    """Bind this process to the limits, counted from now; a later call may set others."""
    spent_s = time.process_time()
    _set(resource.RLIMIT_CPU, math.ceil(spent_s + limits.cpu_s))
    _set(resource.RLIMIT_FSIZE, limits.file_mb * MB)
    _set(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        _set(resource.RLIMIT_AS, _address_space_bytes() + limits.memory_mb * MB)


def _set(which: int, soft: int) -> None:
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _address_space_bytes() -> int:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


# ------------------------------------------------------------------ system calls (Linux)
# A seccomp filter needs no rights and no set-up; where it cannot be had, limits still hold.

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 38, 22
FILTER_MODE = 2
ALLOW, REFUSE = 0x7FFF_0000, 0x0005_0000  # REFUSE carries an errno in its low bits
LOAD, EQUAL, HAS_BITS, RETURN = 0x20, 0x15, 0x45, 0x06
NUMBER_AT, ARCH_AT, FIRST_ARGUMENT_AT = 0, 4, 16  # in struct seccomp_data
CLONE_THREAD = 0x0001_0000
SIGKILL = 9

FORBIDDEN = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "pidfd_send_signal": (424, 424),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "io_uring_setup": (425, 425),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
}
ONLY_X86 = (57, 58)  # fork, vfork
CLONE, CLONE3, TGKILL = (56, 220), (435, 435), (234, 131)
ARCHITECTURES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}
X32 = 0x4000_0000


def confine(parent_pid: int) -> bool:
    """Die with the parent; no sockets, no other program, no new process, no signal to others.

    returns  whether the kernel agreed; False away from Linux on x86_64 and aarch64
    """
    if sys.platform != "linux" or platform.machine() not in ARCHITECTURES:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # it died before this line
        os._exit(1)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    program = _filter(*ARCHITECTURES[platform.machine()], own_pid=os.getpid())
    buffer = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    )
    where = ctypes.c_void_p(ctypes.addressof(header))
    return bool(libc.prctl(PR_SET_SECCOMP, FILTER_MODE, where, 0, 0) == 0)


def _filter(column: int, architecture: int, *, own_pid: int) -> bytes:
    """The filter as a classic BPF program: 8 bytes for each instruction."""
    refuse = REFUSE | errno.EPERM
    program = [
        _step(LOAD, ARCH_AT),
        _step(EQUAL, architecture, yes=1),
        _step(RETURN, refuse),
        _step(LOAD, NUMBER_AT),
    ]
    if column == 0:
        program += [_step(HAS_BITS, X32, no=1), _step(RETURN, refuse)]
    for number in (*(both[column] for both in FORBIDDEN.values()), *(ONLY_X86[: 2 - 2 * column])):
        program += [_step(EQUAL, number, no=1), _step(RETURN, refuse)]
    # glibc falls back from clone3 to clone, whose flags can be seen
    program += [_step(EQUAL, CLONE3[column], no=1), _step(RETURN, REFUSE | errno.ENOSYS)]
    program += [
        _step(EQUAL, CLONE[column], no=4),
        _step(LOAD, FIRST_ARGUMENT_AT),
        _step(HAS_BITS, CLONE_THREAD, yes=1),
        _step(RETURN, refuse),
        _step(RETURN, ALLOW),
        _step(EQUAL, TGKILL[column], no=3),  # abort() signals its own thread
        _step(LOAD, FIRST_ARGUMENT_AT),
        _step(EQUAL, own_pid, yes=1),
        _step(RETURN, refuse),
        _step(RETURN, ALLOW),
    ]
    return b"".join(program)


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)
