"""Scans linked folders: what is new, changed, moved, away. Nothing in them is ever written.

A file is known by its path; unchanged size and time mean unchanged bytes. A moved or renamed file
is recognised by its bytes and keeps its track. A file that is gone is marked missing, not deleted.
New files are glanced at, hundreds at a time, and can be played at once; what a glance cannot judge,
and what has changed, is decoded.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.utils import timezone

from songloom.acquire import hearing
from songloom.acquire.batches import Covers, place_all
from songloom.acquire.glancing import Glanced, glanced
from songloom.acquire.models import Refusal
from songloom.acquire.outcomes import Outcome
from songloom.acquire.placing import Gone, found_again, mark_missing, place_heard
from songloom.acquire.refusing import (
    forget_refusals,
    is_of_this_version,
    is_same,
    remember,
    remembered,
)
from songloom.acquire.walking import Seen, audio_files
from songloom.errors import BadValue, NoSuchFile, RefusedInput, StorageAway, TooManyMissing
from songloom.jobs import check_cancelled, report
from songloom.library.heard import Heard
from songloom.library.models import File, Folder

MOST_MISSING = 50
MOST_MISSING_SHARE = 0.2
COMPARED = ("track_id", "folder_id", "path", "size_bytes", "modified_ns", "sha256", "parts_sha256",
            "missing_at")  # fmt: skip
BATCH = 450  # new files that are written in one transaction; the first come by fewer
AT_ONCE = 2  # files that are listened to at the same time


@dataclass
class Changes:
    """A folder as it is against what the library knows of it."""

    known: dict[str, File]
    fresh: list[Seen] = field(default_factory=list)  # new or changed
    same: list[File] = field(default_factory=list)
    gone: Gone = field(default_factory=Gone)
    refused: list[Refusal] = field(default_factory=list)  # as they were when they were refused


def scan_folders(folders: Iterable[Folder], *, accepts_missing: bool = False) -> Outcome:
    """Scan several folders; one that cannot be read is refused and the others go on.

    Raises the error of a folder when there is just that one.
    """
    total, chosen = Outcome(), list(folders)
    for at, folder in enumerate(chosen):
        share = (at / len(chosen), (at + 1) / len(chosen))
        try:
            scan_folder(folder, into=total, accepts_missing=accepts_missing, share=share)
        except (StorageAway, TooManyMissing) as exc:
            if len(chosen) == 1:
                raise
            total.refuse(folder.name, exc)
    return total


def scan_folder(
    folder: Folder,
    *,
    into: Outcome | None = None,
    accepts_missing: bool = False,
    share: tuple[float, float] = (0.0, 1.0),
) -> Outcome:
    """Bring the library up to date with one folder. May be killed and begun again at any moment.

    into             collects what came of it
    accepts_missing  mark missing whatever is gone, however much
    share            the part of the job's progress that this folder is
    Raises StorageAway when the folder cannot be read, and then changes nothing; TooManyMissing
    when more than 50 files and 20 % of them are gone, and then marks none.
    """
    outcome = Outcome() if into is None else into
    report(progress=share[0], stage=folder.name)
    changes = compare(folder)
    if not accepts_missing:
        _stop_if_too_much_is_gone(changes, n_may_have_moved=len(changes.fresh))
    for file in changes.same:
        found_again(file)
        outcome.known(str(file.track_id))
    outcome.refused.extend(
        {"source": each.path, "code": each.code, "message": each.message}
        for each in changes.refused
    )
    forget_refusals(folder, but=changes.refused)
    _take_in(folder, changes, outcome, share)
    if not accepts_missing:
        _stop_if_too_much_is_gone(changes)
    outcome.n_missing += mark_missing(changes.gone.files.values())
    folder.last_scan_at = timezone.now()
    folder.save(update_fields=["last_scan_at"])
    return outcome


def compare(folder: Folder) -> Changes:
    """What the folder holds against what is known of it. Raises StorageAway."""
    files = File.objects.filter(folder=folder).only(*COMPARED)  # 100,000 may be unchanged
    changes = Changes({file.path: file for file in files})
    refusals = remembered(folder)
    met = set()
    for seen in audio_files(Path(folder.path)):
        check_cancelled()
        met.add(seen.path)
        file, refusal = changes.known.get(seen.path), refusals.get(seen.path)
        if refusal is not None and is_same(refusal, seen):
            if is_of_this_version(refusal):
                changes.refused.append(refusal)
            else:
                changes.fresh.append(seen)
        elif file is not None and is_same(file, seen):
            changes.same.append(file)
        else:
            changes.fresh.append(seen)
    changes.gone = Gone(file for path, file in changes.known.items() if path not in met)
    return changes


def _stop_if_too_much_is_gone(changes: Changes, *, n_may_have_moved: int = 0) -> None:
    gone = changes.gone.files
    n_away_before = sum(file.missing_at is not None for file in gone.values())
    n_gone = len(gone) - n_away_before
    n_known = len(changes.known) - n_away_before
    n_sure = n_gone - n_may_have_moved
    if n_sure > MOST_MISSING and n_sure > MOST_MISSING_SHARE * n_known:
        raise TooManyMissing(
            f"{n_gone} of {n_known} files are gone; up to {MOST_MISSING} or "
            f"{MOST_MISSING_SHARE:.0%} are marked missing without asking. Is the disk connected? "
            "If they are gone for good, scan again and accept it"
        )


def _take_in(
    folder: Folder, changes: Changes, outcome: Outcome, share: tuple[float, float]
) -> None:
    start, end = share
    n_all = len(changes.fresh)

    def tell(done: int) -> None:
        report(progress=start + (end - start) * done / max(1, n_all))

    new = [seen for seen in changes.fresh if seen.path not in changes.known]
    changed = [seen for seen in changes.fresh if seen.path in changes.known]
    unclear = _glance_at(folder, new, changes.gone, outcome, tell)
    slow = unclear + changed
    _hear(folder, slow, changes.gone, outcome, lambda done: tell(n_all - len(slow) + done))


# --- glancing --------------------------------------------------------------------------------


def _glance_at(
    folder: Folder, new: list[Seen], gone: Gone, outcome: Outcome, tell: Callable[[int], None]
) -> list[Seen]:
    """Take in new files in batches; returns those that must be decoded."""
    covers, unclear, done = Covers(), [], 0
    for batch in _batches(glanced(Path(folder.path), new)):
        with batch.until_stored:
            tell(done)
            for track_id, is_new in place_all(batch.heard, folder=folder, gone=gone, covers=covers):
                outcome.stored(track_id, is_new=is_new)
        unclear += batch.unclear
        done += batch.n
    return unclear


def _batches(found: Iterator[Glanced]) -> Iterator[Glanced]:
    """Many calls as one batch; the first alone, so that its music is there soon."""
    batch = next(found, Glanced())
    yield batch
    batch = Glanced()
    for one in found:
        batch.add(one)
        if batch.n >= BATCH:
            yield batch
            batch = Glanced()
    yield batch


# --- listening -------------------------------------------------------------------------------


def _hear(
    folder: Folder, slow: list[Seen], gone: Gone, outcome: Outcome, tell: Callable[[int], None]
) -> None:
    """Decode files, two at once; rows are written here, one by one."""
    for done, (seen, listened) in enumerate(_listening(Path(folder.path), slow)):
        tell(done)
        try:
            heard, until_stored = listened.result()
            with until_stored:
                track, is_new = place_heard(heard, folder=folder, seen=seen, gone=gone)
        except RefusedInput as exc:
            outcome.refuse(seen.path, exc)
            remember(folder, seen, exc)
        else:
            outcome.stored(str(track.pk), is_new=is_new)


Listened = Future[tuple[Heard, ExitStack]]


def _listening(root: Path, fresh: list[Seen]) -> Iterator[tuple[Seen, Listened]]:
    """Each file with what is heard in it, in order, a few files ahead of whoever asks."""
    over = threading.Event()
    ahead: deque[tuple[Seen, Listened]] = deque()
    waiting = iter(fresh)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="listening") as pool:
        try:
            while True:
                for seen in islice(waiting, 2 * AT_ONCE - len(ahead)):
                    ahead.append((seen, pool.submit(_listen, root, seen, over)))
                if not ahead:
                    return
                yield ahead.popleft()
        finally:
            over.set()
            for _, left in ahead:
                left.add_done_callback(_forget)


def _listen(root: Path, seen: Seen, over: threading.Event) -> tuple[Heard, ExitStack]:
    """Runs in a thread of its own and touches no database."""
    path = root / seen.path
    if not seen.path.isascii():
        refuse_unwritable(seen.path)
    if not path.resolve().is_relative_to(root):
        raise NoSuchFile("leads out of the linked folder")
    inside = Path(seen.path)
    with ExitStack() as stack:
        listening = hearing.heard(
            path,
            name=inside.name,
            folders=inside.parts[:-1],
            beside=path.parent,
            cancelled=over.is_set,
        )
        return stack.enter_context(listening), stack.pop_all()


def refuse_unwritable(path: str) -> None:
    """A name that is no UTF-8 cannot be written into a database and found again."""
    try:
        path.encode()
    except UnicodeEncodeError as exc:
        raise BadValue("the name of this file is no UTF-8; rename it") from exc


def _forget(listened: Listened) -> None:
    if not listened.cancelled() and listened.exception() is None:
        listened.result()[1].close()
