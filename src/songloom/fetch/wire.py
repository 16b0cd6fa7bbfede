"""Connections that lead only to checked addresses, and never last longer than allowed."""

from __future__ import annotations

import queue
import socket  # noqa: TID251 - the room that may
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import httpcore

from songloom.errors import DeadLink, ForbiddenAddress
from songloom.fetch.addresses import Network, checked

CONNECT_S = 10.0
READ_S = 10.0
LOOK_EVERY_S = 0.5  # how often somebody who waits looks whether it was cancelled
Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, asked once. Raises DeadLink."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as exc:
            answers.put(exc if isinstance(exc, OSError) else OSError(str(exc)))
        else:
            answers.put(list(dict.fromkeys(str(each[4][0]) for each in found)))

    threading.Thread(target=ask, name="resolve", daemon=True).start()  # it knows no timeout
    try:
        answer = answers.get(timeout=CONNECT_S)
    except queue.Empty:
        answer = OSError("timed out")
    if isinstance(answer, OSError):
        raise DeadLink(f"the name {host} cannot be found") from answer
    return answer


@dataclass
class Clock:
    """How long all of it may still take; looks now and then whether it was cancelled."""

    whole_s: float
    check: Callable[[], None] = lambda: None
    ends_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.ends_at = time.monotonic() + self.whole_s

    def left_s(self) -> float:
        """Raises DeadLink when the time is over."""
        self.check()
        left_s = self.ends_at - time.monotonic()
        if left_s <= 0:
            raise DeadLink(f"takes longer than the {self.whole_s:.0f} s allowed")
        return left_s


class Pinned(httpcore.NetworkBackend):
    """Resolves a name once, checks every address, and connects to one that was checked."""

    def __init__(self, clock: Clock, allowed: tuple[Network, ...], resolver: Resolve) -> None:
        self._clock, self._allowed, self._resolver = clock, allowed, resolver
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = checked(self._addresses(host, port), self._allowed)
        failure: Exception = DeadLink(f"the name {host} has no address")
        for address in addresses[:4]:
            wait_s = min(CONNECT_S, self._clock.left_s())
            try:
                stream = self._plain.connect_tcp(address, port, timeout=wait_s)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                failure = exc
                continue
            self._check_peer(stream)
            return Timed(stream, self._clock)
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            return [str(ip_address(host.strip("[]")))]
        except ValueError:
            return self._resolver(host, port)

    def _check_peer(self, stream: httpcore.NetworkStream) -> None:
        peer = stream.get_extra_info("server_addr")
        try:
            checked([str(peer[0])], self._allowed)
        except (ForbiddenAddress, TypeError):
            stream.close()
            raise

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise ForbiddenAddress("local sockets are not fetched from")


class Timed(httpcore.NetworkStream):
    """A stream that waits in small steps, so that the clock is kept and cancelling is noticed."""

    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream, self._clock = stream, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        until = time.monotonic() + READ_S
        while True:
            step_s = max(0.01, min(LOOK_EVERY_S, self._clock.left_s()))
            try:
                return self._stream.read(max_bytes, timeout=step_s)
            except httpcore.ReadTimeout:
                if time.monotonic() >= until:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=min(READ_S, self._clock.left_s()))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        wait_s = min(CONNECT_S, self._clock.left_s())
        return Timed(self._stream.start_tls(ssl_context, server_hostname, wait_s), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
