"""Sends files for Django: a view answers `X-Accel-Redirect`, this outer layer streams the bytes.

The same header lets nginx do it (`location /_files/ { internal; alias /; }`). Django's own headers
stay; Range, HEAD, If-None-Match and a listener who leaves or stalls are dealt with here, and no
thread waits for anybody.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, JSONResponse, Response

from songloom.errors import TryLater
from songloom.interfaces.answers.headers import WITHOUT_DJANGO

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/_files"  # then the percent-encoded absolute path
STORED = "/_stored"  # then shelf and hash of bytes in a far storage
RANGES = re.compile(r"\s*bytes\s*=\s*(\d+-\d*|-\d+)(\s*,\s*(\d+-\d*|-\d+))*\s*")
OURS = frozenset({"x-accel-redirect", "content-length", "transfer-encoding"})


class SendFiles:
    """ASGI: pass everything through, but turn an answer that names a file into that file.

    roots     returns the folders that may be sent from; asked anew for each file
    by_nginx  a proxy in front sends the file; whether it may be sent is still decided here
    """

    def __init__(
        self,
        app: App,
        roots: Callable[[], Awaitable[Iterable[Path]]],
        *,
        by_nginx: bool = False,
    ) -> None:
        self.app = app
        self.roots = roots
        self.by_nginx = by_nginx

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        named: list[Message] = []

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = _in_lower_case(message)
                if _file_of(message):
                    named.append(message)
            if not named:
                await send(message)

        await self.app(scope, receive, watch)
        if named:
            answer = await self._answer(scope, named[0])
            await answer(scope, receive, send)

    async def _answer(self, scope: Scope, start: Message) -> Response:
        if _file_of(start).startswith(f"{STORED}/"):
            return await self._stored(scope, start)
        path = Path(unquote(_file_of(start).removeprefix(PREFIX)))
        try:
            roots = await self.roots()
        except TryLater as exc:
            return _later(exc)
        if not _lies_in(path, roots):
            return _not_there()
        if self.by_nginx:
            answer = Response(status_code=start["status"])
            named = (b"x-accel-redirect", _file_of(start).encode())
            kept = [pair for pair in _of_the_view(start) if pair[0] != b"accept-ranges"]
            answer.raw_headers = [*kept, named]  # nginx says itself that it sends ranges
            return answer
        answer = FileResponse(path, status_code=start["status"])
        answer.raw_headers[:] = _of_the_view(start)
        answer.headers.setdefault("accept-ranges", "bytes")
        answer.set_stat_headers(path.stat())
        if _is_known(scope, answer.headers):
            return Response(status_code=304, headers=_without_body(answer.headers))
        _drop_odd_range(scope)
        return answer

    async def _stored(self, scope: Scope, start: Message) -> Response:
        from songloom.config.stored import stored_response

        _drop_odd_range(scope)
        headers = MutableHeaders(raw=_of_the_view(start))
        return await stored_response(scope, _file_of(start).removeprefix(f"{STORED}/"), headers)


_OURS_RAW = frozenset(name.encode() for name in OURS)


def _of_the_view(start: Message) -> list[tuple[bytes, bytes]]:
    """The headers that the view chose, without those that name or measure the file."""
    return [pair for pair in start["headers"] if pair[0].lower() not in _OURS_RAW]


def _in_lower_case(start: Message) -> Message:
    """Django spells header names as its views do; ASGI (and starlette) have them in lower case."""
    return {**start, "headers": [(name.lower(), value) for name, value in start["headers"]]}


def _file_of(start: Message) -> str:
    return Headers(raw=list(start["headers"])).get("x-accel-redirect", "")


def _lies_in(path: Path, roots: Iterable[Path]) -> bool:
    """Whether it is a regular file below one of the roots, links resolved."""
    real = path.resolve()
    return real.is_file() and any(real.is_relative_to(root.resolve()) for root in roots)


def _not_there() -> Response:
    error = {"code": "not_found", "message": "This file is not there.", "fields": {}, "id": ""}
    return JSONResponse({"error": error}, status_code=404, headers=WITHOUT_DJANGO)


def _later(why: TryLater) -> Response:
    error = {"code": why.code, "message": str(why), "fields": {}, "id": ""}
    headers = {**WITHOUT_DJANGO, "retry-after": "5"}
    return JSONResponse({"error": error}, status_code=why.http_status, headers=headers)


def _is_known(scope: Scope, headers: MutableHeaders) -> bool:
    """Whether the client already holds this very version."""
    held = Headers(scope=scope).get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in held.split(",") if tag.strip()}
    return bool(tags & {"*", headers["etag"].removeprefix("W/")})


def _without_body(headers: MutableHeaders) -> dict[str, str]:
    kept = ("etag", "last-modified", "cache-control", "vary", "content-location", "expires")
    return {name: headers[name] for name in kept if name in headers}


def _drop_odd_range(scope: Scope) -> None:
    """A Range that makes no sense is as good as none (RFC 9110, 14.2)."""
    scope["headers"] = [
        (name, value)
        for name, value in scope["headers"]
        if name.lower() != b"range" or _makes_sense(value.decode("latin-1"))
    ]


def _makes_sense(ranges: str) -> bool:
    pairs = re.findall(r"(\d+)\s*-\s*(\d+)", ranges)
    return bool(RANGES.fullmatch(ranges)) and all(int(a) <= int(b) for a, b in pairs)
