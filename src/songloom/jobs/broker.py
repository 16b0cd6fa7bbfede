"""The way to a broker: puts a job's id on a queue there, and counts what waits in it.

Only kombu is imported, and only once something is sent: a web process stays small. The message is
one that Celery's workers understand.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings

from songloom.jobs.models import QueuePrefix

logger = logging.getLogger(__name__)
ANSWERS_WITHIN_S = 3.0
QUIET_S = 5.0  # after a failure nobody knocks for so long: a request must not wait for a dead host
TASK = "songloom.jobs.tasks.run"


class BrokerAway(Exception):
    """The broker cannot be reached, or does not answer. What waits is sent again by the sweep."""


def queue_name(queue: str) -> str:
    """What a queue is called on the broker: two libraries that share one never mix."""
    return f"{_prefix()}.{queue}"


@cache
def _prefix() -> str:
    return QueuePrefix.of_this_library()


def transport_options() -> dict[str, Any]:
    """For sender and worker alike; every key that Redis needs bears this library's name."""
    if settings.BROKER_URL.startswith("amqp"):
        return {"confirm_publish": True}
    return {f"unacked{part}_key": f"{_prefix()}.unacked{part}" for part in ("", "_index", "_mutex")}


class Broker:
    """One connection, shared by the threads of a process, opened when it is needed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = threading.Lock()
        self._connection: Any = None
        self._channel: Any = None
        self._pid = os.getpid()
        self._quiet_until = 0.0

    def send(self, queue: str, job_id: str) -> None:
        """Put the id on its queue, and know that it is there. Raises BrokerAway."""
        name = queue_name(queue)

        def put(channel: Any) -> None:
            from kombu import Producer

            self._declare(channel, name)
            Producer(channel, auto_declare=False).publish(
                _body(job_id),
                exchange="",
                routing_key=name,
                serializer="json",
                headers=_headers(job_id),
                correlation_id=job_id,
                delivery_mode=2,
                confirm_timeout=ANSWERS_WITHIN_S,
            )

        self._try(put)

    def n_waiting(self, queue: str) -> int:
        """How many messages wait there that no worker has yet. Raises BrokerAway."""
        name = queue_name(queue)
        return int(self._try(lambda channel: self._declare(channel, name)))

    def is_there(self) -> bool:
        try:
            self.n_waiting("interactive")
        except BrokerAway:
            return False
        return True

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _declare(self, channel: Any, name: str) -> int:
        return int(channel.queue_declare(queue=name, durable=True, auto_delete=False).message_count)

    def _try(self, work: Callable[[Any], Any]) -> Any:
        """Do it, on a new connection if the kept one has broken."""
        with self._lock:
            self._forget_before_fork()
            if time.monotonic() < self._quiet_until:
                raise BrokerAway
            is_fresh = self._channel is None
            try:
                return work(self._open())
            except self._errors() as exc:
                self._drop()
                if is_fresh:
                    raise self._away(exc) from exc
            try:
                return work(self._open())
            except self._errors() as exc:
                self._drop()
                raise self._away(exc) from exc

    def _away(self, exc: Exception) -> BrokerAway:
        self._quiet_until = time.monotonic() + QUIET_S
        logger.warning("the broker is away (%s); jobs wait in the database", type(exc).__name__)
        return BrokerAway()

    def _open(self) -> Any:
        if self._channel is None:
            self._connection = _connection(self.url)
            self._channel = self._connection.channel()
        return self._channel

    def _errors(self) -> tuple[type[Exception], ...]:
        from kombu.exceptions import KombuError

        known = self._connection or _connection(self.url)
        return (*known.connection_errors, *known.channel_errors, KombuError, OSError)

    def _drop(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            connection.collect()  # without a farewell that could wait for an answer

    def _forget_before_fork(self) -> None:
        if self._pid != os.getpid():  # the parent's connection: not ours to use or to close
            self._pid, self._connection, self._channel = os.getpid(), None, None


def _connection(url: str) -> Any:
    from kombu import Connection

    options = transport_options()
    if url.startswith("amqp"):
        options |= {"read_timeout": ANSWERS_WITHIN_S, "write_timeout": ANSWERS_WITHIN_S}
    else:
        options |= {"socket_timeout": ANSWERS_WITHIN_S, "socket_connect_timeout": ANSWERS_WITHIN_S}
    return Connection(url, connect_timeout=ANSWERS_WITHIN_S, heartbeat=0, transport_options=options)


def _headers(job_id: str) -> dict[str, Any]:
    """Celery's message protocol 2."""
    return {
        "lang": "py",
        "task": TASK,
        "id": job_id,
        "root_id": job_id,
        "parent_id": None,
        "group": None,
        "shadow": None,
        "eta": None,
        "expires": None,
        "retries": 0,
        "timelimit": [None, None],
        "argsrepr": job_id,
        "kwargsrepr": "{}",
        "origin": "songloom",
        "ignore_result": True,
    }


def _body(job_id: str) -> list[Any]:
    embedded = dict.fromkeys(("callbacks", "errbacks", "chain", "chord"))
    return [[job_id], {}, embedded]


@cache
def broker() -> Broker:
    """This process's way to the broker of the settings."""
    return Broker(settings.BROKER_URL)


def forget() -> None:
    """Close the connection and forget its address and the names: for tests, and before a fork."""
    broker().close()
    broker.cache_clear()
    _prefix.cache_clear()
