"""Several who do something at the same moment, each with a connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run each in a thread of its own, all from one start; what they returned, or raised."""
    start = threading.Barrier(len(works))
    ended: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            start.wait(20)
            ended[place] = work()
        except Exception as exc:
            ended[place] = exc
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return ended


def parting(work: Callable[[], object]) -> Callable[[], None]:
    """The same work for a thread, which closes its connection when it is done."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return run
