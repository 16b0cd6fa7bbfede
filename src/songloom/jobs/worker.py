"""The embedded worker: lanes (threads) take jobs from their queues, a beat keeps leases alive."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker as Carrier
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from songloom.jobs.away import missed, patiently, watch
from songloom.jobs.models import Job, Worker
from songloom.jobs.performing import WORKER, keep_leases, live, requeue
from songloom.jobs.place import HOST
from songloom.jobs.reaping import reap, reap_namesake
from songloom.jobs.registry import QUEUES

logger = logging.getLogger(__name__)
LOOK_EVERY_S = 0.2
BEAT_EVERY_S = 5.0
Carried = DBTaskResult[Any, Any]
LANES = dict.fromkeys(QUEUES, 1)


def take(queue: str | None = None, *, among: list[UUID] | None = None) -> Carried | None:
    """Claim the next carried task, or None. A look without a lock comes first: idling is cheap."""
    ready = DBTaskResult.objects.ready()
    if queue is not None:
        ready = ready.filter(queue_name=queue)
    if among is not None:
        ready = ready.filter(pk__in=among)
    if not ready.exists():
        return None
    try:
        with exclusive_transaction():
            task = ready.select_for_update(skip_locked=True).first()
            if task is not None:
                task.claim(WORKER[:64])
            return task
    except OperationalError as exc:  # locked for longer than the timeout: look again later
        if missed(exc):
            raise
        logger.warning("the queue is locked; looking again")
        return None


def run_carried(task: Carried) -> None:
    """Run one claimed task to its end and forget its carrier row: the job's row holds the state."""
    try:
        _carry(task)
    except (OperationalError, InterfaceError) as exc:  # the carrier could not write how it ended
        if not missed(exc):
            raise
        patiently(lambda: DBTaskResult.objects.filter(pk=task.pk).delete())
        return
    if task.exception_class_path == "builtins.KeyboardInterrupt":  # the carrier swallows it
        raise KeyboardInterrupt
    ended = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.SUCCESSFUL)
    patiently(ended.delete)


def _carry(task: Carried) -> None:
    Carrier(
        queue_names=["*"],
        interval=LOOK_EVERY_S,
        batch=True,
        backend_name=task.backend_name,
        startup_delay=False,
        max_tasks=None,
        worker_id=WORKER[:64],
        excluded_queue_names=[],
    ).run_task(task)


class EmbeddedWorker:
    """Runs until `stop`; then the lanes finish what they run, or are cut off after `drain_s`.

    lanes   queue → how many of its jobs run at once
    widths  queue → the same, asked anew with every beat; 0 takes nothing for now
    """

    def __init__(
        self,
        lanes: Mapping[str, int] | None = None,
        widths: Mapping[str, Callable[[], int]] | None = None,
    ) -> None:
        self.lanes = dict(lanes or LANES)
        self.widths = {queue: ask for queue, ask in (widths or {}).items() if queue in self.lanes}
        self.threads: dict[tuple[str, int], threading.Thread] = {}
        self.stopping = threading.Event()

    def stop(self) -> None:
        self.stopping.set()

    def run(self, *, drain_s: float = 20.0) -> None:
        """Blocks until stopped. The main thread calls it, with signal handlers that call `stop`."""
        queues = ",".join(self.lanes)
        announce(queues)
        reap_namesake()
        reap()
        self._fill()
        while not self.stopping.wait(BEAT_EVERY_S):
            beat(queues)
            self._fill()
        for thread in self.threads.values():
            thread.join(drain_s / max(1, len(self.threads)))
        leave()

    def _fill(self) -> None:
        """Start the lanes that are wanted and not there; those too many end after their job."""
        for queue, ask in self.widths.items():
            try:
                self.lanes[queue] = ask()
            except Exception as exc:
                if not missed(exc):
                    logger.exception("how many lanes %s may have is not known; going on", queue)
        for key in [(queue, i) for queue, n in self.lanes.items() for i in range(n)]:
            there = self.threads.get(key)
            if there is None or not there.is_alive():
                name = f"{key[0]}-{key[1]}"
                self.threads[key] = threading.Thread(
                    target=self._lane, args=key, name=name, daemon=True
                )
                self.threads[key].start()

    def _lane(self, queue: str, number: int) -> None:
        while not self.stopping.is_set() and number < self.lanes[queue]:
            close_old_connections()
            try:
                task = take(queue)
                watch.met()
                if task is not None:
                    run_carried(task)
                    continue
            except Exception as exc:
                if not missed(exc):
                    logger.exception("lane %s: an unexpected failure; going on", queue)
            self.stopping.wait(watch.pause_s() if watch.is_missing else LOOK_EVERY_S)
        connection.close()


def announce(queues: str) -> None:
    Worker.objects.update_or_create(
        name=WORKER,
        defaults={
            "host": HOST,
            "pid": os.getpid(),
            "queues": queues[:100],
            "seen_at": timezone.now(),
        },
    )
    old = timezone.now() - timedelta(days=1)
    Worker.objects.filter(seen_at__lt=old).delete()


def leave() -> None:
    """Say good-bye, and give back what this process still runs: it is about to exit."""
    close_old_connections()  # this thread may not have asked anything since before a restart
    try:
        Worker.objects.filter(name=WORKER).delete()
    except (OperationalError, InterfaceError) as exc:
        if not missed(exc):
            raise
        return  # nobody can be told: leases run out
    release_live()


def beat(queues: str = "") -> None:
    """Say that this worker lives, move its leases on, take up what others left."""
    close_old_connections()
    try:
        if not Worker.objects.filter(name=WORKER).update(seen_at=timezone.now()):
            announce(queues)
        keep_leases()
        watch.met()
        reap()
    except Exception as exc:
        if not missed(exc):
            logger.exception("beat failed; trying again in %s s", BEAT_EVERY_S)


def release_live() -> None:
    """Nobody shall wait for what a process runs that is about to exit."""
    for attempt in list(live.values()):
        job = Job.objects.filter(pk=attempt.job_id).first()
        if job is not None:
            requeue(job, attempt, counts=False)
