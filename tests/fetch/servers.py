"""Small real servers on loopback, each misbehaving in its own way."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answering = Callable[["Request"], None]
LOOPBACK = ("127.0.0.0/8", "::1")


@dataclass
class Request:
    """What one client asked, and the way to answer it byte by byte."""

    path: str
    headers: dict[str, str]
    connection: socket.socket

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self.connection.sendall(part)

    def answer(self, body: bytes, *, status: str = "200 OK", **headers: str) -> None:
        """A whole, well-behaved answer; `content_type="audio/ogg"` becomes a header."""
        said = {"content-length": str(len(body)), "content-type": "audio/ogg"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        self.send(f"HTTP/1.1 {status}\r\n{lines}connection: close\r\n\r\n".encode(), body)


@dataclass
class Server:
    """Where it listens, and what it was asked."""

    port: int
    requests: list[Request] = field(default_factory=list)

    def url(self, path: str = "/song.ogg", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def serving(answering: Answering, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that lets `answering` deal with each connection in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    server = Server(listener.getsockname()[1])
    over = threading.Event()
    threads: list[threading.Thread] = []

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=_talk, args=(connection, server, answering, tls))
            thread.start()
            threads.append(thread)

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield server
    finally:
        over.set()
        accepting.join()
        listener.close()
        for thread in threads:
            thread.join(10)


def _talk(
    plain: socket.socket, server: Server, answering: Answering, tls: ssl.SSLContext | None
) -> None:
    plain.settimeout(10)
    try:
        with plain, tls.wrap_socket(plain, server_side=True) if tls else plain as connection:
            request = _read(connection)
            if request is not None:
                server.requests.append(request)
                answering(request)
    except OSError:
        pass  # the client left, as it should


def _read(connection: socket.socket) -> Request | None:
    head = b""
    while b"\r\n\r\n" not in head:
        received = connection.recv(4096)
        if not received:
            return None
        head += received
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in lines if ": " in line)
    headers = {name.lower(): value for name, value in pairs}
    return Request(first.split()[1], headers, connection)
