"""Glances at new files in limited children: many a call, so that a call costs little.

A child that dies over a batch loses it; then each of its files is glanced at alone, and the one
that killed it is left to the decoder, which says what is wrong with it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from songloom.acquire.hearing import completed, cover_in
from songloom.acquire.receiving import writing
from songloom.acquire.walking import Seen
from songloom.core import sandbox
from songloom.errors import BeyondLimits
from songloom.library.heard import Heard
from songloom.library.storage import mark

GLANCE = "songloom.core.audio.glance:glance_all"
A_CALL = 50  # files
PATHS_BYTES = 12_000  # of a call: a request has 60,000, and a character may take six
AT_ONCE = 2
LIMITS = sandbox.Limits(memory_mb=256, cpu_s=20.0, wall_s=120.0, file_mb=64)
ALONE = sandbox.Limits(memory_mb=256, cpu_s=5.0, wall_s=30.0, file_mb=64)


@dataclass
class Glanced:
    """Some files: what their headers say, and which of them only the decoder can judge."""

    heard: list[tuple[Seen, Heard]] = field(default_factory=list)
    unclear: list[Seen] = field(default_factory=list)
    until_stored: ExitStack = field(default_factory=ExitStack)  # their pictures lie there till then

    @property
    def n(self) -> int:
        return len(self.heard) + len(self.unclear)

    def add(self, other: Glanced) -> None:
        self.heard += other.heard
        self.unclear += other.unclear
        self.until_stored.enter_context(other.until_stored)


def glanced(root: Path, fresh: Iterable[Seen]) -> Iterator[Glanced]:
    """All files in order, some at a time, a few calls ahead of whoever asks."""
    over = threading.Event()
    ahead: deque[Future[Glanced]] = deque()
    calls = _calls(root, fresh)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="glancing") as pool:
        try:
            while True:
                for some in islice(calls, 2 * AT_ONCE - len(ahead)):
                    ahead.append(pool.submit(_glance, root, some, over))
                if not ahead:
                    return
                yield ahead.popleft().result()
        finally:
            over.set()
            for left in ahead:
                left.add_done_callback(_forget)


def _calls(root: Path, fresh: Iterable[Seen]) -> Iterator[list[Seen]]:
    some: list[Seen] = []
    n_bytes = 0
    for seen in fresh:
        n_more = len(str(root)) + len(seen.path)
        if some and (len(some) == A_CALL or n_bytes + n_more > PATHS_BYTES):
            yield some
            some, n_bytes = [], 0
        some.append(seen)
        n_bytes += n_more
    if some:
        yield some


def _glance(root: Path, some: list[Seen], over: threading.Event) -> Glanced:
    """Runs in a thread of its own and touches no database."""
    is_inside = lru_cache(maxsize=None)(lambda folder: folder.resolve().is_relative_to(root))
    paths = [root / seen.path for seen in some]
    sound = [
        (seen, path)
        for seen, path in zip(some, paths, strict=True)
        if _is_text(seen.path) and not path.is_symlink() and is_inside(path.parent)
    ]
    got = Glanced()
    with ExitStack() as stack:
        with writing():
            directory = TemporaryDirectory(dir=settings.HOME / "tmp", prefix=mark())
        pictures = stack.enter_context(directory)
        found = _found([str(path) for _, path in sound], pictures, over)
        picture_of = lru_cache(maxsize=None)(cover_in)
        for (seen, path), one in zip(sound, found, strict=True):
            if one is not None and one["duration_s"] <= settings.LONGEST_TRACK_S:
                inside = Path(seen.path)
                heard = Heard.from_probe(path, one, original_name=inside.name)
                heard = completed(heard, inside.name, inside.parts[:-1])
                if heard.cover is None:
                    heard = replace(heard, cover=picture_of(path.parent))
                got.heard.append((seen, heard))
        clear = {seen.path for seen, _ in got.heard}
        got.unclear = [seen for seen in some if seen.path not in clear]
        got.until_stored = stack.pop_all()
    return got


def _is_text(path: str) -> bool:
    return path.isascii() or path == path.encode("utf-8", "ignore").decode()


def _found(paths: list[str], pictures: str, over: threading.Event) -> list[Any]:
    if not paths:
        return []
    try:
        return _call(paths, pictures, over, LIMITS)
    except (BeyondLimits, sandbox.SandboxFault):
        if over.is_set():
            raise
    return [_alone(path, pictures, over) for path in paths]


def _alone(path: str, pictures: str, over: threading.Event) -> Any:
    try:
        return _call([path], pictures, over, ALONE)[0]
    except (BeyondLimits, sandbox.SandboxFault):
        return None


def _call(
    paths: list[str], pictures: str, over: threading.Event, limits: sandbox.Limits
) -> list[Any]:
    asked = {"paths": paths, "cover_dir": pictures}
    found: list[Any] = sandbox.call(GLANCE, asked, limits=limits, cancelled=over.is_set)
    return found


def _forget(left: Future[Glanced]) -> None:
    if not left.cancelled() and left.exception() is None:
        left.result().until_stored.close()
