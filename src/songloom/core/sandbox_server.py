"""The fork server behind the sandbox: loads numpy and av once, forks limited children on demand.

It talks lines. Parent to server: JSON arrays `["fork", id, nice]`, `["run", id, {…}]`,
`["kill", id]`. Server to parent: `id`, a space, and either a JSON line of that child or
`!status`, its end. Between server and child: one request line, then any number of
`{"progress": […]}` and one of `{"result"}`, `{"error"}`, `{"fault"}`. Nothing is pickled.
"""

from __future__ import annotations

import errno
import importlib
import inspect
import json
import os
import resource
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from songloom.core.sandbox_limits import Limits, apply, confine
from songloom.errors import BeyondLimits, DiskFull, SongloomError

LONGEST_LINE = 64 * 1024 * 1024
READ_BYTES = 1024 * 1024
PROGRESS_EVERY_S = 0.1
SWOLLEN_BYTES = 400 * 1024 * 1024
GONE = 1  # exit code of a child that has nobody left to talk to, or no memory


class Child:
    """One forked process as the server sees it."""

    def __init__(self, pid: int, requests: int, answers: int) -> None:
        self.pid, self.requests, self.answers = pid, requests, answers
        self.pending = bytearray()

    def close(self) -> int:
        """End it for sure; returns its wait status."""
        os.close(self.requests)
        os.close(self.answers)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return os.waitpid(self.pid, 0)[1]


class Server:
    """Forks children and carries lines between them and the parent; one thread, no decoding."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._children: dict[int, Child] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(commands, selectors.EVENT_READ, None)
        self._pending = bytearray()

    def serve(self) -> None:
        """Until the parent closes its end, by purpose or by dying."""
        while True:
            for key, _ in self._selector.select():
                if key.data is not None:
                    self._hear(key.data)
                elif not self._obey():
                    for child_id in list(self._children):
                        self._end(child_id)
                    return

    def _obey(self) -> bool:
        read = os.read(self._commands, READ_BYTES)
        self._pending += read
        for line in _lines(self._pending):
            verb, child_id, *rest = json.loads(line)
            if verb == "fork":
                self._fork(child_id, *rest)
            elif child_id in self._children:
                if verb == "run":
                    self._run(child_id, rest[0])
                else:
                    self._end(child_id)
        return bool(read)

    def _fork(self, child_id: int, nice: int) -> None:
        requests_out, requests_in = os.pipe()
        answers_out, answers_in = os.pipe()
        server_pid = os.getpid()
        pid = os.fork()
        if pid == 0:
            keep = {requests_out, answers_in}
            _close_all_but(keep)
            _live(requests_out, answers_in, server_pid, nice)
        os.close(requests_out)
        os.close(answers_in)
        self._children[child_id] = Child(pid, requests_in, answers_out)
        self._selector.register(answers_out, selectors.EVENT_READ, child_id)

    def _run(self, child_id: int, request: Any) -> None:
        try:
            os.write(self._children[child_id].requests, json.dumps(request).encode() + b"\n")
        except BrokenPipeError:
            self._end(child_id)

    def _hear(self, child_id: int) -> None:
        child = self._children.get(child_id)
        if child is None:  # ended earlier in the same round
            return
        read = os.read(child.answers, READ_BYTES)
        child.pending += read
        for line in _lines(child.pending):
            _write_all(self._answers, b"%d %s\n" % (child_id, line))
        if not read or len(child.pending) > LONGEST_LINE:
            self._end(child_id, dies_by_itself=not read)

    def _end(self, child_id: int, *, dies_by_itself: bool = False) -> None:
        child = self._children.pop(child_id)
        self._selector.unregister(child.answers)
        if dies_by_itself:
            time.sleep(0.005)  # its pipe closes just before it can be waited for
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                os.close(child.requests)
                os.close(child.answers)
                _write_all(self._answers, b"%d !%d\n" % (child_id, status))
                return
        _write_all(self._answers, b"%d !%d\n" % (child_id, child.close()))


def _lines(pending: bytearray) -> list[bytes]:
    """Take the whole lines out of a buffer."""
    whole, newline, rest = bytes(pending).rpartition(b"\n")
    if not newline:
        return []
    pending[:] = rest
    return whole.split(b"\n")


def _write_all(target: int, line: bytes) -> None:
    view = memoryview(line)
    while view:
        view = view[os.write(target, view) :]


def _close_all_but(keep: set[int]) -> None:
    """A child holds its own two pipes and nothing of its sisters, its server or the terminal."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    start = 3
    for number in sorted(keep):
        os.closerange(start, number)
        start = number + 1
    os.closerange(start, 4_096)


