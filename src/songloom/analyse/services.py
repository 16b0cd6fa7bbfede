"""The verbs of analysis: measure a track, say how long the rest takes, keep to a budget."""

from __future__ import annotations

from songloom.analyse import budget as budgets
from songloom.analyse import measuring, speed
from songloom.analyse.budget import Budget
from songloom.jobs import enqueue, follow_up
from songloom.library.models import Features, Track

KIND = "analyse.extract"


def measure(track: Track) -> Features:
    """Measure one track now, once a features version; see `measuring.measure`."""
    return measuring.measure(track)


def measure_within_budget(track: Track) -> Features:
    """The same when a core of the budget is free; raises Postponed when it is not."""
    with budgets.core():
        return measuring.measure(track)


def budget() -> dict[str, int]:
    """{"cores", "from_hour", "to_hour"}."""
    return budgets.read().document()


def set_budget(*, cores: int = 1, from_hour: int = 0, to_hour: int = 24) -> None:
    """Raises BadValue outside the ranges."""
    budgets.write(Budget(cores=cores, from_hour=from_hour, to_hour=to_hour))


def lanes() -> int:
    """How many tracks this worker may measure at once, within the budget."""
    return budgets.lanes()


def time_left() -> float:
    """Seconds until every track is measured, at the measured speed; 0 when none is left."""
    return speed.time_left_s()


def n_left() -> int:
    """How many tracks wait to be measured."""
    return speed.unmeasured().count()


def start_catching_up() -> None:
    """Called when a worker starts: an update may have brought a new features version."""
    if n_left():
        enqueue("analyse.catch_up", {}, key="all")


def catch_up() -> int:
    """Queue whatever this version has not measured: new tracks and, after an update, old ones.

    Returns how many. Tracks whose job waits already are not queued twice.
    """
    waiting = speed.unmeasured().order_by("created_at", "id").values_list("id", flat=True)
    for track_id in waiting.iterator():
        arguments = {"track_id": str(track_id)}
        follow_up(KIND, arguments)
    return waiting.count()
