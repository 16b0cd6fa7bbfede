"""Tables of N rows (200,000 unless given): rows a CPU-second, the most memory, and its curve.

`python benchmarks/bench_csv.py 1000000 csv parquet jsonl` imports a table of text, imports it
again, exports it in each of these forms, and imports that into an empty library.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

CHILD = """
import json, resource, sys, time
from songloom.__main__ import main
began = time.monotonic()
status = main(sys.argv[1:])
print(json.dumps({"s": time.monotonic() - began, "status": status,
    "cpu_s": sum(resource.getrusage(resource.RUSAGE_SELF)[:2]),
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), file=sys.stderr)
"""
POINTS = 12  # of a curve
COUNTERS = ("library_credit", "search_row")  # tables that grow by one a row, or nearly


def measured(home: Path, *argv: str) -> dict[str, Any]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SONGLOOM_")}
    told = home.parent / "told"
    with told.open("w+") as errors:
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, *argv],
            env={**clean, "SONGLOOM_HOME": str(home), "SONGLOOM_DEMO": "0"},
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        curve = []
        while child.poll() is None:
            curve.append((*rows_of(home), resident_mb(child.pid)))
            time.sleep(1)
        errors.seek(0)
        found: dict[str, Any] = json.loads(errors.read().strip().splitlines()[-1])
    if found["status"]:
        raise SystemExit(f"{argv} ended with {found['status']}")
    return {**found, "curve": curve}


def rows_of(home: Path) -> tuple[int, ...]:
    """How many rows were made, and how many indexed."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{home}/db.sqlite3?mode=ro", uri=True)) as base:  # fmt: skip
        asked = (base.execute(f"SELECT coalesce(max(id), 0) FROM {name}") for name in COUNTERS)
        return tuple(int(each.fetchone()[0]) for each in asked)
    return (0, 0)


def resident_mb(pid: int) -> float:
    with suppress(OSError, StopIteration):
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(x for x in status if x.startswith("VmRSS")).split()[1]) / 1024
    return 0.0


def write(path: Path, n: int) -> None:
    with path.open("w") as file:
        file.write("频率,时长,艺术家,专辑名,发行日期,title,genres\n")
        for at in range(n):
            file.write(
                f"{200 + at % 700},{at % 9 + 1}:{at % 60:02},Artist {at % 5_000},"
                f"Album {at % 20_000},{1960 + at % 60},Song {at},Genre {at % 40}\n"
            )


def tell(name: str, n: int, row: dict[str, Any]) -> None:
    speed = n / row["cpu_s"]
    print(f"{name:<22}{speed:>10,.0f} rows/CPU-s{row['peak_mb']:>8.0f} MB at most")
    curve = row["curve"]
    points = [curve[at * (len(curve) - 1) // (POINTS - 1)] for at in range(POINTS)]
    told = " · ".join(f"{made:,}+{found:,}: {mb:.0f}" for made, found, mb in points)
    print(f"    rows made + indexed: MB   {told}", flush=True)


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    forms = sys.argv[2:] or ["csv"]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        place = Path(folder)
        write(place / "in.csv", n)
        home = place / "home"
        print(f"{n:,} rows", flush=True)
        tell("import", n, measured(home, "csv", "import", str(place / "in.csv")))
        tell("import again", n, measured(home, "csv", "import", str(place / "in.csv")))
        for form in forms:
            out = place / f"out.{form}"
            tell(f"export {form}", n, measured(home, "csv", "export", str(out)))
            other = place / f"home-{form}"
            tell(f"import {form} elsewhere", n, measured(other, "csv", "import", str(out)))
            out.unlink()
            for left in other.glob("db.sqlite3*"):
                left.unlink()


if __name__ == "__main__":
    main()
