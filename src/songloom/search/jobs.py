"""Jobs of the search room."""

from __future__ import annotations

from songloom.jobs import job, report
from songloom.search import indexing


@job("search.index", queue="interactive", timeout_s=60)
def index(track_id: str) -> None:
    """Make one track findable as it is now. A track deleted meanwhile is no error."""
    indexing.index_tracks([track_id])


@job("search.index_many", queue="analysis", timeout_s=600)
def index_many(track_ids: list[str]) -> None:
    """Make the tracks of one batch of a table findable; those deleted meanwhile are no error."""
    indexing.index_tracks(track_ids)


@job("search.rebuild", queue="analysis", timeout_s=3600)
def rebuild() -> None:
    """Make the whole index anew."""
    indexing.rebuild(lambda share: report(progress=share))
