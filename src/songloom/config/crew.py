"""Which worker processes there are: for `songloom up` and `songloom worker` alike."""

from __future__ import annotations

from collections.abc import Sequence

from songloom.config.children import Group


def add_workers(group: Group, queues: Sequence[str], n: int, *, by_broker: bool) -> None:
    """n processes for these queues together; with a broker n for each of them."""
    for number in range(1, n + 1):
        for served in [[queue] for queue in queues] if by_broker else [list(queues)]:
            name = f"worker {number} ({', '.join(served) or 'all'})"
            group.add(name, "-m", "songloom.config.worker", *served)
