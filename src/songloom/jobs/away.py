"""A database server that goes away while this process runs: how that looks, and how it is awaited.

One process says one sentence when it goes and one when it is back, however many threads miss it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection

logger = logging.getLogger(__name__)
T = TypeVar("T")

# MariaDB: no answer, no room, going down, or hung up.
GONE = frozenset({1040, 1053, 1152, 1158, 1159, 1160, 1161, 1203, 1927, 2002, 2003, 2006, 2013})
# PostgreSQL: class 08 is the connection, 57P0x the server's end and start, 53300 no room.
GONE_STATES = ("08", "57P", "53300")
# Somebody else held a lock for too long, or two waited for each other.
LOCKED = frozenset({1205, 1213})
LOCKED_STATES = ("55P03", "40P01")
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
ASK_EVERY_S = 1.0
CONNECT_WITHIN_S = 2
DEEPEST = 10  # errors that led to one another; more would be a circle


def is_away(error: BaseException) -> bool:
    """Whether this means that the server is not there, and not that the question was wrong."""
    if not isinstance(error, OperationalError | InterfaceError) or connection.vendor == "sqlite":
        return False
    if isinstance(error, InterfaceError):  # the driver's word for a connection that is closed
        return True
    number, state = _told(error)
    return number in GONE if number is not None else not state or state.startswith(GONE_STATES)


def is_locked(error: BaseException) -> bool:
    """Whether the server is there, and what was asked for is held by somebody else."""
    if not isinstance(error, OperationalError):
        return False
    if connection.vendor == "sqlite":
        return "locked" in str(error)
    number, state = _told(error)
    return number in LOCKED if number is not None else state in LOCKED_STATES


def _told(error: Exception) -> tuple[int | None, str]:
    """MariaDB's number, or PostgreSQL's SQLSTATE; nothing where nobody answered."""
    number = error.args[0] if error.args else None
    state = getattr(error.__cause__, "sqlstate", None)
    return number if isinstance(number, int) else None, str(state or "")


class Watch:
    """What this process knows of the server: there, or away since when."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since_s: float | None = None
        self._back_at_s: float | None = None

    @property
    def is_missing(self) -> bool:
        return self._since_s is not None

    def miss(self) -> None:
        """Somebody asked it in vain."""
        with self._lock:
            if self._since_s is None:
                self._since_s = time.monotonic()
                logger.warning("%s does not answer; waiting for it", where())

    def met(self) -> None:
        """Somebody was answered."""
        if self._since_s is None:
            return
        with self._lock:
            if self._since_s is not None:
                away_s = time.monotonic() - self._since_s
                self._since_s, self._back_at_s = None, time.monotonic()
                logger.warning("%s answers again after %.0f s; going on", where(), away_s)

    def pause_s(self) -> float:
        """How long to wait before asking again: the longer the longer it is away."""
        since_s = self._since_s
        away_s = 0.0 if since_s is None else time.monotonic() - since_s
        return min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, away_s / 4))

    def was_away_within(self, seconds: float) -> bool:
        """Whether nobody could move a lease on at some time in the last so many seconds."""
        back_s = self._back_at_s
        return self.is_missing or (back_s is not None and time.monotonic() - back_s < seconds)


watch = Watch()


def where() -> str:
    """The server's address, without what is secret."""
    given: dict[str, Any] = connection.settings_dict
    port = f":{given['PORT']}" if given.get("PORT") else ""
    return f"the database server at {given.get('HOST')}{port}"


def missed(error: BaseException) -> bool:
    """True, and it is noted, when this error comes of a server that is away."""
    if not any(is_away(each) for each in _led_to(error)):
        return False
    watch.miss()
    if not connection.in_atomic_block:
        close_old_connections()  # a broken one is not asked again
    return True


def _led_to(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    for _ in range(DEEPEST):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def patiently(work: Callable[[], T]) -> T:
    """What `work` returns, asked again until the server is there to answer.

    Within a transaction there is no second try: what it did before is lost with the connection.
    """
    while True:
        is_whole = not connection.in_atomic_block
        try:
            result = work()
        except (OperationalError, InterfaceError) as exc:
            if not (is_whole and missed(exc)):
                raise
            time.sleep(watch.pause_s())
        else:
            watch.met()
            return result


_asking = threading.Lock()
_asked_at_s = 0.0


def answers_again() -> bool:
    """Whether a server that was missed is back; asked once a second, by one thread for all."""
    global _asked_at_s
    if not watch.is_missing:
        return True
    if not _asking.acquire(blocking=False):
        return False
    try:
        if time.monotonic() - _asked_at_s >= ASK_EVERY_S:
            _asked_at_s = time.monotonic()
            if _connects():
                watch.met()
    finally:
        _asking.release()
    return not watch.is_missing


def _connects() -> bool:
    """By a connection of its own, since a pool would wait for one first."""
    own = connection.copy()
    own.settings_dict["OPTIONS"].pop("pool", None)
    own.settings_dict["OPTIONS"]["connect_timeout"] = CONNECT_WITHIN_S
    try:
        own.ensure_connection()
    except (OperationalError, InterfaceError):
        return False
    else:
        return True
    finally:
        own.close()
