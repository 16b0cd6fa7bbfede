"""Whatever a verb raises, as one of our errors with a sentence in the language of the terminal."""

from __future__ import annotations

import errno
import logging
import sys
from typing import TypeVar

from songloom.errors import (
    BadValue,
    DatabaseAway,
    DiskFull,
    NoSuchFile,
    SongloomError,
    StorageAway,
    TryLater,
)
from songloom.interfaces.cli.language import _

Failure = TypeVar("Failure", bound=SongloomError)
logger = logging.getLogger(__name__)


class Internal(SongloomError):
    """Something that nobody foresaw. People get a sentence, the log gets the traceback."""

    code = "internal"


def as_ours(error: Exception) -> SongloomError:
    if isinstance(error, SongloomError):
        return error
    if isinstance(error, OSError):
        return about_disk(error)
    if isinstance(error, UnicodeError):
        return BadValue("these bytes are no text in UTF-8")
    if type(error).__name__ in ("OperationalError", "InterfaceError"):  # Django's; `analyse` does
        from songloom.jobs.away import is_away, where  # without Django

        if is_away(error):
            return DatabaseAway(f"{where()} does not answer")
        return TryLater(f"the database cannot be used right now: {error}")
    logger.error("a verb failed", exc_info=error)
    return Internal(_("Something failed here (%(kind)s).") % {"kind": type(error).__name__})


def said(error: Failure) -> Failure:
    """Mark an error whose words are in the language of the terminal already."""
    error.is_said = True  # type: ignore[attr-defined]
    return error


def about_disk(error: OSError) -> SongloomError:
    """A full disk, or a place that cannot be read or written; here paths are no secret."""
    words = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(words)
    return NoSuchFile(words) if error.errno == errno.ENOENT else StorageAway(words)


def sentence(error: SongloomError, language: str) -> str:
    """An error for people: in English as the rooms say it; else a sentence by its code, behind
    which the rooms' own words say which value, path or name was meant.
    """
    if language == "en" or "django" not in sys.modules or getattr(error, "is_said", False):
        return str(error)
    from songloom.interfaces.answers.errors import by_code

    known, detail = by_code(error.code), str(error)
    return f"{known}（{detail}）" if known else detail
