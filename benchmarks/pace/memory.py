"""What one analysis needs: run in a process of its own, it says so as JSON."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import Any

CODE = """
import json, sys, time
from benchmarks.pace.memory import now_mb, peak_mb
from songloom.core.features import analyse_file
path, warm, *fields = sys.argv[1:]
analyse_file(warm)
before_mb, began_s = now_mb(), time.process_time()
found = analyse_file(path, fields or None)
took_s = time.process_time() - began_s
print(json.dumps({"above_start_mb": peak_mb() - before_mb, "cpu_s": took_s, **found.features}))
"""


def now_mb() -> float:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def measured_alone(path: str, warm: str, *fields: str) -> dict[str, Any]:
    """All features of a file, its processor time, and the most memory above what a process that
    measured the short file `warm` before holds."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, path, warm, *fields], capture_output=True, check=True
    )
    return dict(json.loads(done.stdout))


def import_cpu_s(code: str, rounds: int = 5) -> float:
    """The least processor time of a fresh Python that runs this line."""
    told = "import resource as r; u = r.getrusage(r.RUSAGE_SELF); print(u.ru_utime + u.ru_stime)"
    runs = [
        subprocess.run([sys.executable, "-c", f"{code}; {told}"], capture_output=True, check=True)
        for _ in range(rounds)
    ]
    return min(float(run.stdout) for run in runs)
