"""A live transcode: a limited child writes into a pipe as fast as the listener reads.

A listener who stalls holds a child and a pipe, never a thread of the server; one who leaves ends
the child. More than two for each core are refused with Busy.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
import shutil
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

from songloom.core.sandbox import Limits, Pool
from songloom.errors import BeyondLimits, Busy, Cancelled, SongloomError
from songloom.library.services.attention import note_listening
from songloom.library.services.storing import at_hand
from songloom.play.planning import Plan

logger = logging.getLogger(__name__)

STREAM = "songloom.core.audio.streaming:stream"
PER_CORE = 2
PIECE_BYTES = 65_536
FIRST_BYTES_S = 20.0  # how long the first bytes may take on a busy machine
LEAST_CPU_S = 120.0
SLOWEST_SPEED = 1.0  # × real time
LONGEST_LISTENING_S = 8 * 3_600.0  # also of a listener who pauses


def most_at_once() -> int:
    """How many transcodes may run at a time."""
    return PER_CORE * (os.cpu_count() or 1)


_slots = threading.BoundedSemaphore(most_at_once())


@cache
def _pool() -> Pool:
    return Pool(most_at_once())


class Transcode:
    """Bytes of a plan's format: `async for piece in transcode`; close it in any case.

    It is no plain iterable on purpose: Django would read that whole into memory under ASGI. A
    `StreamingHttpResponse` takes it as it is, and closes it when the listener leaves.
    """

    def __init__(self, plan: Plan) -> None:
        """Starts, and waits for the first bytes, so that an error can still be told.

        Raises Busy, and what reading the file raises: NotAudio, BeyondLimits, …
        """
        if not _slots.acquire(blocking=False):
            raise Busy(f"{most_at_once()} songs are being transcoded, the most at a time")
        self.plan = plan
        self._is_closed = threading.Event()
        self._error: SongloomError | None = None
        self._source = ExitStack()
        try:
            path = self._source.enter_context(at_hand(plan.file))
        except BaseException:
            _slots.release()
            raise
        self._folder = tempfile.mkdtemp(prefix="songloom-stream-")
        pipe = os.path.join(self._folder, "pipe")
        os.mkfifo(pipe, 0o600)
        self._read = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        write = os.open(pipe, os.O_WRONLY)  # held until the child ended: until then no end of file
        self._lock = threading.Lock()
        threading.Thread(
            target=self._run, args=(path, pipe, write), name="transcode", daemon=True
        ).start()
        self._wait_for_first()

    def pieces(self) -> Iterator[bytes]:
        """For a caller with a thread to spare."""
        try:
            while (piece := self._piece(wait_s=1.0)) != b"":
                if piece is not None:
                    yield piece
        finally:
            self.close()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """For a server that waits for many listeners in one thread."""
        loop = asyncio.get_running_loop()
        try:
            while (piece := self._piece()) != b"":
                if piece is None:
                    await _readable(loop, self._read)
                else:
                    yield piece
        finally:
            self.close()

    def close(self) -> None:
        """The listener left: end the child. Closing twice is fine."""
        with self._lock:
            if self._is_closed.is_set():
                return
            self._is_closed.set()
            os.close(self._read)

    def _piece(self, wait_s: float = 0.0) -> bytes | None:
        """The next bytes; None if there are none yet, b"" at the end."""
        if self._is_closed.is_set():
            return b""
        try:
            if wait_s and not _has_bytes(self._read, wait_s):
                return None
            piece = os.read(self._read, PIECE_BYTES)
        except BlockingIOError:
            return None
        if piece:
            note_listening()
        return piece

    def _wait_for_first(self) -> None:
        ready = _has_bytes(self._read, FIRST_BYTES_S)
        if self._error is not None:
            self.close()
            raise self._error
        if not ready:
            self.close()
            raise BeyondLimits(f"no sound came within {FIRST_BYTES_S:.0f} s")

    def _run(self, path: Path, pipe: str, write: int) -> None:
        """In a thread of its own: the call into the child, from start to end."""
        plan = self.plan
        arguments: dict[str, Any] = {
            "path": str(path),
            "pipe": pipe,
            "format": plan.format,
            "bit_rate_kbps": plan.bit_rate_kbps,
            "start_s": plan.start_s,
            "end_s": plan.end_s,
        }
        cpu_s = max(LEAST_CPU_S, plan.duration_s / SLOWEST_SPEED)
        limits = Limits(cpu_s=cpu_s, wall_s=LONGEST_LISTENING_S + plan.duration_s, file_mb=1)
        started_s = time.monotonic()
        try:
            _pool().call(STREAM, arguments, limits=limits, cancelled=self._is_closed.is_set)
        except Cancelled:
            logger.info("play.transcode: listener left after %.0f s", time.monotonic() - started_s)
        except SongloomError as exc:
            self._error = exc
            logger.info("play.transcode: track %s: %s", plan.track.pk, exc.code)
        except Exception:
            self._error = BeyondLimits("could not be transcoded")
            logger.exception("play.transcode: track %s", plan.track.pk)
        finally:
            os.close(write)
            shutil.rmtree(self._folder, ignore_errors=True)
            self._source.close()
            _slots.release()


def _has_bytes(descriptor: int, wait_s: float) -> bool:
    """Wait for bytes or the end; `poll`, because `select` knows no descriptor above 1,023."""
    watch = select.poll()
    watch.register(descriptor, select.POLLIN | select.POLLHUP)
    return bool(watch.poll(wait_s * 1_000))


async def _readable(loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
