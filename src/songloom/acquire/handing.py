"""Tables that were sent, on their way to the worker that reads them.

They wait in the storage, since that worker may run on another machine; gone when they are read or
refused. What failed for want of a disk or a database may be tried again for a day.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from songloom.acquire.receiving import Received
from songloom.errors import NoSuchFile
from songloom.jobs.models import Job
from songloom.jobs.running import current
from songloom.library import storage
from songloom.library.keep.sweeping import OLD_S
from songloom.library.services.bin import drop_unspoken
from songloom.library.turns import in_turn

KIND = "acquire.table"
KEPT = timedelta(days=1)
MAY_BE_READ = (*Job.UNFINISHED, Job.State.FAILED, Job.State.DEAD)


def hand_over(got: Received, enqueue: Callable[[], Job]) -> Job:
    """Keep the bytes and queue the job that names them. Raises DiskFull, StorageAway."""
    sweep()
    storage.keep(got.path, got.sha256, "tables", move=False)
    with in_turn(f"bytes {got.sha256}"):
        storage.keep(got.path, got.sha256, "tables", move=False)  # another's job may have ended now
        return enqueue()


@contextmanager
def at_hand(sha256: str) -> Iterator[Path]:
    """The table as a file of this machine, within the block."""
    if not storage.is_there(sha256, "tables"):
        raise NoSuchFile("the table is no longer kept here; send it again")
    with storage.at_hand(sha256, "tables") as path:
        yield path


def forget(sha256: str) -> None:
    """The running job needs it no more; it goes, unless another is to read the same bytes.

    Without a hash there was a path, and what lies there is somebody's.
    """
    if not sha256:
        return
    running = current()
    mine = str(running.job_id) if running else ""
    drop_unspoken({sha256}, "tables", lambda: {named for pk, named in spoken() if pk != mine})


def spoken() -> list[tuple[str, str]]:
    """(job, sha256) of every table that may still be read."""
    young = timezone.now() - KEPT
    jobs = Job.objects.filter(kind=KIND, state__in=MAY_BE_READ, created_at__gte=young)
    named = [(str(pk), given.get("sha256")) for pk, given in jobs.values_list("pk", "arguments")]
    return [(pk, sha256) for pk, sha256 in named if sha256]


def sweep() -> None:
    """Take away what cancelled and given-up jobs have left."""
    old_s = time.time() - OLD_S
    left = {each.name for each in storage.store().entries("tables") if each.modified_s < old_s}
    if left:
        drop_unspoken(left, "tables", lambda: {sha256 for _, sha256 in spoken()})
