"""Listens to one file in a limited child, and fills in what its tags do not say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from songloom.acquire.names import tags_from_name
from songloom.acquire.receiving import writing
from songloom.core import sandbox
from songloom.core.audio import sniff
from songloom.errors import NoSuchFile, SongloomError
from songloom.jobs import check_cancelled
from songloom.library.heard import Heard
from songloom.library.storage import mark

PROBE = "songloom.core.audio.probe:probe"
LEAST_CPU_S = 60.0
CPU_S_PER_MB = 2.0  # ten times what the slowest format took
COVER_NAMES = ("cover", "folder", "front", "albumart", "album")
COVER_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif")


@contextmanager
def heard(
    path: Path,
    *,
    name: str,
    folders: tuple[str, ...] = (),
    beside: Path | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[Heard]:
    """What is heard in the file at `path`; the picture in it lies there only within the block.

    name     what the file is called by whoever brought it
    folders  the folders around it, where their names mean something
    beside   the folder in which a cover may lie, when the file itself holds none
    Raises NotAudio and its kind, EmptyFile, TooLong, BeyondLimits, Cancelled.
    """
    sniff.refuse_at_sight(str(path))
    with writing():
        directory = TemporaryDirectory(dir=settings.HOME / "tmp", prefix=mark())
    with directory as covers:
        size_mb = _size_bytes(path) / 1e6
        cpu_s = LEAST_CPU_S + CPU_S_PER_MB * size_mb
        found = sandbox.call(
            PROBE,
            {"path": str(path), "cover_dir": covers, "longest_s": settings.LONGEST_TRACK_S},
            limits=sandbox.Limits(cpu_s=cpu_s, wall_s=5 * cpu_s, file_mb=64),
            cancelled=cancelled or is_cancelled,
        )
        known = Heard.from_probe(path, found, original_name=name)
        known = completed(known, name, folders)
        yield replace(known, cover=known.cover or (cover_in(beside) if beside else None))


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as exc:
        raise NoSuchFile(f"cannot be read ({exc.strerror})") from exc


def is_cancelled() -> bool:
    """Whether the job that this runs in shall stop."""
    try:
        check_cancelled()
    except SongloomError:
        return True
    return False


def completed(known: Heard, name: str, folders: tuple[str, ...]) -> Heard:
    """With what its name and folders say, where it has no title of its own."""
    if any(known.tags.get("title", [])):
        return known
    stem = name.rpartition(".")[0] or name
    said = tags_from_name(stem, folders)
    own = {field: values for field, values in known.tags.items() if any(values)}
    return replace(known, tags=said | own)


def cover_in(folder: Path) -> Path | None:
    """The picture of a folder: cover, folder, front … by name."""
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return None
    by_stem = {
        Path(name).stem.casefold(): name
        for name in reversed(names)
        if Path(name).suffix.casefold() in COVER_ENDINGS
    }
    for stem in COVER_NAMES:
        found = folder / by_stem[stem] if stem in by_stem else None
        if found is not None and found.is_file() and not found.is_symlink():
            return found
    return None
