"""Every verb, in the order of the help."""

from __future__ import annotations

from collections.abc import Callable

from songloom.interfaces.cli import (
    acquiring,
    audacity,
    changing,
    checking,
    composing,
    editing,
    exchanging,
    finding,
    folders,
    learning,
    linking,
    listening,
    moving,
    moving_storage,
    people,
    playlists,
    presets,
    queue,
    repeating,
    revising,
    serving,
    splitting,
    storing,
)
from songloom.interfaces.cli.verbs import Verb


def verbs(
    up: Callable[..., int],
    work: Callable[..., int] | None = None,
    move: moving.Move | None = None,
) -> list[Verb]:
    """up, work, move  what config does; whoever only wants the names gives one"""
    return [
        *serving.verbs(up, work or up),
        *acquiring.verbs(),
        *folders.verbs(),
        *listening.verbs(),
        *finding.verbs(),
        *changing.verbs(),
        *exchanging.verbs(),
        *storing.verbs(),
        *playlists.verbs(),
        *linking.verbs(),
        *editing.verbs(),
        *splitting.verbs(),
        *audacity.verbs(),
        *presets.verbs(),
        *learning.verbs(),
        *repeating.verbs(),
        *composing.verbs(),
        *revising.verbs(),
        *queue.verbs(),
        *people.verbs(),
        *checking.verbs(),
        *moving_storage.verbs(),
        moving.verb(move),
    ]
