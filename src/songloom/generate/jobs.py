"""Jobs of the composer.

What a job needs is imported when it runs: every command knows all jobs, and most run none.
"""

from __future__ import annotations

from typing import Any

from songloom.jobs import job, report


@job("generate.compose", queue="generation", timeout_s=3_600, retries=2)
def compose(generation_ids: list[str]) -> dict[str, Any]:
    """Compose pieces one after the other. Safe to run twice: what is made is not made again."""
    from songloom.generate import services

    n_pieces = len(generation_ids)
    track_ids = []
    for index, generation_id in enumerate(generation_ids):

        def told(*, progress: float = 0.0, stage: str | None = None, done: int = index) -> None:
            report(progress=(done + progress) / n_pieces, stage=stage)

        track_ids.append(str(services.compose(generation_id, report=told).pk))
    return {"track_ids": track_ids, "generation_ids": generation_ids}