# ------------------------------------------------------------------ inside the child


def _live(requests: int, answers: int, server_pid: int, nice: int) -> NoReturn:
    """Answer one request after the other until the pipe closes."""
    signal.set_wakeup_fd(-1)
    if nice:
        os.nice(nice)
    confine(server_pid)
    pending = bytearray()
    while True:
        read = os.read(requests, READ_BYTES)
        if not read:
            os._exit(0)
        pending += read
        for line in _lines(pending):
            answer = _answer(json.loads(line), lambda said: _say(answers, said))
            _say(answers, answer)
            if "exit" in answer:
                os._exit(GONE)


def _say(answers: int, said: dict[str, Any]) -> None:
    try:
        line = json.dumps(said, allow_nan=False).encode() + b"\n"
    except (TypeError, ValueError) as exc:
        line = json.dumps({"fault": f"not JSON: {exc}", "trace": ""}).encode() + b"\n"
    try:
        _write_all(answers, line)
    except OSError:
        os._exit(GONE)


def _answer(request: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    limits = Limits(**request["limits"])
    try:
        function = _function(request["target"])
        kwargs = dict(request["kwargs"])
        if "progress" in inspect.signature(function).parameters:
            kwargs["progress"] = _progress(say)
        apply(limits)
        return {"result": function(**kwargs)} | ({"exit": True} if _is_swollen() else {})
    except SongloomError as exc:
        return {"error": {"code": exc.code, "message": str(exc), "fields": exc.fields}}
    except MemoryError:
        message = f"needs more than {limits.memory_mb} MB of memory, the most that is allowed"
        return {"error": {"code": BeyondLimits.code, "message": message}, "exit": True}
    except OSError as exc:
        return _os_error(exc, limits)
    except Exception as exc:
        return {"fault": f"{type(exc).__name__}: {exc}", "trace": traceback.format_exc()}


def _is_swollen() -> bool:
    """Whether this child once held so much that a fresh one is the better neighbour."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) > SWOLLEN_BYTES


def _os_error(exc: OSError, limits: Limits) -> dict[str, Any]:
    """A child that could not write leaves: its encoder may hold a half-written file."""
    if exc.errno == errno.EFBIG:
        message = f"would write more than {limits.file_mb} MB, the most that is allowed"
        return {"error": {"code": BeyondLimits.code, "message": message}, "exit": True}
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        message = "no space is left on the disk"
        return {"error": {"code": DiskFull.code, "message": message}, "exit": True}
    return {"fault": f"{type(exc).__name__}: {exc}", "trace": traceback.format_exc()}


def _function(target: str) -> Callable[..., Any]:
    module, _, name = target.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _progress(say: Callable[[dict[str, Any]], None]) -> Callable[..., None]:
    last_s = [0.0]

    def progress(*told: float | str) -> None:
        now_s = time.monotonic()
        if now_s - last_s[0] >= PROGRESS_EVERY_S:
            last_s[0] = now_s
            say({"progress": list(told)})

    return progress


def main() -> None:
    """`python -m songloom.core.sandbox_server PRELOAD…`, started by `sandbox` with pipes."""
    os.putenv("OPENBLAS_NUM_THREADS", "1")  # a child is one worker; threads would not survive fork
    os.putenv("OMP_NUM_THREADS", "1")
    commands, answers = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    sys.path[:] = json.loads(sys.argv[1])
    for module in sys.argv[2:]:
        importlib.import_module(module)
    with suppress(BrokenPipeError):  # a parent that was killed; the children die with this process
        Server(commands, answers).serve()


if __name__ == "__main__":
    main()
