"""All rows of a table or none, without holding the database for so long: each step can be undone.

A strict import writes in short transactions, and beside each what it needs to be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from songloom.acquire.models import Undo
from songloom.jobs.models import Job
from songloom.jobs.running import current
from songloom.library.exchange.undoing import forget, restore, snapshot
from songloom.library.ids import uuid7
from songloom.library.inserting import insert

BATCH = 500
ABANDONED = timedelta(days=1)  # of an import that no job knows
UNDO = ("attempt", "job_id", "began_at", "track_id", "before")


class Attempt:
    """One run of one strict import."""

    def __init__(self) -> None:
        running = current()
        self.pk = uuid7()
        self.job_id = running.job_id if running else None
        self._row = (self.pk, self.job_id, timezone.now())

    def changes(self, ids: list[UUID]) -> None:
        """Within the transaction that changes these tracks, before it does."""
        insert(Undo, UNDO, ((*self._row, pk, row) for pk, row in snapshot(ids).items()))

    def makes(self, ids: Iterable[UUID]) -> None:
        """Within the transaction that made these tracks."""
        insert(Undo, UNDO, ((*self._row, pk, None) for pk in ids))


@contextmanager
def all_or_none() -> Iterator[Attempt]:
    """Whatever ends the block early takes back what it did, an earlier attempt of its job too."""
    attempt = Attempt()
    if attempt.job_id is not None:
        _take_back(Undo.objects.filter(job_id=attempt.job_id))
    mine = Undo.objects.filter(attempt=attempt.pk)
    try:
        yield attempt
    except BaseException:
        _take_back(mine)
        raise
    while part := list(mine.values_list("pk", flat=True)[:BATCH]):
        Undo.objects.filter(pk__in=part).delete()


def take_back_left() -> None:
    """Undo what imports have left that nobody goes on with: killed, and given up or forgotten."""
    for attempt, job_id in Undo.objects.order_by().values_list("attempt", "job_id").distinct():
        left = Undo.objects.filter(attempt=attempt)
        if job_id is None or not Job.objects.filter(pk=job_id).exists():
            if left.filter(began_at__gt=timezone.now() - ABANDONED).exists():
                continue
        elif Job.objects.unfinished().filter(pk=job_id).exists():
            continue
        _take_back(left)


def _take_back(undos: QuerySet[Undo]) -> None:
    """The latest step first, each part in a transaction of its own."""
    first = undos.order_by("id").first()
    while first is not None:
        with transaction.atomic():
            part = list(undos.order_by("-id").select_for_update()[:BATCH])
            if not part:
                return
            since = first.began_at
            restore({one.track_id: one.before for one in part if one.before is not None}, since)
            forget([one.track_id for one in part if one.before is None], since)
            Undo.objects.filter(pk__in=[undo.pk for undo in part]).delete()
