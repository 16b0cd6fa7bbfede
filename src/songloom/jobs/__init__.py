"""Runs work now or later, here or on a broker, and tells who waits for it.

@job("analyse.extract", queue="analysis", timeout_s=300)
def extract(track_id: str) -> None: ...

enqueue("analyse.extract", {"track_id": "…"})       one job
emit("track.stored", track_id="…")                  the jobs that follow, by the pipeline
report(progress=0.4, stage="decoding")              inside a job; raises Cancelled
"""

from __future__ import annotations

from songloom.jobs.registry import Kind, follow, job, kinds
from songloom.jobs.running import Postponed, check_cancelled, report
from songloom.jobs.sending import collecting, emit, enqueue, follow_up, follow_up_each

__all__ = [
    "Kind",
    "Postponed",
    "check_cancelled",
    "collecting",
    "emit",
    "enqueue",
    "follow",
    "follow_up",
    "follow_up_each",
    "job",
    "kinds",
    "report",
]
