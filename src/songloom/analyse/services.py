"""The verbs of analysis: measure a track, say how long the rest takes, keep to a budget."""

from __future__ import annotations

from songloom.analyse import budget as budgets
from songloom.analyse import measuring, speed
from songloom.analyse.budget import Budget
from songloom.jobs import enqueue, follow_up_each
from songloom.jobs.models import Job
from songloom.library.models import Features, Track

KIND = "analyse.extract"
COMPLETE = "analyse.complete"
MANY = 20  # songs that wait: before, each is heard as a whole at once


def measure(track: Track) -> Features:
    """Measure one track now, once a features version; see `measuring.measure`."""
    return measuring.measure(track)


def measure_within_budget(track: Track) -> Features:
    """The same when a core of the budget is free; raises Postponed when it is not."""
    with budgets.core():
        return measuring.measure(track)


def measure_coarsely_within_budget(track: Track) -> Features:
    """A few places of the track, so that all can be searched soon; raises Postponed likewise."""
    with budgets.core():
        return measuring.measure_coarsely(track)


def is_crowded() -> bool:
    """Whether so many songs wait that a coarse pass over all of them comes first."""
    waiting = Job.objects.filter(kind=KIND, state=Job.State.QUEUED).order_by()
    return waiting[:MANY].count() >= MANY


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
    """Seconds until every track is measured as a whole, at the measured speed; 0 when none is."""
    return speed.time_left_s()


def n_left() -> int:
    """How many tracks wait to be measured as a whole."""
    return speed.unmeasured().count()


def start_catching_up() -> None:
    """Called when a worker starts: an update may have brought a new features version."""
    if n_left():
        enqueue("analyse.catch_up", {}, key="all")


def catch_up() -> int:
    """Queue whatever this version has not measured: new tracks and, after an update, old ones.

    Returns how many. Tracks whose job waits already are not queued twice; those of which something
    is known come after those of which nothing is.
    """
    waiting = speed.unmeasured().order_by("created_at", "id").values_list("id", flat=True)
    unheard = waiting.filter(features__isnull=True)
    follow_up_each(KIND, ({"track_id": str(pk)} for pk in unheard))
    rest = waiting.filter(features__isnull=False)
    follow_up_each(COMPLETE, ({"track_id": str(pk)} for pk in rest))
    return waiting.count()
