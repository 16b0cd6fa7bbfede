"""`make up` to a ready page, cold and warm, and memory at rest: `python benchmarks/bench_up.py`.

Cold is a fresh clone in a folder with a space: no .venv, no home (but whatever the installer keeps
in its cache of downloads). Warm is the same command again. Then the server stands idle for 20 s,
and the proportional set size of every process is read. The demo pieces are off: they are work.
"""

from __future__ import annotations

import datetime
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
IDLE_S = 20
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@contextmanager
def running(tree: Path, home: Path) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """`make up` until its page answers; yields the process and how long that took."""
    given = {**os.environ, "SONGLOOM_HOME": str(home), "SONGLOOM_DEMO": "0"}
    started = time.perf_counter()
    process = subprocess.Popen(
        ["make", "--no-print-directory", "up", "ARGS=--port 0"],
        cwd=tree, env=given, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    url = next(found[0] for line in process.stdout if (found := ADDRESS.search(line)))
    page = httpx.get(url, follow_redirects=True, timeout=60)
    assert page.status_code == 200, page.status_code
    try:
        yield process, time.perf_counter() - started
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)
        process.stdout.close()


def memory_mb(above: int) -> dict[str, float]:
    """Proportional set size of every process below one, by what it is."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := read(entry / "stat")):
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    below = {above}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    found: dict[str, float] = {}
    for pid in sorted(below):
        words = read(Path(f"/proc/{pid}/cmdline")).replace("\0", " ")
        name = next(
            (n for n in ("server", "worker", "sandbox", "songloom up", "make") if n in words),
            "other",
        )
        if size := re.search(
            r"^Pss:\s+(\d+) kB", read(Path(f"/proc/{pid}/smaps_rollup")), re.MULTILINE
        ):
            found[name] = found.get(name, 0.0) + int(size[1]) / 1024
    return found


def read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def main() -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    today = datetime.datetime.now(datetime.UTC).date()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}"
    print(f"{today}  {commit.stdout.strip()}  {machine}")
    with tempfile.TemporaryDirectory(prefix="songloom bench ") as scratch:
        tree, home = Path(scratch) / "a clone", Path(scratch) / "home"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(tree)], check=True)
        with running(tree, home) as (_, cold_s):
            print(f"{'make up, cold':<32}{cold_s:8.2f} s")
        warm = []
        for _ in range(3):
            with running(tree, home) as (process, warm_s):
                warm.append(warm_s)
                if len(warm) == 3:
                    time.sleep(IDLE_S)
                    sizes = memory_mb(process.pid)
        print(f"{'make up, warm (best of 3)':<32}{min(warm):8.2f} s")
        for name, size in sizes.items():
            print(f"{'idle PSS, ' + name:<32}{size:8.1f} MB")
        print(f"{'idle PSS, whole tree':<32}{sum(sizes.values()):8.1f} MB")


if __name__ == "__main__":
    main()
