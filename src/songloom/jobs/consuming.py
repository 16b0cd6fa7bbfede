"""The worker that a broker wakes: Celery takes ids from one queue, leases are kept as everywhere.

One job at a time in the main thread (Celery's `solo` pool): what kills a process ends one job
alone, and who wants more takes more processes. All state is in the database, so no results, no
events and no remote control go over the broker.
"""

from __future__ import annotations

import logging
import os
import threading
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import CPendingDeprecationWarning, Reject
from celery.worker import state
from celery.worker.request import Request
from django.conf import settings
from django.db import close_old_connections, connection
from kombu import Exchange, Queue

from songloom.jobs.away import patiently
from songloom.jobs.broker import TASK, queue_name, transport_options
from songloom.jobs.performing import WORKER
from songloom.jobs.reaping import reap, reap_namesake
from songloom.jobs.tasks import run
from songloom.jobs.worker import BEAT_EVERY_S, announce, beat, leave

logger = logging.getLogger(__name__)
STOPPED = 0  # Celery's word for an orderly end


def application(queue: str) -> Any:
    """Celery on one queue of the broker, with the one task that every carrier knows."""
    # Celery asks at each lost connection whether to end what runs: no, its lease is in the database
    warnings.simplefilter("ignore", CPendingDeprecationWarning)
    name = queue_name(queue)
    app = Celery("songloom", broker=settings.BROKER_URL, fixups=[], set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        broker_connection_max_retries=None,
        broker_connection_retry_on_startup=True,
        broker_heartbeat=0,  # the main thread runs jobs; a lost message is the sweep's business
        broker_transport_options=transport_options(),
        task_acks_late=True,
        task_acks_on_failure_or_timeout=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_queues=[Queue(name, Exchange(""), routing_key=name, durable=True)],
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_enable_prefetch_count_reduction=False,
        worker_enable_remote_control=False,
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
    )
    app.task(name=TASK, bind=True, Request=Acknowledged)(_perform)
    return app


class Acknowledged(Request):  # type: ignore[misc]
    """Lets a connection that broke while the job ran come to light: Celery then connects anew.

    It would only write it down, and with Redis wait for ever, since the message that could not be
    acknowledged is the one that it may have at a time.
    """

    acknowledged: bool
    message: Any

    def acknowledge(self) -> None:
        if not self.acknowledged:
            self.acknowledged = True
            self.message.ack()


def _perform(task: Any, job_id: str) -> None:
    """Whatever cannot even be written down leaves the job queued: the sweep sends it again."""
    if state.should_stop is not None:  # Celery takes one more message before it looks
        raise Reject("this worker ends", requeue=True)
    close_old_connections()
    if task.request.delivery_info.get("redelivered"):  # who had it may have died
        patiently(reap)
    run.func(job_id)


class BrokerWorker:
    """Runs until `stop`; then it ends what it runs, or is cut off after `drain_s`."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        self.stopping = threading.Event()
        self.ended = threading.Event()

    def stop(self) -> None:
        self.stopping.set()
        state.should_stop = STOPPED

    def run(self, *, drain_s: float = 20.0) -> None:
        """Blocks until stopped. The main thread calls it, with signal handlers that call `stop`."""
        announce(self.queue)
        reap_namesake()
        reap()
        for work, words in ((self._beat, "beat"), (lambda: self._cut_off(drain_s), "end")):
            threading.Thread(target=work, name=words, daemon=True).start()
        app = application(self.queue)
        controller = app.WorkController(
            hostname=f"{self.queue}@{WORKER}",
            pool="solo",
            concurrency=1,
            queues=[queue_name(self.queue)],
            use_eventloop=False,  # it would only wait between two jobs that run one by one
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        try:
            controller.start()
        finally:
            self.ended.set()
            self.stopping.set()
            leave()

    def _beat(self) -> None:
        while not self.stopping.wait(BEAT_EVERY_S):
            beat(self.queue)
        connection.close()

    def _cut_off(self, drain_s: float) -> None:
        """The main thread is busy with a job that does not end: leave it, and say so."""
        self.stopping.wait()
        if not self.ended.wait(drain_s):
            leave()
            os._exit(0)
