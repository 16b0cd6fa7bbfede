"""What every storage can do, whether it lies in the home or far away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Shelf = Literal["audio", "renditions", "covers", "scores", "models", "tables"]
SHELVES: tuple[Shelf, ...] = ("audio", "renditions", "covers", "scores", "models", "tables")


def key_of(sha256: str, shelf: Shelf) -> str:
    """The name of these bytes, the same in every storage: `audio/ab/ab12…`."""
    return f"{shelf}/{sha256[:2]}/{sha256}"


@dataclass(frozen=True)
class Entry:
    """One thing that lies on a shelf, whether or not a row speaks of it."""

    key: str
    size_bytes: int
    modified_s: float  # since 1970

    @property
    def name(self) -> str:
        """The hash of its bytes, if it is what it should be."""
        return self.key.rpartition("/")[2]


class Store(Protocol):
    """Bytes by their hash. A name appears only when its bytes are complete and durable.

    Every call may raise StorageAway; writing may raise DiskFull as well.
    """

    @property
    def name(self) -> str:
        """For people; holds no secret."""

    def where(self, sha256: str, shelf: Shelf) -> str:
        """Where these bytes lie, for people and scripts: a path or an address."""

    def keep(
        self, path: Path, sha256: str, shelf: Shelf, *, move: bool = True, use_up: bool = True
    ) -> None:
        """Make the bytes at `path` durable under their hash; see `storage.keep`."""

    def drop(self, sha256: str, shelf: Shelf) -> None:
        """Forget these bytes; forgotten before is no error."""

    def is_there(self, sha256: str, shelf: Shelf) -> bool:
        """Whether these bytes lie here, complete."""

    def path(self, sha256: str, shelf: Shelf) -> Path | None:
        """The file itself, where it lies on a disk of this machine; else None."""

    def at_hand(self, sha256: str, shelf: Shelf) -> AbstractContextManager[Path]:
        """These bytes as a file of this machine, to be read within the block alone."""

    def pieces(self, sha256: str, shelf: Shelf) -> Iterator[bytes]:
        """These bytes from beginning to end, past every cache."""

    def entries(self, shelf: Shelf) -> Iterator[Entry]:
        """All that lies on a shelf, in the order of the keys."""

    def remove(self, key: str) -> bool:
        """Remove an entry that no row speaks of; whether it is gone."""

    def unfinished(self, *, older_than_s: float) -> Iterator[str]:
        """Uploads that began long ago and never ended; nobody sees them, but they take room."""

    def end_unfinished(self, key: str) -> None:
        """Give back the room of one of those."""

    def is_reachable(self) -> bool:
        """Whether it answers now; asks briefly."""
