"""Builds the image and runs the compose file with podman, and looks at what comes of it.

    python3 deploy/containers.py [--bind HERE:THERE …]

Needs root and, on Debian: apt-get install debootstrap podman podman-compose runc. Where no
`debian:bookworm-slim` is at hand one is made by debootstrap. What --bind names (a certificate,
pip's settings) is mounted while the image is built. Everything it starts it ends again; the image
stays.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
FROM = re.compile(r"^FROM (\S+)$", re.MULTILINE)
NAME = "songloom-rehearsal"
SONGLOOM = "/opt/songloom/.venv/bin/songloom"
READY_WITHIN_S = 120
# By itself podman asks for more than a root without all rights may have.
LIMITS = ["nofile=8192:8192", "nproc=4096:4096"]
CONF = """
[containers]
default_ulimits = {limits}
[engine]
runtime = "runc"
"""


def run(*words: str, quiet: bool = False) -> str:
    """One command to its end; what it prints, when it is quiet. A failure ends the program."""
    print("==", *words, flush=True)
    done = subprocess.run(words, check=False, text=True, stdout=subprocess.PIPE if quiet else None)
    if done.returncode:
        sys.exit(f"this step failed: {' '.join(words)}")
    return done.stdout or ""


def get_base(image: str) -> None:
    """Debian as Debian makes it, under the name that the Dockerfile asks for."""
    if subprocess.run(["podman", "image", "exists", image], check=False).returncode == 0:
        return
    with tempfile.TemporaryDirectory() as folder:
        run("debootstrap", "--variant=minbase", "bookworm", folder)
        packed = subprocess.Popen(["tar", "-C", folder, "-c", "."], stdout=subprocess.PIPE)
        subprocess.run(["podman", "import", "-", image], stdin=packed.stdout, check=True)
        if packed.wait():
            sys.exit("the base could not be packed")


def compose(*words: str) -> None:
    run("podman-compose", "-p", NAME, "-f", str(HERE / "compose.yaml"), *words)


@contextmanager
def up() -> Iterator[str]:
    """The compose file, up; the name of its one container."""
    compose("up", "-d", "--no-build")
    try:
        named = ("--filter", f"label=io.podman.compose.project={NAME}", "--format", "{{.Names}}")
        (container,) = run("podman", "ps", *named, quiet=True).split()
        wait_for(container)
        yield container
    finally:
        compose("down")


def wait_for(container: str) -> None:
    """Until it says that it is ready."""
    ends_s = time.monotonic() + READY_WITHIN_S
    while "is ready" not in run("podman", "logs", container, quiet=True):
        if time.monotonic() > ends_s:
            sys.exit("it did not become ready")
        time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bind", action="append", default=[])
    given = parser.parse_args()
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write(CONF.format(limits=json.dumps(LIMITS)))
        conf.flush()
        os.environ["CONTAINERS_CONF"] = conf.name
        build([*(f"--ulimit={one}" for one in LIMITS), *(f"--volume={b}:ro" for b in given.bind)])
        rehearse()


def build(more: list[str]) -> None:
    dockerfile = HERE / "Dockerfile"
    base = FROM.search(dockerfile.read_text())
    if base is None:
        sys.exit("the Dockerfile names no base")
    get_base(f"docker.io/library/{base[1]}")
    here = ("--pull=never", "--network=host", "-f", str(dockerfile), "-t", "songloom")
    run("podman", "build", *here, *more, str(PROJECT))


def rehearse() -> None:
    """Twice up and down on one volume."""
    try:
        with up() as container:
            page = run("curl", "-sf", "http://127.0.0.1:4848/healthz", quiet=True)
            ask = (SONGLOOM, "generate", "a calm waltz", "--seconds", "5", "--json")
            made = json.loads(run("podman", "exec", container, *ask, quiet=True))
        with up() as container:  # another container, the same volume
            kept = json.loads(
                run("podman", "exec", container, SONGLOOM, "verify", "--deep", "--json", quiet=True)
            )
            track = made["pieces"][0]["track"]
            run("podman", "exec", container, SONGLOOM, "show", track, "--json", quiet=True)
    finally:
        run("podman", "volume", "rm", "-f", f"{NAME}_library")
        run("podman", "network", "rm", "-f", f"{NAME}_default")
    if not kept["ok"]:
        sys.exit(f"the library did not outlive its container: {kept}")
    print(f"It answers {page.strip()}, composes, and keeps its library in the volume.")


if __name__ == "__main__":
    main()
