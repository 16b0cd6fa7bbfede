"""Jobs of the search room."""

from __future__ import annotations

from songloom.jobs import job, report
from songloom.search import indexing


@job("search.index", queue="interactive", timeout_s=60)
def index(track_id: str) -> None:
    """Make one track findable as it is now. A track deleted meanwhile is no error."""
    indexing.index_tracks([track_id])


@job("search.index_new", queue="analysis", timeout_s=24 * 3600)
def index_new() -> None:
    """Make every track findable that is in no index yet, as those of a table are."""
    indexing.index_new(lambda n: report(stage=str(n)))


@job("search.rebuild", queue="analysis", timeout_s=24 * 3600)
def rebuild() -> None:
    """Make the whole index anew."""
    indexing.rebuild(lambda share: report(progress=share))
