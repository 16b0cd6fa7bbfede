"""`songloom analyse FILE…`: measures files; no home, no database, no Django."""

from __future__ import annotations

import argparse
from typing import Any

from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb


def verbs() -> list[Verb]:
    return [
        Verb(
            "analyse",
            lambda: _("Measure audio files; needs no library."),
            _arguments,
            analyse,
            is_pure=True,
        )
    ]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar=_("FILE"))


def analyse(given: Arguments) -> Outcome:
    """Done when at least one file could be measured; a bad one never stops the others."""
    from rich.console import Console
    from rich.progress import Progress

    from songloom.core.features import cli_document

    with Progress(console=Console(stderr=True), transient=True) as progress:
        shown = progress.add_task("", total=len(given.files))

        def before(path: str) -> None:
            progress.update(shown, description=path, completed=given.files.index(path))

        document = cli_document(given.files, before)
    lines = [line for file in document["files"] for line in _lines(file)]
    return Outcome(document, lines, is_done=any(not file["error"] for file in document["files"]))


def _lines(file: dict[str, Any]) -> list[str]:
    """What fits on a screen; `--json` has everything."""
    from songloom.core.features import BASIC

    if file["error"]:
        return [f"{file['path']}: {file['error']['message']}"]
    features = file["features"]
    return [file["path"], *(f"  {name:<20} {_value(features.get(name))}" for name in BASIC)]


def _value(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)
