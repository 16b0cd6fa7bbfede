"""Starts `songloom` as people do, in a home of its own, and looks at its processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

SONGLOOM = [sys.executable, "-m", "songloom"]
START_WITHIN_S = 90


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """That of this test run, with another home."""
    return {**os.environ, "SONGLOOM_HOME": str(home), **(more or {})}


def run_songloom(
    home: Path,
    *arguments: str,
    given: str = "",
    env: Mapping[str, str] | None = None,
    timeout_s: float = 120,
) -> subprocess.CompletedProcess[str]:
    """One verb to its end."""
    return subprocess.run(
        [*SONGLOOM, *arguments],
        env=environment(home, env),
        input=given,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


class Up:
    """A running `songloom up --json` on a free port; ended, by force if need be, on leaving."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        python: Path | None = None,
    ) -> None:
        self.home = home
        self.process = subprocess.Popen(
            [
                str(python or sys.executable),
                "-m",
                "songloom",
                "up",
                "--json",
                "--port",
                "0",
                *arguments,
            ],
            cwd=home.parent,
            env=environment(home, env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"it did not start: {self.process.communicate()[1]}")
        self.ready: dict[str, Any] = json.loads(line)
        self.url: str = self.ready["url"]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=40)

    def __enter__(self) -> Up:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()


def children_of(pid: int, words: str) -> list[int]:
    """Children of a process whose command line has these words."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent_of(entry) == pid and words in _command_of(entry):
            found.append(int(entry.name))
    return sorted(found)


def _parent_of(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return -1


def _command_of(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def until(holds: Callable[[], bool], *, within_s: float = 30.0) -> float:
    """Wait until it holds; returns how long that took."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < within_s, "it never came true"
        time.sleep(0.02)
    return time.monotonic() - started
