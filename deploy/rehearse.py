"""Executes the steps of the Dockerfile in a Debian root, where no container engine is at hand.

    debootstrap --variant=minbase bookworm ROOT
    python deploy/rehearse.py ROOT [--bind PATH …] [--run WORD …]

Needs root. What a step may not see of this machine it does not see: only the paths named by --bind
(a folder of packages, say) are mounted, read-only, for the length of the run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
CARRIED = ("PIP_", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE")


@dataclass
class Image:
    """What the steps so far have set."""

    root: Path
    folder: str = "/"
    user: str = "root"
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)

    def run(self, *words: str) -> int:
        """In the root, as the user of this step."""
        given = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        given |= {name: value for name, value in os.environ.items() if name.startswith(CARRIED)}
        inner = ["env", "-C", self.folder, *words]
        as_user = [] if self.user == "root" else [f"--userspec={self.user}:{self.user}"]
        command = ["chroot", *as_user, str(self.root), *inner]
        return subprocess.run(command, env=given | self.environment, check=False).returncode


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Instruction and the rest of the line; comments and empty lines are none."""
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


def perform(image: Image, word: str, rest: str) -> None:
    """One step. Ends the program when a command fails or a step is unknown."""
    print(f"== {word} {rest}", flush=True)
    if word not in STEPS:
        sys.exit(f"{word} is not known here")
    STEPS[word](image, rest)


def _run(image: Image, rest: str) -> None:
    if image.run("sh", "-c", rest):
        sys.exit(f"this step failed: {rest}")


def _copy_in(image: Image, rest: str) -> None:
    *sources, target = rest.split()
    for source in sources:
        _copy(PROJECT / source, image.root / image.folder.lstrip("/") / target)


def _set(image: Image, rest: str) -> None:
    image.environment |= dict(pair.split("=", 1) for pair in rest.split())


def _go(image: Image, rest: str) -> None:
    image.folder = rest
    (image.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)


def _become(image: Image, rest: str) -> None:
    image.user = rest


def _say(image: Image, rest: str) -> None:
    image.command = json.loads(rest)


def _pass(image: Image, rest: str) -> None:
    """What an engine does outside of the root."""


STEPS: dict[str, Callable[[Image, str], None]] = {
    "RUN": _run,
    "COPY": _copy_in,
    "ENV": _set,
    "WORKDIR": _go,
    "USER": _become,
    "CMD": _say,
    **dict.fromkeys(("FROM", "VOLUME", "EXPOSE"), _pass),
}


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        left_out = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=left_out)
    else:
        shutil.copy(source, target / source.name if target.is_dir() else target)


@contextmanager
def bound(root: Path, path: str) -> Iterator[None]:
    """Show a path of this machine in the root, read-only."""
    there = root / path.lstrip("/")
    if Path(path).is_dir():
        there.mkdir(parents=True, exist_ok=True)
    else:
        there.parent.mkdir(parents=True, exist_ok=True)
        there.touch()
    subprocess.run(["mount", "--bind", "-o", "ro", path, str(there)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(there)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--bind", action="append", default=[])
    parser.add_argument("--run", nargs=argparse.REMAINDER, help="instead of CMD")
    given = parser.parse_args()
    image = Image(given.root.resolve())
    with ExitStack() as mounts:
        for path in ("/proc", "/etc/resolv.conf", *given.bind):
            mounts.enter_context(bound(image.root, path))
        for word, rest in steps((HERE / "Dockerfile").read_text()):
            perform(image, word, rest)
        sys.exit(image.run(*(given.run or image.command)))


if __name__ == "__main__":
    main()
