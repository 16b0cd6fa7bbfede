"""`songloom move-database`: a library goes from one kind of database to another."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Document, Outcome, Verb

Move = Callable[[str, str, Callable[[str, int, int], None]], Document]


def verb(move: Move | None) -> Verb:
    """Opening two databases is config's; the command line reads the addresses and tells."""

    def act(given: Arguments) -> Outcome:
        assert move is not None  # whoever only wants the names gives none
        document = move(given.source, given.target, tell)
        return Outcome(document, lines(document))

    return Verb("move-database", summary, arguments, act, is_pure=True)


def summary() -> str:
    return _("Copy the library into another, empty database, and compare both.")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar=_("FROM"), help=_("address of the database to read"))
    parser.add_argument(
        "target",
        metavar=_("TO"),
        help=_("address of an empty database: sqlite:///PATH, postgres://…, mysql://…"),
    )


def tell(table: str, n_done: int, n_all: int) -> None:
    print(f"{table} {n_done}/{n_all}", file=sys.stderr)


def lines(document: dict[str, Any]) -> list[str]:
    n_tables = len(document["tables"])
    told = _("%(rows)s rows in %(tables)s tables are the same in both databases.")
    then = _("From now on: SONGLOOM_DATABASE_URL=%(url)s (with your password)")
    return [
        told % {"rows": document["rows"], "tables": n_tables},
        then % {"url": document["to"]},
    ]
