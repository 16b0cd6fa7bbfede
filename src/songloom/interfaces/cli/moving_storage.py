"""`songloom move-storage FROM TO`: every stored byte, from the home to a bucket or back."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb

if TYPE_CHECKING:
    from songloom.library.keep.moving import Progress


def verbs() -> list[Verb]:
    return [Verb("move-storage", _summary, _arguments, move)]


def _summary() -> str:
    return _("Copy all stored bytes to another storage.")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar=_("FROM"), help=_("`home`, or s3://bucket?endpoint=…"))
    parser.add_argument("target", metavar=_("TO"), help=_("`home`, or s3://bucket?endpoint=…"))


def move(given: Arguments) -> Outcome:
    """The source stays; run again, it copies only what is new."""
    from django.conf import settings

    from songloom.library import storage
    from songloom.library.keep import moving

    source, target = storage.store_at(given.source), storage.store_at(given.target)
    with _bar() as told:
        notes = settings.HOME / "move-storage.notes"
        document = moving.move(source, target, notes=notes, told=told)
    lines = [
        _("%(n)d files are in %(to)s, compared by their hash (%(mb).1f MB).")
        % {
            "n": document["moved"] + document["already"],
            "to": document["to"],
            "mb": document["bytes"] / 1e6,
        }
    ]
    lines += [f"{problem['code']}  {problem['path']}" for problem in document["problems"]]
    if document["ok"]:
        lines.append(_("Now set SONGLOOM_STORAGE_URL; the old place was left as it is."))
    return Outcome(document, lines, is_done=document["ok"])


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    """Bytes done of all, on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Bar(*columns, TransferSpeedColumn(), console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task("", total=None)

        def told(so_far: Progress) -> None:
            done = so_far.moved + so_far.already + len(so_far.problems)
            words = f"{done}/{so_far.n_all}"
            total, completed = so_far.all_bytes, so_far.done_bytes
            bar.update(shown, total=total, completed=completed, description=words)

        yield told
