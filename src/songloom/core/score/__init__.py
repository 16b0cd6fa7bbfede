"""Symbolic music: from a request to notes, MIDI bytes and sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from songloom.core.query.prompt_request import Request
    from songloom.core.score.piece import Score
    from songloom.core.score.tune import Melodist


def compose(
    request: Request, seed: int, model: Melodist, *, pause: Callable[[], None] = lambda: None
) -> Score:
    """Write the piece that was asked for; the same request, seed and model give the same score."""
    from songloom.core.score.piece import compose as written

    return written(request, seed, model, pause=pause)
