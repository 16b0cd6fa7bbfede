"""Runs the tests on every database: `python -m tests.matrix [pytest's arguments]`.

Everything on SQLite and, at the same time, each test that is marked for a database on a MariaDB
and on a PostgreSQL server: where one waits for a program or a disk, another works. What the
servers' legs say is shown when they end. A server that cannot be had is a failure under CI;
elsewhere its leg is left out, and that is said last.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import NamedTuple

from tests.databases import KINDS
from tests.servers import server

ALL = ["-n", "2", "--dist", "worksteal", "-m", "not browser"]  # in each leg
NOTHING_COLLECTED = 5


class Leg(NamedTuple):
    """One run of the tests."""

    kind: str
    status: int | None  # of pytest; None: there was no server
    took_s: float


def main(arguments: list[str]) -> int:
    with ExitStack() as stack:
        urls = {kind: stack.enter_context(server(kind)) for kind in KINDS if kind != "sqlite"}
        named = {f"SONGLOOM_TEST_{kind.upper()}": url for kind, url in urls.items() if url}
        kinds = [kind for kind in KINDS if kind == "sqlite" or urls[kind]]
        with ThreadPoolExecutor(len(kinds)) as at_once:
            legs = list(at_once.map(lambda kind: run(kind, named, arguments), kinds))
        legs += [Leg(kind, None, 0.0) for kind in KINDS if kind not in kinds]
    for leg in legs:
        print(told(leg), flush=True)
    return verdict(legs, is_ci=bool(os.environ.get("CI")))


def run(kind: str, named: dict[str, str], arguments: list[str]) -> Leg:
    """SQLite's leg speaks as it goes, the others when they have ended."""
    started = time.monotonic()
    environment = os.environ | named | {"SONGLOOM_TEST_DATABASE": kind}
    command = [sys.executable, "-m", "pytest", *ALL, *arguments]
    with TemporaryFile("w+", errors="replace") as said:
        out = None if kind == "sqlite" else said
        ended = subprocess.run(command, env=environment, stdout=out, stderr=out, check=False)
        said.seek(0)
        shown = f"== the tests on {kind}\n{said.read()}" if out else ""
    print(shown, end="", flush=True)
    return Leg(kind, ended.returncode, time.monotonic() - started)


def told(leg: Leg) -> str:
    if leg.status is None:
        return f"Left out: what needs a database, on {leg.kind}; no server answers or is installed"
    passed = "passed" if leg.status in (0, NOTHING_COLLECTED) else f"failed ({leg.status})"
    return f"{leg.kind}: {passed} in {leg.took_s:.0f} s"


def verdict(legs: list[Leg], *, is_ci: bool) -> int:
    """0 if all is well: under CI no leg may be missing or empty; elsewhere a server's may be."""
    fine = {
        leg.status == 0
        or (leg.status == NOTHING_COLLECTED and leg.kind != "sqlite" and not is_ci)
        or (leg.status is None and not is_ci)
        for leg in legs
    }
    return 0 if fine == {True} else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
