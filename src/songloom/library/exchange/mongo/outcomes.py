"""What came of an exchange: the `mongo` document of the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from songloom.library.exchange.reading import Flaw

MOST_FLAWS = 1_000
Told = Callable[[int, int], None]  # how many are done, and of how many


def nobody(n_done: int, n_all: int) -> None:
    """Who is told when nobody asks."""


@dataclass
class Exchanged:
    """Counts of documents written, tracks made or changed, deletions and conflicts on the way."""

    n_pushed: int = 0
    n_pulled: int = 0
    n_deleted: int = 0
    n_conflicts: int = 0
    n_sounds: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, of: str, flaws: list[Flaw]) -> None:
        for flaw in flaws[: MOST_FLAWS - len(self.refused)]:
            found = flaw.document()
            del found["line"]
            self.refused.append({"id": of, **found})

    def document(self) -> dict[str, Any]:
        return {
            "pushed": self.n_pushed,
            "pulled": self.n_pulled,
            "deleted": self.n_deleted,
            "conflicts": self.n_conflicts,
            "sounds": self.n_sounds,
            "refused": self.refused,
        }
