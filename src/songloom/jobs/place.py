"""Which machine this is, as far as the number of a process says the same thing everywhere on it.

A host name is not enough: two machines may bear the same one, and containers share one machine,
and sometimes its name, while each counts its processes from 1. A process is only ever called dead
by whoever would see it alive.
"""

from __future__ import annotations

import hashlib
import os
import platform
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
PROCESSES = Path("/proc/self/ns/pid")
LONGEST_NAME = 60


def place_of(name: str, boot: str, processes: str) -> str:
    """The host's name for people, then what tells apart who shares it."""
    digest = hashlib.blake2b(f"{boot}\0{processes}".encode(), digest_size=4).hexdigest()
    return f"{name[:LONGEST_NAME]}.{digest}"


def _boot() -> str:
    """Which start of which kernel this is; nothing where the system does not tell."""
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ""


def _processes() -> str:
    """Which counting of processes this one belongs to; nothing where there is but one."""
    try:
        return str(PROCESSES.readlink())
    except OSError:
        return ""


HOST = place_of(platform.node(), _boot(), _processes())


def worker_here() -> str:
    """The name of this process among all workers of a library."""
    return f"{HOST}:{os.getpid()}"


def lives(host: str, pid: int) -> bool:
    """False only when it is sure: the process would be seen from here and is not."""
    if host != HOST:
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
