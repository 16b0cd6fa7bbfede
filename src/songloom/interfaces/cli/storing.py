"""`songloom mongo push|pull|sync`: the catalogue in MongoDB."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songloom.errors import BadValue
from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb, nested
from songloom.interfaces.cli.working import follow

if TYPE_CHECKING:
    from songloom.library.models import Track


def verbs() -> list[Verb]:
    return [Verb("mongo", lambda: _("Exchange the catalogue with MongoDB."), _arguments, mongo)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    nested(
        parser,
        {
            "push": (_("Write the library to MongoDB."), _takes_address),
            "pull": (_("Take what is in MongoDB over."), _pull_arguments),
            "sync": (_("Both, by what changed since the last time."), _takes_address),
        },
    )


def _takes_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("uri", metavar="URI", help="mongodb://host:27017/database")
    parser.add_argument("--collection", default="tracks", help=_("where the documents lie"))
    parser.add_argument("--audio", action="store_true", help=_("with the sound, in GridFS"))


def _pull_arguments(parser: argparse.ArgumentParser) -> None:
    _takes_address(parser)
    parser.add_argument(
        "--map", type=Path, metavar=_("FILE"), help=_("a TOML file for documents of other shapes")
    )


def mongo(given: Arguments) -> Outcome:
    from songloom.library.exchange import mongo as exchange

    if not given.collection or "$" in given.collection or "\0" in given.collection:
        raise BadValue("no collection can be called so")
    came: list[exchange.Exchanged] = []
    with exchange.database(given.uri) as base:
        follow(lambda: came.append(_exchanged(given, base)))
    document = came[0].document()
    words = _("%(pushed)s written, %(pulled)s taken over, %(deleted)s deleted, %(conflicts)s newer")
    refused = [f"! {each['id']}: {each['message']}" for each in document["refused"]]
    return Outcome(document, [*refused, words % document])


def _exchanged(given: Arguments, base: Any) -> Any:
    with _bar() as told:
        return _exchange(given, base, {"collection": given.collection, "told": told})


def _exchange(given: Arguments, base: Any, how: dict[str, Any]) -> Any:
    from songloom.library.exchange import mongo as exchange
    from songloom.library.exchange.mongo.connecting import host_of

    who = tracks.who()
    if given.what == "push":
        return exchange.push(base, who, with_sound=given.audio, **how)
    if given.what == "pull":
        mapping = exchange.read_mapping(given.map) if given.map else None
        return exchange.pull(
            base, who, mapping=mapping, bring=_bring if given.audio else None, **how
        )
    place = f"{host_of(given.uri)}/{base.name}"
    return exchange.sync(base, who, place=place, with_sound=given.audio, bring=_bring, **how)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Documents done of all, on stderr. Ctrl-C ends between two of them; again, it goes on."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        shown = progress.add_task("", total=None)
        yield lambda done, of_all: progress.update(shown, completed=done, total=of_all)


def _bring(chunks: Iterator[bytes], name: str, track: Track) -> None:
    from songloom.acquire import services

    services.add_stream(chunks, name=name, owner=track.owner, link=track)
