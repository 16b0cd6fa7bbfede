"""How often one address or one user may try: sliding windows in memory, one server process."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from threading import Lock

from django.conf import settings

from songloom.errors import TooMany

MOST_KEYS = 10_000  # the oldest are forgotten first


class Limit:
    """At most `n` events in `window_s` seconds for each key."""

    def __init__(self, n: int, window_s: float) -> None:
        self.n = n
        self.window_s = window_s
        self._events: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def check(self, key: str) -> None:
        """Raises TooMany while the window is full; counts nothing."""
        if not settings.RATE_LIMITS:
            return
        with self._lock:
            events = self._recent(key)
            if len(events) >= self.n:
                self._refuse(events)

    def count(self, key: str) -> None:
        """One more event; nobody is refused here."""
        if settings.RATE_LIMITS:
            with self._lock:
                self._recent(key).append(time.monotonic())

    def spend(self, key: str) -> None:
        """Count one event, or raise TooMany where the window is full already."""
        if not settings.RATE_LIMITS:
            return
        with self._lock:
            events = self._recent(key)
            if len(events) >= self.n:
                self._refuse(events)
            events.append(time.monotonic())

    def forget(self) -> None:
        with self._lock:
            self._events.clear()

    def _recent(self, key: str) -> deque[float]:
        events = self._events.setdefault(key, deque(maxlen=self.n))
        self._events.move_to_end(key)
        while events and events[0] <= time.monotonic() - self.window_s:
            events.popleft()
        while len(self._events) > MOST_KEYS:
            self._events.popitem(last=False)
        return events

    def _refuse(self, events: deque[float]) -> None:
        wait_s = max(1, math.ceil(events[0] + self.window_s - time.monotonic()))
        raise TooMany(self.n, self.window_s, wait_s)


SECRETS = Limit(5, 20)  # wrong secrets for one name from one address
SECRETS_OF_ADDRESS = Limit(30, 20)  # wrong secrets for any name from one address
GENERATIONS = Limit(30, 60)
IMPORTS = Limit(60, 60)
UPLOADS = Limit(300, 60)
EVERY = (SECRETS, SECRETS_OF_ADDRESS, GENERATIONS, IMPORTS, UPLOADS)
