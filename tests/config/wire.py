"""A second host on this machine: its own network, processes and disk, joined by one wire."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from songloom.jobs.place import HOST, lives

RIGHTS = ("Operation not permitted", "Permission denied", "must be root", "mount failed")


class NoWire(Exception):
    """The tool for it is not installed: the tests are left out, under CI they fail."""


class NotAllowed(NoWire):
    """This machine lets nobody make networks: no installing helps, not even under CI."""


class Wire:
    """Two addresses with a wire between them; the far one lies in a network of its own."""

    def __init__(self) -> None:
        at = os.getpid() % (1 << 14)
        where = f"198.18.{at >> 6}.{(at & 63) * 4}"  # a range for measuring, nobody's network
        start, _, last = where.rpartition(".")
        self.near, self.far = (f"{start}.{int(last) + n}" for n in (1, 2))
        self.name = f"songloom-{os.getpid()}"
        self._ends = [f"sl{os.getpid()}{end}" for end in "ab"]

    def __enter__(self) -> Wire:
        if not shutil.which("ip") or not shutil.which("unshare"):
            raise NoWire("a network apart needs ip and unshare: apt-get install iproute2")
        _sweep()
        near, far = self._ends
        within = ["ip", "netns", "exec", self.name]
        steps = [
            ["ip", "netns", "add", self.name],
            ["ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", self.name],
            ["ip", "address", "add", f"{self.near}/30", "dev", near],
            ["ip", "link", "set", near, "up"],
            ["ip", "-n", self.name, "address", "add", f"{self.far}/30", "dev", far],
            ["ip", "-n", self.name, "link", "set", far, "up"],
            [*within, "unshare", "--pid", "--fork", "--mount-proc", "true"],
        ]
        try:
            for step in steps:
                _do(step)
        except NoWire:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for step in (["ip", "link", "del", self._ends[0]], ["ip", "netns", "del", self.name]):
            subprocess.run(step, capture_output=True, check=False)

    def start(
        self, command: Sequence[str], *, hidden: Path, env: dict[str, str]
    ) -> subprocess.Popen[str]:
        """Run a command on the far host, which sees nothing of the folder `hidden`.

        Its host name stays that of this machine: two hosts may well have the same one.
        """
        apart = ["ip", "netns", "exec", self.name]
        apart += ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
        blind = f'mount -t tmpfs none "{hidden}" && exec "$@"'
        return subprocess.Popen(
            [*apart, "sh", "-c", blind, "far", *command],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )


def go_dark(process: subprocess.Popen[str], until: Callable[..., object]) -> None:
    """Everything on the far host ends at once, as when its power fails."""
    inside = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for first in inside.read_text().split():  # who is process 1 over there takes all along
        os.kill(int(first), signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()
    process.wait()
    until(lambda: process.poll() is not None)


def _sweep() -> None:
    """Take away what killed runs of this test left; the wire goes with either of its ends."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False)
    for line in listed.stdout.splitlines():
        name, _, pid = line.partition(" ")[0].partition("-")
        if name == "songloom" and pid.isdigit() and not lives(HOST, int(pid)):
            subprocess.run(["ip", "netns", "del", f"songloom-{pid}"], check=False)


def _do(step: list[str]) -> None:
    done = subprocess.run(step, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip()
        allowed = not any(words in said for words in RIGHTS)
        raise (NoWire if allowed else NotAllowed)(f"{' '.join(step[:4])}: {said}")
