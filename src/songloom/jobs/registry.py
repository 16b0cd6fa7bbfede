"""The kinds of jobs there are, and which follow which event. Filled at start by `config`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Function = Callable[..., dict[str, Any] | None]
QUEUES = ("interactive", "generation", "analysis")


@dataclass(frozen=True)
class Kind:
    """A kind of job: its function takes JSON keyword arguments and is safe to run twice."""

    name: str
    function: Function
    queue: str
    timeout_s: float
    retries: int
    on_disk: bool = False
    priority: int = 0


kinds: dict[str, Kind] = {}
_following: dict[str, tuple[str, ...]] = {}


def job(
    name: str,
    *,
    queue: str = "interactive",
    timeout_s: float = 600,
    retries: int = 2,
    on_disk: bool = False,
    priority: int = 0,
) -> Callable[[Function], Function]:
    """Register a function as a kind of job.

    queue      "interactive" (short, somebody waits), "generation" (heavy, somebody waits) or
               "analysis" (heavy, may wait)
    timeout_s  seconds after which the job counts as failed
    retries    further attempts after a crash or a TryLater; at most 2, then the job is dead
    on_disk    it may read a path of the machine that asked for it: a command does not leave it to
               workers of other machines
    priority   -100 … 100: of what waits in one queue the highest first. A broker keeps its order
    """

    if queue not in QUEUES:
        raise LookupError(f"{name}: no queue is called {queue}")

    def register(function: Function) -> Function:
        kinds[name] = Kind(name, function, queue, timeout_s, min(retries, 2), on_disk, priority)
        return function

    return register


def follow(pipeline: Mapping[str, tuple[str, ...]]) -> None:
    """Say which kinds follow which event. A kind that nobody registered is refused at once."""
    unknown = {kind for following in pipeline.values() for kind in following} - kinds.keys()
    if unknown:
        raise LookupError(f"the pipeline names jobs that do not exist: {sorted(unknown)}")
    _following.clear()
    _following.update(pipeline)


def following(event: str) -> tuple[str, ...]:
    """The kinds that follow an event. A misspelt event is an error, not silence."""
    return _following[event]
