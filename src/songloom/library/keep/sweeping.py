"""Takes away what dead processes left on its way in."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from songloom.jobs.place import HOST, lives

OLD_S = 3_600  # a younger one may be on its way in, whoever works on it


def sweep() -> int:
    """Remove temp files and folders that nobody works on any more; returns how many.

    Called when a worker starts. What this machine's living processes work on stays.
    """
    return sum(remove(path) for path in stale())


def stale() -> Iterator[Path]:
    """What lies in the home's tmp: of a dead process of this machine, or old."""
    folder: Path = settings.HOME / "tmp"
    for path in sorted(folder.glob("*")):
        owner = _owner(path.name)
        if is_old(path) if owner is None else not lives(HOST, owner):
            yield path


def remove(path: Path) -> bool:
    """Take away a file, or a folder with all that is in it; whether it is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return not path.exists()


def is_old(path: Path) -> bool:
    """Whether it was last written to an hour ago; what is gone meanwhile is not."""
    try:
        return time.time() - path.stat().st_mtime > OLD_S
    except FileNotFoundError:
        return False


def _owner(name: str) -> int | None:
    """The process of this machine that works on it, where the name says so: see `storage.mark`."""
    here = f"{HOST}."
    pid = name.removeprefix(here).partition(".")[0]
    return int(pid) if name.startswith(here) and pid.isdigit() else None
