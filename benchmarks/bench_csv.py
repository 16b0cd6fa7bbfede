"""Tables of N rows (200,000 unless given): rows a CPU-second and the most memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHILD = """
import json, resource, sys, time
from songloom.__main__ import main
began = time.monotonic()
status = main(sys.argv[1:])
print(json.dumps({"s": time.monotonic() - began, "status": status,
    "cpu_s": sum(resource.getrusage(resource.RUSAGE_SELF)[:2]),
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), file=sys.stderr)
"""


def measured(home: Path, *argv: str) -> dict[str, float]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SONGLOOM_")}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *argv],
        env={**clean, "SONGLOOM_HOME": str(home)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stderr.strip().splitlines()[-1])
    return found


def write(path: Path, n: int) -> None:
    with path.open("w") as file:
        file.write("频率,时长,艺术家,专辑名,发行日期,title,genres\n")
        for at in range(n):
            file.write(
                f"{200 + at % 700},{at % 9 + 1}:{at % 60:02},Artist {at % 5_000},"
                f"Album {at % 20_000},{1960 + at % 60},Song {at},Genre {at % 40}\n"
            )


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write(place / "in.csv", n)
        rows = {}
        began = time.monotonic()
        rows["import"] = measured(place / "home", "csv", "import", str(place / "in.csv"))
        rows["import again"] = measured(place / "home", "csv", "import", str(place / "in.csv"))
        rows["export"] = measured(place / "home", "csv", "export", str(place / "out.csv"))
        print(f"{n:,} rows, {time.monotonic() - began:.0f} s in all")
        for name, row in rows.items():
            print(
                f"{name:<14}{n / row['cpu_s']:>10,.0f} rows/CPU-s{row['peak_mb']:>8.0f} MB at most"
            )


if __name__ == "__main__":
    main()
