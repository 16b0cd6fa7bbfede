"""Calls into limited child processes: whatever a file does to its decoder, this process lives.

    pool = Pool(4)
    found = pool.call("songloom.core.audio.probe:probe", {"path": path}, limits=Limits(cpu_s=60))

Children are warm: forked from a server that has numpy and av loaded, used again for the next call,
replaced when they die. Arguments and results are JSON. Safe to use from several threads.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from songloom.core.sandbox_limits import Limits
from songloom.errors import BeyondLimits, Cancelled, SongloomError

__all__ = ["Limits", "Pool", "SandboxFault", "call"]

PRELOAD = ("numpy", "av", "mutagen", "songloom.core.audio.probe")
LONGEST_REQUEST = 60_000  # bytes: fits into an empty pipe, so that writing never waits
CALLS_OF_A_CHILD = 200  # then a fresh one: what leaked goes with the old
CLOSING_S = 5.0  # then the server is killed; its children die with it
LOOK_UP_S = 0.1  # how often a waiting call looks whether it was cancelled

Progress = Callable[..., None]
Said = dict[str, Any]


class SandboxFault(RuntimeError):
    """A bug inside a child, not a bad input: what was raised there is no SongloomError."""


class _Child:
    """One child as a call sees it."""

    def __init__(self, server: _Server, child_id: int, nice: int) -> None:
        self.server, self.id, self.nice = server, child_id, nice
        self.said: queue.SimpleQueue[Said] = queue.SimpleQueue()
        self.n_calls = 0

    def run(self, request: Said) -> None:
        self.n_calls += 1
        self.server.send(["run", self.id, request])

    def kill(self) -> None:
        self.server.send(["kill", self.id])


class _Server:
    """The fork server's process, with a thread that hands out what the children say."""

    def __init__(self, preload: tuple[str, ...]) -> None:
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "songloom.core.sandbox_server"),
                json.dumps(sys.path),
                *preload,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in a terminal is the parent's to answer
        )
        self._children: dict[int, _Child] = {}
        self._lock = threading.Lock()
        self._n_forked = 0
        self.is_alive = True
        threading.Thread(target=self._listen, name="sandbox", daemon=True).start()

    def fork(self, nice: int) -> _Child:
        with self._lock:
            self._n_forked += 1
            child = _Child(self, self._n_forked, nice)
            self._children[child.id] = child
        self.send(["fork", child.id, nice])
        return child

    def send(self, command: list[Any]) -> None:
        line = json.dumps(command, allow_nan=False).encode() + b"\n"
        if len(line) > LONGEST_REQUEST:
            raise ValueError(f"a request of {len(line)} bytes; {LONGEST_REQUEST} are allowed")
        assert self._process.stdin is not None
        with self._lock:
            try:
                self._process.stdin.write(line)
                self._process.stdin.flush()
            except (BrokenPipeError, ValueError):
                self.is_alive = False

    def close(self) -> None:
        """End server and children, and wait for it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.is_alive = False
        with self._lock, suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=CLOSING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as answers:
            for line in answers:
                number, _, said = line.partition(b" ")
                child = self._children.get(int(number))
                if child is None:
                    continue
                if said.startswith(b"!"):
                    del self._children[child.id]
                child.said.put(_understood(said))
        self.is_alive = False
        for child in list(self._children.values()):
            child.said.put({"died": -signal.SIGKILL})


class Pool:
    """At most `size` calls at a time; more wait. Everything starts with the first call."""

    def __init__(self, size: int, *, preload: tuple[str, ...] = PRELOAD) -> None:
        self.size = size
        self._preload = preload
        self._slots = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._server: _Server | None = None

    def call(
        self,
        target: str,
        kwargs: Mapping[str, Any],
        *,
        limits: Limits | None = None,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
        nice: int = 0,
    ) -> Any:
        """Run a function in a limited child and return its result.

        target     "package.module:function"; a parameter called `progress` is filled in
        kwargs     its arguments, JSON
        progress   called in this thread with what the function tells its own `progress`
        cancelled  asked ten times a second; True kills the child
        nice       0 … 19, how far the child steps back for others
        Raises the SongloomError that the function raised; BeyondLimits when the child died of its
        limits or in any other way; Cancelled; SandboxFault for a bug inside.
        """
        limits = limits or Limits()
        self._wait_for_slot(cancelled)
        try:
            child = self._take(nice)
            try:
                child.run({"target": target, "kwargs": dict(kwargs), "limits": limits.document()})
                answer = _wait(child, limits, progress, cancelled)
            except BaseException:
                child.kill()
                raise
            self._give_back(child, spent="exit" in answer or "died" in answer)
        finally:
            self._slots.release()
        return _outcome(answer, limits)

    def close(self) -> None:
        """End all children; the next call starts anew."""
        atexit.unregister(self.close)
        with self._lock:
            server, self._server, self._idle = self._server, None, []
        if server is not None:
            server.close()

    def _wait_for_slot(self, cancelled: Callable[[], bool] | None) -> None:
        while not self._slots.acquire(timeout=LOOK_UP_S):
            if cancelled is not None and cancelled():
                raise Cancelled("cancelled while waiting")

    def _take(self, nice: int) -> _Child:
        with self._lock:
            if self._server is None or not self._server.is_alive:
                if self._server is not None:
                    self._server.close()
                self._server, self._idle = _Server(self._preload), []
                atexit.register(self.close)
            for child in reversed(self._idle):  # the one that ran last is the warmest
                if child.nice == nice:
                    self._idle.remove(child)
                    return child
            return self._server.fork(nice)

    def _give_back(self, child: _Child, *, spent: bool) -> None:
        """Keep a warm child for the next call, at most `size` of them: the oldest goes."""
        with self._lock:
            if not spent and child.n_calls < CALLS_OF_A_CHILD and child.server is self._server:
                self._idle.append(child)
                child = self._idle.pop(0) if len(self._idle) > self.size else None  # type: ignore[assignment]
        if child is not None:
            child.kill()


def _wait(
    child: _Child,
    limits: Limits,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> Said:
    """The final answer of a call; progress is told on the way."""
    ends_s = time.monotonic() + limits.wall_s
    while True:
        if cancelled is not None and cancelled():
            raise Cancelled("cancelled")
        if time.monotonic() > ends_s:
            raise BeyondLimits(f"took longer than {limits.wall_s:.0f} s, the most that is allowed")
        try:
            said = child.said.get(timeout=LOOK_UP_S)
        except queue.Empty:
            continue
        if "progress" not in said:
            return said
        if progress is not None:
            progress(*said["progress"])


def _understood(said: bytes) -> Said:
    """What a child said; it may be out of its mind, so anything else than an object is its end."""
    if said.startswith(b"!"):
        return {"died": os.waitstatus_to_exitcode(int(said[1:]))}
    try:
        document = json.loads(said)
    except (ValueError, RecursionError):
        return {"died": 0}
    return document if isinstance(document, dict) else {"died": 0}


def _outcome(answer: Said, limits: Limits) -> Any:
    if "result" in answer:
        return answer["result"]
    if "error" in answer:
        raise _error(answer["error"])
    if "fault" in answer:
        fault = SandboxFault(answer["fault"])
        fault.add_note(str(answer.get("trace", "")))
        raise fault
    if answer.get("died") == -signal.SIGXCPU:
        raise BeyondLimits(
            f"needs more than {limits.cpu_s:.0f} s of processor time, the most that is allowed"
        )
    raise BeyondLimits(
        f"could not be read within {limits.memory_mb} MB of memory and {limits.cpu_s:.0f} s"
    )


def _error(told: Said) -> SongloomError:
    """The error that was raised in the child, by its code; an unknown code is beyond limits."""
    kinds: list[type[SongloomError]] = [SongloomError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    by_code = {kind.code: kind for kind in kinds}
    kind = by_code.get(str(told.get("code")), BeyondLimits)
    error = kind.__new__(kind)
    SongloomError.__init__(error, str(told.get("message", "")), **dict(told.get("fields") or {}))
    return error


_shared: tuple[int, Pool] | None = None
_shared_lock = threading.Lock()


def shared() -> Pool:
    """The pool of this process, made on first use; a forked copy of the process gets its own."""
    global _shared
    with _shared_lock:
        if _shared is None or _shared[0] != os.getpid():
            _shared = (os.getpid(), Pool(max(4, 2 * (os.cpu_count() or 1))))
        return _shared[1]


def call(target: str, kwargs: Mapping[str, Any], **options: Any) -> Any:
    """`Pool.call` on the pool of this process."""
    return shared().call(target, kwargs, **options)
