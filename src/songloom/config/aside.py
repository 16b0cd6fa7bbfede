"""Does heavy work in a forked child, so that a process which lives long stays small."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from songloom.errors import SongloomError

Document = dict[str, Any]


class Refused(SongloomError):
    """An error of ours that the child met, with its code and words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def done_aside(work: Callable[[], Document]) -> Document:
    """What `work` returns, as JSON. Raises Refused with the code of an error of ours.

    For a process without threads; any other failure in the child ends as an OSError here.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _tell(writing, work)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    if not told:
        raise OSError("the home could not be prepared; the last words stand above")
    answer: Document = json.loads(told)
    if "error" in answer:
        raise Refused(*answer["error"])
    return answer


def _tell(writing: int, work: Callable[[], Document]) -> None:
    """The child's whole life: never returns into what its parent was doing."""
    status = 1
    try:
        answer = _answer(work)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(answer).encode())
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def _answer(work: Callable[[], Document]) -> Document:
    try:
        return work()
    except SongloomError as exc:
        return {"error": [exc.code, str(exc)]}
    except OSError as exc:
        words = f"{exc.strerror or exc}: {exc.filename or ''}".rstrip(": ")
        return {"error": ["storage_away", words]}
