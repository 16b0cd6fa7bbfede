"""What came of bringing in many things: the `add` and `scan` document, with ids for tracks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from songloom.errors import SongloomError

MOST_EXISTING = 1_000  # ids of known tracks in one result


@dataclass
class Outcome:
    """What was added, what was there already, what was refused and why, what is away."""

    added: list[str] = field(default_factory=list)
    existing: list[str] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    n_existing: int = 0
    n_missing: int = 0
    _is_added: set[str] = field(default_factory=set)

    def stored(self, track_id: str, *, is_new: bool) -> None:
        """Note a track once, however many of its files were met."""
        if is_new:
            self._is_added.add(track_id)
            self.added.append(track_id)
        elif track_id not in self._is_added:
            self.known(track_id)

    def known(self, track_id: str) -> None:
        self.n_existing += 1
        if len(self.existing) < MOST_EXISTING and track_id not in self.existing[-3:]:
            self.existing.append(track_id)

    def refuse(self, source: str, exc: SongloomError) -> None:
        shown = source.encode("utf-8", "replace").decode()
        self.refused.append({"source": shown, "code": exc.code, "message": str(exc)})

    def document(self) -> dict[str, Any]:
        """The result of a job."""
        return {
            "track_ids": [*self.added, *self.existing],
            "added": self.added,
            "existing": self.existing,
            "n_existing": self.n_existing,
            "refused": self.refused,
            "n_missing": self.n_missing,
        }
