"""What a verb of the command line is, and what it gives back."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Arguments = argparse.Namespace
Document = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What a verb did: the document for `--json`, lines for people, and whether it worked."""

    document: Document
    lines: list[str] = field(default_factory=list)
    is_done: bool = True


@dataclass(frozen=True)
class Verb:
    """One word after `songloom`.

    arguments  adds its arguments to a parser
    act        does it; Django and the home are ready unless `is_pure`
    """

    name: str
    summary: Callable[[], str]
    arguments: Callable[[argparse.ArgumentParser], None]
    act: Callable[[Arguments], Outcome | int]
    is_pure: bool = False
    has_json: bool = True


def no_arguments(parser: argparse.ArgumentParser) -> None:
    """For a verb that takes none."""


def no_wait(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("--no-wait", action="store_true", help=help)
