"""Files of a far storage that were at hand lately, up to a size; the longest unused leave first.

Whoever reads one gets a name of its own for it (a hard link): it stays readable when it leaves the
cache meanwhile, and no process waits for another.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


class Cache:
    """Complete files only, under the keys of the storage; shared by all processes of a home."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder = folder
        self.most_bytes = most_bytes

    def lend(self, key: str, target: Path) -> bool:
        """Give the kept file a second name `target`; False, and nothing is there, if not kept."""
        target.unlink(missing_ok=True)
        try:
            _second_name(self.folder / key, target)
            os.utime(target)  # used just now; the same file, whichever name it is asked by
        except OSError:
            target.unlink(missing_ok=True)
            return False
        return True

    def take(self, key: str, source: Path) -> None:
        """Keep a complete file, unless it alone is too large. A cache that cannot is no error."""
        place = self.folder / key
        draft = place.with_name(f".{place.name}.{os.urandom(4).hex()}")
        with suppress(OSError):
            if source.stat().st_size > self.most_bytes:
                return
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                _second_name(source, draft)
                draft.replace(place)
            finally:
                draft.unlink(missing_ok=True)
            self.shrink(self.most_bytes)

    def forget(self, key: str) -> None:
        with suppress(OSError):
            (self.folder / key).unlink(missing_ok=True)

    def shrink(self, most_bytes: int) -> None:
        """Let the longest unused go until no more than this is kept."""
        kept = sorted(self._kept())
        n_bytes = sum(size for _, size, _ in kept)
        for _, size, path in kept:
            if n_bytes <= most_bytes:
                return
            path.unlink(missing_ok=True)
            n_bytes -= size

    def _kept(self) -> Iterator[tuple[int, int, Path]]:
        """Everything kept: when it was used last, its size, its place."""
        for path in self.folder.rglob("*"):
            with suppress(FileNotFoundError):
                found = path.lstat()
                if path.is_file():
                    yield found.st_mtime_ns, found.st_size, path


def _second_name(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one that knows no second names
        shutil.copyfile(source, target)
