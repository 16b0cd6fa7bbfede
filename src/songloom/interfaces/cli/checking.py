"""`songloom verify`: whether rows and bytes agree."""

from __future__ import annotations

import argparse

from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Document, Outcome, Verb

REPAIRED = ("missing_rendition", "orphan", "stale_temp", "stale_upload")


def verbs() -> list[Verb]:
    return [Verb("verify", lambda: _("Check that nothing is lost."), _arguments, check)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--deep", action="store_true", help=_("also read every file's bytes"))
    parser.add_argument(
        "--repair", action="store_true", help=_("remove orphans and old temporary files")
    )


def check(given: Arguments) -> Outcome:
    from songloom.library.keep.verify import verify

    document = verify(is_deep=given.deep, repair=given.repair)
    return Outcome(document, _lines(document), is_done=document["ok"])


def _lines(document: Document) -> list[str]:
    """A sentence for each problem, with what it is about, and how it stands on the whole."""
    problems = document["problems"]
    if not problems:
        return [_("Nothing is lost and nothing is left over.")]
    words = sentences()
    lines = [f"! {words[each['code']]} {each.get('path') or each['id']}" for each in problems]
    told = _("Problems: %(problems)s. Repaired: %(repaired)s.") % {
        "problems": len(problems),
        "repaired": document["repaired"],
    }
    is_mendable = any(each["code"] in REPAIRED for each in problems)
    if is_mendable and not document["repaired"]:
        told += " " + _("What is left over is removed with --repair.")
    return [*lines, told]


def sentences() -> dict[str, str]:
    """Each code of `verify` in words."""
    return {
        "missing_file": _("The sound of this file is lost:"),
        "changed_file": _("The bytes of this file have changed:"),
        "missing_rendition": _("This rendition is lost; it can be made again:"),
        "missing_cover": _("This cover is lost:"),
        "missing_score": _("The notes of this piece are lost:"),
        "missing_model": _("What was learnt of this tag is lost; train again:"),
        "orphan": _("Nothing in the library speaks of this:"),
        "stale_temp": _("This was left half-way:"),
        "stale_upload": _("This upload began and never ended:"),
        "database": _("The database is damaged:"),
    }
