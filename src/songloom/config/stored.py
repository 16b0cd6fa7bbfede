"""Sends bytes of a far storage as they come: a range, HEAD, and a listener who leaves or stalls.

No thread waits for a listener: the next piece is asked for when the last one was taken. Who stalls
so long that the storage hangs up is served on from where he stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from songloom.errors import RangeBeyondEnd, StorageAway, TryLater
from songloom.interfaces.answers.headers import WITHOUT_DJANGO
from songloom.library import storage

if TYPE_CHECKING:  # boto3 is loaded only where there is a far storage
    from songloom.library.storage.s3_stream import Stream

PIECE_BYTES = 256 << 10
MOST_READING = 32  # pieces that are fetched at the same moment
P = ParamSpec("P")
T = TypeVar("T")


@cache
def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_READING, thread_name_prefix="stored")


async def _aside(call: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_readers(), lambda: call(*args, **named))


async def stored_response(scope: Scope, named: str, headers: MutableHeaders) -> Response:
    """What lies under `SHELF/SHA256`, with the headers that the view chose.

    A single range is sent as such; several at once are answered with the whole, as they may be.
    """
    far = storage.far()
    shelf, _, sha256 = named.partition("/")
    if far is None or shelf not in storage.SHELVES:
        return _refused(404, "not_found", "This file is not there.")
    place = (sha256, shelf)
    wanted = _wanted_range(Headers(scope=scope), headers)
    try:
        if scope["method"] == "HEAD":
            return _head(headers, await _aside(far.size_of, *place))
        return Bytes(await _aside(far.stream, *place, wanted), headers, is_part=bool(wanted))
    except RangeBeyondEnd:
        size = await _aside(far.size_of, *place)
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    except TryLater as exc:
        return _refused(exc.http_status, exc.code, "The storage cannot be reached now.")


class Bytes(StreamingResponse):
    """A stream of the storage as an answer; closed when the listener leaves."""

    def __init__(self, stream: Stream, headers: MutableHeaders, *, is_part: bool) -> None:
        self.stream = stream
        headers["content-length"] = str(stream.n_bytes)
        if is_part:
            span = f"bytes {stream.first}-{stream.last}/{stream.size_bytes}"
            headers["content-range"] = span
        super().__init__(self._pieces(), status_code=206 if is_part else 200)
        self.raw_headers = list(headers.raw)

    async def _pieces(self) -> AsyncIterator[bytes]:
        while piece := await _aside(self.stream.read, PIECE_BYTES):
            yield piece

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except StorageAway:
            return  # the answer ends early, and its length says so
        finally:
            _readers().submit(self.stream.close)


def _wanted_range(asked: Headers, answer: MutableHeaders) -> str:
    """The one range that is asked for, if it makes sense and is of this version."""
    wanted = "".join(asked.get("range", "").split())
    if "," in wanted:
        return ""
    if_range = asked.get("if-range")
    return "" if if_range is not None and if_range != answer.get("etag") else wanted


def _head(headers: MutableHeaders, size_bytes: int) -> Response:
    headers["content-length"] = str(size_bytes)
    answer = Response()
    answer.raw_headers = list(headers.raw)
    return answer


def _refused(status: int, code: str, message: str) -> Response:
    error = {"code": code, "message": message, "fields": {}, "id": ""}
    return JSONResponse({"error": error}, status_code=status, headers=WITHOUT_DJANGO)
