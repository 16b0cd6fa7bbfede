"""Runs one verb: reads the arguments, prepares the home, prints the outcome or the error."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from songloom import __version__
from songloom.interfaces.cli import language as languages
from songloom.interfaces.cli.catalogue import verbs
from songloom.interfaces.cli.failures import as_ours, sentence
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.moving import Move
from songloom.interfaces.cli.output import Unwritable, finish, say, warn, without_output
from songloom.interfaces.cli.verbs import (
    Arguments,
    Document,
    Outcome,
    Verb,
    WrongUsage,
    takes_json,
)

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


def run(
    argv: Sequence[str],
    *,
    language: str,
    start: Callable[[], None],
    up: Callable[..., int],
    work: Callable[..., int] | None = None,
    move: Move | None = None,
) -> int:
    """Run `songloom argv…` and return the exit status.

    start  prepares home and Django; called for every verb that is not pure
    up     serves until it is stopped
    work   runs workers until it is stopped
    move   copies one database into another
    """
    languages.speak(language)
    try:
        status = _run(argv, build(up, argv, work, move), language, start)
        finish()
    except Unwritable as lost:
        return without_output(lost)
    return status


def _run(
    argv: Sequence[str],
    built: tuple[argparse.ArgumentParser, dict[str, Verb]],
    language: str,
    start: Callable[[], None],
) -> int:
    parser, known = built
    try:
        arguments = parser.parse_args(with_orders(argv))
        _refuse_nonsense(known, arguments)
    except WrongUsage as exc:
        return _tell_usage(exc, as_json="--json" in argv)
    except SystemExit:  # --help and --version have spoken
        return DONE
    if not arguments.verb:
        parser.print_help(sys.stderr)
        return WRONG_USAGE
    return _perform(known[arguments.verb], arguments, language, start)


def with_orders(argv: Sequence[str]) -> list[str]:
    """`--sort -tempo` as `--sort=-tempo`, which argparse would take for other options."""
    joined: list[str] = []
    for word in argv:
        if joined and joined[-1] == "--sort" and re.fullmatch(r"-[a-z]{2,}", word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _refuse_nonsense(known: dict[str, Verb], given: Arguments) -> None:
    """Raises WrongUsage for arguments that are right one by one and make no sense together."""
    if given.verb and (wrong := known[given.verb].wrong(given)):
        raise WrongUsage(given.usage, wrong)


def _perform(verb: Verb, given: Arguments, language: str, start: Callable[[], None]) -> int:
    as_json = getattr(given, "json", False)
    try:
        if not verb.is_pure:
            start()
            _speak_in_rooms(language)
        outcome = verb.act(given)
        return outcome if isinstance(outcome, int) else _tell(outcome, as_json=as_json)
    except Unwritable:  # no place for a document that says so
        raise
    except KeyboardInterrupt:
        _tell_error("cancelled", _("Cancelled."), as_json=as_json)
        return INTERRUPTED
    except Exception as exc:
        error = as_ours(exc)
        _tell_error(error.code, sentence(error, language), as_json=as_json)
        return FAILED


class Parser(argparse.ArgumentParser):
    """Raises WrongUsage where argparse would print and exit, and Unwritable where it would not."""

    def error(self, message: str) -> NoReturn:
        raise WrongUsage(self.format_usage(), message)

    def _print_message(self, message: str, file: Any = None) -> None:
        (warn if file is sys.stderr else say)(message, end="")


def build(
    up: Callable[..., int],
    argv: Sequence[str],
    work: Callable[..., int] | None = None,
    move: Move | None = None,
) -> tuple[argparse.ArgumentParser, dict[str, Verb]]:
    """The parser of all verbs; only the one that is asked for goes to the cost of its arguments."""
    parser = Parser(
        prog="songloom",
        description=_("A self-hosted music library that listens, edits, finds and composes."),
    )
    version = f"songloom {__version__}"
    words = _("show the version and exit")
    parser.add_argument("--version", action="version", version=version, help=words)
    below = parser.add_subparsers(dest="verb", metavar=_("VERB"), title=_("verbs"))
    known = {verb.name: verb for verb in verbs(up, work, move)}
    for verb in known.values():
        own = below.add_parser(verb.name, help=verb.summary(), description=verb.summary())
        takes_json(own)
        if verb.name in argv:
            verb.arguments(own)
            own.set_defaults(usage=own.format_usage())
    return parser, known


def _speak_in_rooms(language: str) -> None:
    from django.utils import translation

    translation.activate(language)


def _tell(outcome: Outcome, *, as_json: bool) -> int:
    lines = [_dumped(outcome.document)] if as_json else outcome.lines
    for line in lines:
        say(line)
    return DONE if outcome.is_done else FAILED


def _tell_usage(wrong: WrongUsage, *, as_json: bool) -> int:
    usage, message = wrong.args
    if as_json:
        _tell_error("usage", message, as_json=True)
    else:
        warn(usage, end="")
        _tell_error("usage", message, as_json=False)
    return WRONG_USAGE


def _tell_error(code: str, message: str, *, as_json: bool) -> None:
    if as_json:
        say(_dumped({"error": {"code": code, "message": message}}))
    else:
        warn(f"songloom: {message}")


def _dumped(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False)
