"""What the sandbox's tests run inside a child: well-behaved and poisonous functions."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from songloom.errors import NotAudio, TooLong


def echo(value: Any) -> Any:
    return value


def many(n: int) -> list[int]:
    return list(range(n))


def pid() -> int:
    return os.getpid()


def niceness() -> int:
    return os.nice(0)


def loaded(module: str) -> bool:
    return module in sys.modules


def fill_memory(mb: int) -> int:
    return len(b"\x01" * (mb * 1024 * 1024))


def spin() -> None:
    while True:
        pass


def doze(seconds: float) -> str:
    time.sleep(seconds)
    return "awake"


def abort() -> None:
    os.abort()


def leave(status: int) -> None:
    os._exit(status)


def refuse(message: str) -> None:
    raise NotAudio(message, file="a.mp3")


def lasts(seconds: int) -> None:
    raise TooLong(f"lasts {seconds} s")


def stumble() -> None:
    raise ZeroDivisionError("a bug")


def not_a_number() -> float:
    return float("nan")


def write(path: str, mb: int) -> int:
    return Path(path).write_bytes(b"\x00" * (mb * 1024 * 1024))


def tell(steps: int, progress: Callable[[float, str], None]) -> int:
    for step in range(steps):
        progress((step + 1) / steps, "working")
        time.sleep(0.12)
    return steps


def call_home(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=5)


def start_program(marker: str) -> None:
    subprocess.run(["/bin/sh", "-c", f"touch {marker}"], check=True)


def fork() -> int:
    return os.fork()


def kill(pid: int) -> None:
    os.kill(pid, 9)


def speak_over(said: str) -> None:
    """A child out of its mind writes nonsense where its answers go."""
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, said.encode() + b"\n")
        except OSError:
            continue
    time.sleep(10)


def open_descriptors() -> list[str]:
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            continue
    return found
