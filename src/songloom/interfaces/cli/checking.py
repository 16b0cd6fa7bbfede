"""`songloom verify`: whether rows and bytes agree."""

from __future__ import annotations

import argparse
import json

from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb


def verbs() -> list[Verb]:
    return [Verb("verify", lambda: _("Check that nothing is lost."), _arguments, check)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--deep", action="store_true", help=_("also read every file's bytes"))
    parser.add_argument(
        "--repair", action="store_true", help=_("remove orphans and old temporary files")
    )


def check(given: Arguments) -> Outcome:
    """One JSON line for people too: scripts that watch over a library read it."""
    from songloom.library.keep.verify import verify

    document = verify(is_deep=given.deep, repair=given.repair)
    line = json.dumps(document, ensure_ascii=False)
    return Outcome(document, [line], is_done=document["ok"])
