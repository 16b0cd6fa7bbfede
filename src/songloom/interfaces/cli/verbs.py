"""What a verb of the command line is, and what it gives back."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from songloom.interfaces.cli.language import _

Arguments = argparse.Namespace
Document = dict[str, Any]
AddArguments = Callable[[argparse.ArgumentParser], None]


@dataclass(frozen=True)
class Outcome:
    """What a verb did: the document for `--json`, lines for people, and whether it worked."""

    document: Document
    lines: list[str] = field(default_factory=list)
    is_done: bool = True


class WrongUsage(Exception):
    """Arguments that the verb does not understand; holds the usage line and what is wrong."""


def nothing_wrong(given: Arguments) -> None:
    """For a verb whose parser sees all that can be wrong."""


@dataclass(frozen=True)
class Verb:
    """One word after `songloom`.

    summary    one sentence for the help, made when the language is known
    arguments  adds its arguments to a parser
    act        does it; Django and the home are ready unless `is_pure`
    wrong      a sentence when the arguments make no sense together; nothing is prepared then
    """

    name: str
    summary: Callable[[], str]
    arguments: AddArguments
    act: Callable[[Arguments], Outcome | int]
    is_pure: bool = False
    wrong: Callable[[Arguments], str | None] = nothing_wrong


def takes_json(parser: argparse.ArgumentParser) -> None:
    """Suppressed default: below a verb with verbs of its own it may stand before or after them."""
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help=_("print one JSON object")
    )


def takes_no_wait(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-wait", action="store_true", help=_("return as soon as the work is queued")
    )


def takes_track(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "track", metavar=_("TRACK"), help=_("a track's id, or at least its first 8 characters")
    )


def nested(parser: argparse.ArgumentParser, verbs: Mapping[str, tuple[str, AddArguments]]) -> None:
    """Verbs below a verb: name → (summary, what adds its arguments). The choice is in `.what`."""
    below = parser.add_subparsers(dest="what", required=True, metavar=_("VERB"))
    for name, (summary, add_arguments) in verbs.items():
        own = below.add_parser(name, help=summary, description=summary)
        takes_json(own)
        add_arguments(own)


def no_arguments(parser: argparse.ArgumentParser) -> None:
    """For a verb that takes none."""
