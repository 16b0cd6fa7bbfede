"""Every verb, in the order of the help."""

from __future__ import annotations

from collections.abc import Callable

from songloom.interfaces.cli import serving
from songloom.interfaces.cli.verbs import Verb


def verbs(up: Callable[..., int]) -> list[Verb]:
    return [
        serving.verb(up),
    ]
