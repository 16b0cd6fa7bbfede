"""Keeps a group of processes alive: starts them, starts a killed one again, stops them all."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.1
STEADY_S = 10.0  # a child that lived this long is started again at once
LONGEST_WAIT_S = 10.0


@dataclass
class Child:
    """One process that must always be there."""

    name: str
    arguments: tuple[str, ...]
    pass_fds: tuple[int, ...]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_after: float = 0.0
    n_failures: int = 0

    def start(self) -> None:
        """In a group of its own: Ctrl-C reaches the supervisor alone. stdin is the lifeline."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, *self.arguments],
            stdin=subprocess.PIPE,
            stdout=sys.stderr.fileno(),  # stdout belongs to `--json`
            pass_fds=self.pass_fds,
            process_group=0,
        )

    def tend(self) -> None:
        """Start it, now or a little later, when it is not there."""
        if self.process is None:
            if time.monotonic() >= self.start_after:
                self.start()
        elif (status := self.process.poll()) is not None:
            self._note_end(status)

    def _note_end(self, status: int) -> None:
        lived_s = time.monotonic() - self.started_at
        self.n_failures = 0 if lived_s > STEADY_S else self.n_failures + 1
        wait_s = (
            min(LONGEST_WAIT_S, 0.25 * 2 ** (self.n_failures - 1)) if self.n_failures > 1 else 0
        )
        logger.warning("%s ended with status %s; starting it again", self.name, status)
        self.forget()
        self.start_after = time.monotonic() + wait_s

    def forget(self) -> None:
        """Let go of a process that has ended, and of our end of its lifeline."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None

    def signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Group:
    """All children. `ready_fd` is where each of them writes a line once it does its work."""

    children: list[Child]
    ready: int = field(default=-1)
    ready_fd: int = field(default=-1)
    n_ready: int = 0
    n_stops: int = 0

    @classmethod
    def with_pipe(cls) -> Group:
        ready, ready_fd = os.pipe()
        os.set_blocking(ready, False)
        return cls([], ready, ready_fd)

    def add(self, name: str, *arguments: str, pass_fds: tuple[int, ...] = ()) -> None:
        fds = (*pass_fds, self.ready_fd)
        self.children.append(Child(name, (*arguments, str(self.ready_fd)), fds))

    def stop(self) -> None:
        """Called from a signal handler: the first time asks, the second time does not ask."""
        self.n_stops += 1

    def start(self, *, within_s: float) -> bool:
        """Start all and wait until each is ready. False when one failed, is late, or on a stop."""
        deadline = time.monotonic() + within_s
        for child in self.children:
            child.start()
        while self.n_ready < len(self.children):
            self._count_ready()
            failed = not all(child.is_running for child in self.children)
            if failed or self.n_stops or time.monotonic() > deadline:
                return False
            time.sleep(LOOK_EVERY_S / 4)
        return True

    def watch(self) -> None:
        """Blocks until somebody asks to stop."""
        while not self.n_stops:
            for child in self.children:
                child.tend()
            self._count_ready()
            time.sleep(LOOK_EVERY_S)

    def end(self, *, drain_s: float) -> None:
        """Ask every child to stop; kill what is left after `drain_s`, or when asked twice."""
        n_stops = self.n_stops
        deadline = time.monotonic() + drain_s
        for child in self.children:
            child.signal(signal.SIGTERM)
        while any(child.is_running for child in self.children):
            if time.monotonic() > deadline or self.n_stops > n_stops:
                for child in self.children:
                    child.signal(signal.SIGKILL)
            time.sleep(LOOK_EVERY_S / 4)
        for child in self.children:
            child.forget()

    def _count_ready(self) -> None:
        try:
            self.n_ready += os.read(self.ready, 4096).count(b"\n")
        except BlockingIOError:
            return
