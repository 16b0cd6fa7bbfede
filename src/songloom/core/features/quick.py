"""Whether the compiled loops are at hand: they are numba's, from the extra [fast].

numba costs half a second to load and some more to compile at the very first use, so only what
measures loads it: a child of a worker, a command, a notebook. The server never does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

logger = logging.getLogger(__name__)
_is_wanted: ContextVar[bool] = ContextVar("compiled", default=False)
_is_allowed: ContextVar[bool] = ContextVar("may be compiled", default=True)


def loops() -> Any:
    """The module `compiled`; None where numba is missing, or nobody measures a whole file."""
    return _loaded() if _is_wanted.get() and _is_allowed.get() else None


@contextmanager
def compiled(*, where: bool = True) -> Iterator[None]:
    """Measure with compiled loops, where numba is installed; where it is not worth it, without.

    A preview, a probe, an edit never do: they are over before numba is loaded.
    """
    before = _is_wanted.set(where)
    try:
        yield
    finally:
        _is_wanted.reset(before)


@contextmanager
def without() -> Iterator[None]:
    """Measure with numpy alone, as where numba is not installed."""
    before = _is_allowed.set(False)
    try:
        yield
    finally:
        _is_allowed.reset(before)


@cache
def _loaded() -> Any:
    try:
        from songloom.core.features import compiled
    except ImportError as exc:  # not installed, or not for this Python
        logger.info("numpy alone: %s", exc)
        return None
    return compiled
