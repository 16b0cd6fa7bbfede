"""The limit on what a request may carry, counted while it streams in, before Django sees it."""

from __future__ import annotations

import errno
import json
import re
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from songloom.interfaces.answers.headers import WITHOUT_DJANGO

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SLACK_BYTES = 1 << 20  # the multipart frame around a file of the largest size
FULL = (errno.ENOSPC, errno.EDQUOT)
LONGEST_END = 1_024  # bytes that may follow the last line of a multipart body
BOUNDARY = re.compile(
    rb'multipart/form-data.*?;\s*boundary=(?:"([^"]{1,200})"|([^\s";]{1,200}))', re.IGNORECASE
)
DRAIN_BYTES = 64 << 20  # read on a little, so that the client gets to read the answer


class Exchange:
    """One request as it passes: how much came in, and whether an answer has begun.

    A body over the limit ends as if its sender had left: the application throws away what it
    has, and what it would have said is not sent. So does a multipart body without its closing
    line: Django takes what came for the whole of a file.
    """

    def __init__(self, receive: Receive, send: Send, most_bytes: int, closing: bytes = b"") -> None:
        self._receive, self._send = receive, send
        self.bytes_left = most_bytes
        self.has_answered = False
        self.is_broken = False
        self._closing, self._tail = closing, b""

    @property
    def is_refused(self) -> bool:
        return (self.bytes_left < 0 or self.is_broken) and not self.has_answered

    async def receive(self) -> Message:
        if self.bytes_left < 0 or self.is_broken:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self.bytes_left -= len(message.get("body", b""))
        self.is_broken = self._ends_too_early(message)
        return {"type": "http.disconnect"} if self.bytes_left < 0 or self.is_broken else message

    def _ends_too_early(self, message: Message) -> bool:
        if not self._closing or message["type"] != "http.request":
            return False
        self._tail = (self._tail + message.get("body", b""))[-len(self._closing) - LONGEST_END :]
        return not message.get("more_body", False) and self._closing not in self._tail

    async def send(self, message: Message) -> None:
        if self.is_refused:
            return
        self.has_answered = True
        await self._send(message)


class LimitBodies:
    """ASGI: refuse a body over `largest_bytes` with 413, announced or not."""

    def __init__(self, app: App, largest_bytes: int) -> None:
        self.app = app
        self.largest_bytes = largest_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if announced(scope) > self.largest_bytes + SLACK_BYTES:
            await self.refuse(receive, send)
            return
        seen = Exchange(receive, send, self.largest_bytes + SLACK_BYTES, closing_line(scope))
        try:
            await self.app(scope, seen.receive, seen.send)
        except OSError as exc:
            if seen.has_answered or exc.errno not in FULL:
                raise
            await drain(receive)
            await answer(send, 507, "disk_full", "The disk is full; free some space, then retry.")
        if seen.is_refused and seen.is_broken:
            await answer(send, 400, "malformed", "The multipart body is broken or ends too early.")
        elif seen.is_refused:
            await self.refuse(receive, send)

    async def refuse(self, receive: Receive, send: Send) -> None:
        await drain(receive)
        limit_mb = self.largest_bytes / 1_000_000
        words = f"The request is larger than {limit_mb:g} MB, the largest allowed."
        await answer(send, 413, "too_large", words)


async def answer(send: Send, status: int, code: str, message: str) -> None:
    """The error object of the contract, said before Django could say it."""
    error = {"code": code, "message": message, "fields": {}, "id": uuid.uuid4().hex[:12]}
    body = json.dumps({"error": error}).encode()
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *((name.encode(), value.encode()) for name, value in WITHOUT_DJANGO.items()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def announced(scope: Scope) -> int:
    """What Content-Length says, 0 where it says nothing that can be read."""
    for name, value in scope.get("headers", []):
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def closing_line(scope: Scope) -> bytes:
    """What a multipart body must end with; empty for every other body."""
    for name, value in scope.get("headers", []):
        if name == b"content-type" and (found := BOUNDARY.match(value.strip())):
            return b"--" + (found[1] or found[2]) + b"--"
    return b""


async def drain(receive: Receive) -> None:
    n_bytes = 0
    while n_bytes < DRAIN_BYTES:
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
