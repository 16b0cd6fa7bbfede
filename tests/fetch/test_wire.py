"""The clock, the names and the waiting of a connection."""

from __future__ import annotations

import socket
import time
from typing import Any

import httpcore
import pytest

from songloom.errors import Cancelled, DeadLink, ForbiddenAddress
from songloom.fetch import wire
from songloom.fetch.addresses import networks
from songloom.fetch.wire import Clock, Pinned, Timed, resolve


class Trickle(httpcore.NetworkStream):
    """A stream whose bytes come after so many waits in vain."""

    def __init__(self, waits: int) -> None:
        self.waits, self.steps = waits, list[float]()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        assert timeout is not None
        self.steps.append(timeout)
        if len(self.steps) <= self.waits:
            time.sleep(0.01)
            raise httpcore.ReadTimeout
        return b"x" * max_bytes

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        assert timeout is not None
        assert timeout <= wire.READ_S

    def close(self) -> None:
        self.steps.clear()


def test_a_read_waits_in_small_steps_until_something_comes() -> None:
    stream = Trickle(waits=3)
    assert Timed(stream, Clock(60)).read(5) == b"xxxxx"
    assert len(stream.steps) == 4
    assert max(stream.steps) <= wire.LOOK_EVERY_S


def test_no_step_is_longer_than_the_time_that_is_left() -> None:
    stream = Trickle(waits=0)
    Timed(stream, Clock(0.2)).read(1)
    assert stream.steps[0] <= 0.2


def test_a_read_ends_when_the_clock_has_run_out() -> None:
    clock = Clock(1)
    clock.ends_at = time.monotonic() - 1
    with pytest.raises(DeadLink, match="1 s allowed"):
        Timed(Trickle(waits=9), clock).read(1)


def test_a_read_that_waits_too_long_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "READ_S", 0.05)
    with pytest.raises(httpcore.ReadTimeout):
        Timed(Trickle(waits=99), Clock(60)).read(1)


def test_whoever_waits_notices_that_it_was_cancelled() -> None:
    n_looks = 0

    def check() -> None:
        nonlocal n_looks
        n_looks += 1
        if n_looks > 3:
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        Timed(Trickle(waits=99), Clock(60, check)).read(1)
    assert n_looks == 4


def test_writing_is_bounded_too() -> None:
    Timed(Trickle(waits=0), Clock(60)).write(b"hello")


def test_the_own_name_of_a_machine_resolves() -> None:
    assert {"127.0.0.1", "::1"} & set(resolve("localhost", 80))


def hang(*args: object, **options: object) -> list[Any]:
    time.sleep(1)
    return []


def test_a_resolver_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "CONNECT_S", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", hang)
    began = time.monotonic()
    with pytest.raises(DeadLink, match="cannot be found"):
        resolve("slow.example", 80)
    assert time.monotonic() - began < 0.9


@pytest.mark.parametrize("name", ["", "a" * 300, "\u2028", "..", "exa mple"])
def test_a_name_that_is_none_is_a_dead_link(name: str) -> None:
    with pytest.raises(DeadLink):
        resolve(name, 80)


def pinned(resolver: Any, allowed: tuple[str, ...] = ()) -> Pinned:
    return Pinned(Clock(5), networks(allowed), resolver)


def test_a_literal_address_is_checked_and_not_resolved() -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError("a literal address needs no resolver")

    for literal in ("10.0.0.1", "[::1]", "::1", "169.254.169.254"):
        with pytest.raises(ForbiddenAddress):
            pinned(never).connect_tcp(literal, 80)


def test_no_connection_is_begun_when_one_address_is_forbidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def connect(*args: Any, **options: Any) -> httpcore.NetworkStream:
        raise AssertionError("nothing may be connected to")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(ForbiddenAddress):
        pinned(lambda host, port: ["93.184.216.34", "192.168.0.1"]).connect_tcp("x.example", 80)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        stream = pinned(lambda host, p: ["127.0.0.1"], ("127.0.0.1",)).connect_tcp(
            "any.example", port
        )
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        stream.close()


def test_a_connection_that_lands_elsewhere_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    class Elsewhere(Trickle):
        def get_extra_info(self, info: str) -> Any:
            return ("10.9.9.9", 80)

        def close(self) -> None:
            closed.append(True)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", lambda *a, **o: Elsewhere(0))
    with pytest.raises(ForbiddenAddress):
        pinned(lambda host, port: ["93.184.216.34"]).connect_tcp("x.example", 80)
    assert closed == [True]


def test_sockets_of_the_machine_are_out_of_reach() -> None:
    with pytest.raises(ForbiddenAddress):
        pinned(lambda host, port: []).connect_unix_socket("/var/run/docker.sock")
