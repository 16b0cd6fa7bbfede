"""Speaks to an Audacity on this desktop through mod-script-pipe; a server never does."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterable
from pathlib import Path

from songloom.errors import NotFound, RefusedInput, TryLater

ANSWER_S = 60.0
READ_BYTES = 65_536
LAST_LINE = b"BatchCommand finished: "


class Pipe:
    """Commands to Audacity and its answers, one after the other."""

    def __init__(self, folder: Path = Path("/tmp"), *, answer_s: float = ANSWER_S) -> None:  # noqa: S108
        self._answer_s = answer_s
        ends = [folder / f"audacity_script_pipe.{way}.{os.getuid()}" for way in ("to", "from")]
        if not all(end.exists() for end in ends):
            raise NotFound(
                "Audacity does not answer: start it, and enable mod-script-pipe in "
                "Preferences, Modules (then start it again)"
            )
        self._from = os.open(ends[1], os.O_RDONLY | os.O_NONBLOCK)  # first: the other end waits
        try:
            self._to = _opened(ends[0], answer_s)
        except OSError:
            os.close(self._from)
            raise NotFound("Audacity has left its pipe behind; start it again") from None

    def say(self, command: str) -> str:
        """One command; returns what Audacity answers. Raises RefusedInput where it fails."""
        try:
            os.write(self._to, command.encode() + b"\n")
        except BrokenPipeError:
            raise NotFound("Audacity has ended; start it again") from None
        answer = self._read()
        if b"finished: OK" not in answer:
            raise RefusedInput(f"Audacity refuses {command.partition(':')[0]}")
        return answer.decode("utf-8", "replace")

    def say_all(self, commands: Iterable[str]) -> int:
        """All of them; returns how many."""
        return sum(bool(self.say(command)) for command in commands)

    def close(self) -> None:
        os.close(self._to)
        os.close(self._from)

    def _read(self) -> bytes:
        """Up to the line that ends an answer."""
        ends_s = time.monotonic() + self._answer_s
        answer = b""
        while not (LAST_LINE in answer and answer.endswith(b"\n")):
            left_s = ends_s - time.monotonic()
            if left_s <= 0 or not select.select([self._from], [], [], left_s)[0]:
                raise TryLater(f"Audacity has not answered for {self._answer_s:.0f} s")
            piece = os.read(self._from, READ_BYTES)
            if not piece:
                time.sleep(0.02)  # it has opened its end, and said nothing yet
            answer += piece
        return answer


def _opened(path: Path, wait_s: float) -> int:
    """The end that Audacity reads, as soon as it does."""
    ends_s = time.monotonic() + min(wait_s, 10.0)
    while True:
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            if time.monotonic() > ends_s:
                raise
            time.sleep(0.1)
