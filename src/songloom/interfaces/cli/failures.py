"""Whatever a verb raises, as one of our errors with a sentence in the language of the terminal."""

from __future__ import annotations

import errno
import logging
import sys

from songloom.errors import BadValue, DiskFull, SongloomError, StorageAway, TryLater
from songloom.interfaces.cli.language import _

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
    if type(error).__name__ == "OperationalError":  # Django's; `analyse` does without Django
        return TryLater(f"the database cannot be used right now: {error}")
    logger.error("a verb failed", exc_info=error)
    return Internal(_("Something failed here (%(kind)s).") % {"kind": type(error).__name__})


def about_disk(error: OSError) -> SongloomError:
    """A full disk, or a place that cannot be read or written; here paths are no secret."""
    words = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
    return DiskFull(words) if error.errno in (errno.ENOSPC, errno.EDQUOT) else StorageAway(words)


def sentence(error: SongloomError, language: str) -> str:
    """An error for people: the rooms' own English, or a sentence by its code."""
    if language == "en" or "django" not in sys.modules:
        return str(error)
    from songloom.interfaces.answers.errors import sentence as translated

    return translated(error)
