"""A real server on a real port, on the tests' own database and home."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import uvicorn

from songloom.library.models import Track, User
from songloom.library.services import people

LISTENERS = 40


@contextmanager
def serving() -> Iterator[str]:
    """Serve the whole ASGI application in a thread; yields its address."""
    from songloom.config.asgi import application

    config = uvicorn.Config(
        application,
        host="127.0.0.1",
        port=0,
        lifespan="off",
        log_level="error",
        ws="none",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port_of(server)}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@contextmanager
def calling(user: User, address: str | None = None) -> Iterator[httpx.Client]:
    """REST with a key of this user's, on a server of its own unless an address is given."""
    key, _row = people.make_api_key(user, "tests")
    headers = {"Authorization": f"Bearer {key}"}
    with ExitStack() as stack:
        base = address or stack.enter_context(serving())
        yield stack.enter_context(httpx.Client(base_url=base, headers=headers, timeout=60))


def stream_of(track: Track) -> str:
    return f"/api/v1/tracks/{track.pk}/stream"


def while_forty_stall(client: httpx.Client, track: Track) -> bytes:
    """Forty listeners take a little and stall; lists answer all the same, and the first of the
    forty then hears on to the end: what it heard. The track must be more than sockets buffer.
    """
    with ExitStack() as stalled:
        streams = [
            stalled.enter_context(client.stream("GET", stream_of(track))) for _ in range(LISTENERS)
        ]
        pieces = [stream.iter_raw(10_000) for stream in streams]
        first = {next(piece) for piece in pieces}
        assert len(first) == 1
        for _ in range(5):
            assert client.get("/api/v1/tracks").json()["total"] == 1
        rest = b"".join(pieces[0])
    return first.pop() + rest


def port_of(server: uvicorn.Server) -> int:
    deadline = time.monotonic() + 20
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not start")
        time.sleep(0.01)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
