"""What the tests need from the system: installed with apt when root, else named.

Under CI nothing may be left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NEEDS = {  # command: (Debian package, what is left out without it)
    "chromium": ("chromium", "the tests in a real browser"),
    "apt-get": ("apt", "the real songs, unless they are cached"),
    "dpkg-deb": ("dpkg", "the real songs, unless they are cached"),
    "nginx": ("nginx", "the tests behind nginx"),
    "systemd-analyze": ("systemd", "the check of the systemd unit"),
    "systemd-nspawn": ("systemd-container", "the service in a system that systemd boots"),
    "rabbitmq-server": ("rabbitmq-server", "the tests with RabbitMQ"),
    "redis-server": ("redis-server", "the tests with Redis"),
    "audacity": ("audacity", "the tests with a real Audacity"),
    "Xvfb": ("xvfb", "the tests with a real Audacity"),
    "fpcalc": ("libchromaprint-tools", "the test beside Chromaprint"),
    "git": ("git", "the test of a fresh clone"),
    "ip": ("iproute2", "the test with a second host"),
    "mariadbd": ("mariadb-server", "the tests on MariaDB, unless a server answers"),
    "postgres": ("postgresql", "the tests on PostgreSQL, unless a server answers"),
}


def main() -> None:
    missing = [command for command in NEEDS if not found(command)]
    if missing and os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        install([NEEDS[command][0] for command in missing])
        missing = [command for command in missing if not found(command)]
    for command in missing:
        package, left_out = NEEDS[command]
        print(f"Left out: {left_out}. To have it: apt-get install {package}", flush=True)
    if missing and os.environ.get("CI"):
        sys.exit("Under CI nothing may be left out.")


def found(command: str) -> bool:
    """Servers lie where only root looks, or all of PostgreSQL, off every path."""
    kept = [Path("/usr/sbin", command), *Path("/usr/lib/postgresql").glob(f"*/bin/{command}")]
    return shutil.which(command) is not None or any(path.exists() for path in kept)


def install(packages: list[str]) -> None:
    print(f"Installing {', '.join(packages)} …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-qq", *step], env=quiet, check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
