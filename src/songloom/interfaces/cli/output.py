"""Standard output, which may be full, closed, or read by somebody who has left."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress

from songloom.interfaces.cli.language import _

BROKEN_PIPE = 128 + 13  # what a shell says of a program that SIGPIPE ended, as in `yes | head`


class Unwritable(Exception):
    """Standard output takes no more; its cause says why."""


def say(text: str, end: str = "\n") -> None:
    """Print a line. Raises Unwritable."""
    try:
        if sys.stdout is None:  # closed before we began
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        print(printable(text), end=end)
    except OSError as exc:
        raise Unwritable from exc


def warn(text: str, end: str = "\n") -> None:
    """Print a line on standard error; where that cannot be written either, nobody can be told."""
    with suppress(OSError):
        print(printable(text), end=end, file=sys.stderr)


def finish() -> None:
    """Write what is still held back. Raises Unwritable."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as exc:
        raise Unwritable from exc


def without_output(lost: Unwritable) -> int:
    """The exit status of a verb that could not say what it did; who left wants no words."""
    _let_go()
    cause = lost.__cause__
    if isinstance(cause, BrokenPipeError):
        return BROKEN_PIPE
    why = getattr(cause, "strerror", None) or str(cause)
    warn("songloom: " + _("The output cannot be written: %(why)s.") % {"why": why})
    return 1


def _let_go() -> None:
    """What is held back goes nowhere, so that the end of the process does not stumble over it."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def printable(text: str) -> str:
    """Bytes of a file name that are no UTF-8 become question marks."""
    return text.encode("utf-8", "replace").decode()
