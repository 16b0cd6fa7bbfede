"""How much of the machine analysis may take: cores, hours of the day, and nobody listening."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from songloom.errors import BadValue
from songloom.jobs import Postponed, performing
from songloom.jobs.reaping import living_workers
from songloom.library.models import Preference
from songloom.library.services.attention import someone_listens

NAME = "analysis.budget"
QUEUE = "analysis"
MOST_CORES = 64
LISTENING_WAIT_S = 15.0
CORES_WAIT_S = 5.0
LONGEST_WAIT_S = 600.0  # then it looks again: the budget may have changed meanwhile


@dataclass(frozen=True)
class Budget:
    """Cores at a time, and the hours of the day (server's time) between which it may work.

    from_hour = 0 and to_hour = 24 is always; 22 and 6 is the night.
    """

    cores: int = 1
    from_hour: int = 0
    to_hour: int = 24

    def __post_init__(self) -> None:
        _within("cores", self.cores, 1, MOST_CORES)
        _within("from_hour", self.from_hour, 0, 23)
        _within("to_hour", self.to_hour, 0, 24)

    def wait_s(self, now: datetime) -> float:
        """Seconds until the hours begin; 0 within them."""
        start, stop = self.from_hour, self.to_hour % 24
        if start == stop:
            return 0.0
        if (now.hour - start) % 24 < (stop - start) % 24:
            return 0.0
        into_hour_s = now.minute * 60 + now.second
        return float((start - now.hour) % 24 * 3_600 - into_hour_s)

    def document(self) -> dict[str, int]:
        return asdict(self)


def read() -> Budget:
    """The budget as it was set; what cannot be understood counts as not set."""
    stored: Any = Preference.read(NAME, {})
    try:
        return Budget(**stored)
    except (BadValue, TypeError):
        return Budget()


def write(budget: Budget) -> None:
    Preference.write(NAME, budget.document())


def lanes() -> int:
    """How many tracks this worker may measure at once: its share of this machine's cores."""
    cores = read().cores
    me = performing.WORKER
    here = me.rpartition(":")[0]
    peers = sorted(w.name for w in living_workers() if w.host == here and w.serves(QUEUE))
    if me not in peers:
        return cores
    return cores // len(peers) + (peers.index(me) < cores % len(peers))


_measuring = 0
_lock = threading.Lock()


@contextmanager
def core() -> Iterator[None]:
    """Hold one core of the budget for one track.

    Raises Postponed outside the hours, while somebody listens, and while all cores are taken. A
    command that runs its own jobs, with no worker, was asked for now: it does not wait.
    """
    global _measuring
    budget = read()
    if living_workers(QUEUE):
        _look(budget)
    with _lock:
        if _measuring >= budget.cores and living_workers(QUEUE):
            raise Postponed(CORES_WAIT_S, "Waiting for a free core.")
        _measuring += 1
    try:
        yield
    finally:
        with _lock:
            _measuring -= 1


def _look(budget: Budget) -> None:
    wait_s = budget.wait_s(timezone.localtime())
    if wait_s > 0:
        raise Postponed(min(wait_s, LONGEST_WAIT_S), "Paused outside the hours.")
    if someone_listens():
        raise Postponed(LISTENING_WAIT_S, "Paused while someone is listening.")


def _within(name: str, value: Any, lowest: int, highest: int) -> None:
    if not isinstance(value, int) or not lowest <= value <= highest:
        raise BadValue(f"{name} is {value}; {lowest} to {highest} are allowed")
