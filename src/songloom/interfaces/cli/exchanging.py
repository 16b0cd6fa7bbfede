"""`songloom csv export|import`: the library as a table, and tables into the library."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.language import _, ngettext
from songloom.interfaces.cli.places import refuse_place
from songloom.interfaces.cli.verbs import Arguments, Document, Outcome, Verb, nested, takes_no_wait
from songloom.interfaces.cli.working import finish, queued, succeeded

NAMED = ("imported", "updated", "refused")


def verbs() -> list[Verb]:
    return [Verb("csv", lambda: _("Write and read tables of tracks."), _arguments, csv)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    nested(
        parser,
        {
            "export": (_("Write the library to a table."), _export_arguments),
            "import": (_("Put the tracks of a table into the library."), _import_arguments),
        },
    )


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar=_("FILE"), help=_("ends in .csv, .tsv, .jsonl or .parquet")
    )
    parser.add_argument("words", nargs="*", metavar=_("WORDS"), help=_("only what these find"))
    parser.add_argument("--header", choices=("zh", "en"), default="zh", help=_("its language"))
    parser.add_argument(
        "--encoding",
        choices=("utf-8", "utf-8-sig", "gb18030", "utf-16"),
        default="utf-8",
        help=_("utf-8-sig for spreadsheets on Windows"),
    )


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar=_("FILE"))
    parser.add_argument("--strict", action="store_true", help=_("all rows or none"))
    parser.add_argument("--encoding", default="", help=_("where it is not found out rightly"))
    takes_no_wait(parser)


def csv(given: Arguments) -> Outcome:
    return export_table(given) if given.what == "export" else import_table(given)


def export_table(given: Arguments) -> Outcome:
    from songloom.library.exchange import rows, writing
    from songloom.library.keep.statistics import keep_statistics
    from songloom.library.models import Track
    from songloom.search.services import matching

    refuse_place(given.file)
    keep_statistics()
    query, who = " ".join(given.words), tracks.who()
    chosen = matching(query, who) if query else Track.objects.visible_to(who)
    found = rows.rows_of(chosen, who)
    n = writing.write(found, given.file, header=given.header, encoding=given.encoding)
    path = str(given.file.absolute())
    words = ngettext("%(n)s track written to %(path)s", "%(n)s tracks written to %(path)s", n)
    return Outcome({"exported": n, "path": path}, [words % {"n": n, "path": path}])


def import_table(given: Arguments) -> Outcome:
    from songloom.acquire import services

    job = services.import_table_later(
        given.file,
        owner=tracks.who(),
        is_strict=given.strict,
        encoding=given.encoding,
        follows_paths=True,
    )
    if given.no_wait:
        return queued({"imported": 0, "updated": 0, "refused": []}, [job])
    ended = next(each for each in finish([job]) if each.pk == job.pk)
    result: dict[str, Any] = succeeded(ended).result or {}
    n_accepted = sum(result[name] for name in ("imported", "updated", "unchanged"))
    document = {name: result[name] for name in NAMED}
    return Outcome(document, list(_lines(result)), bool(n_accepted or not result["n_refused"]))


def _lines(result: Document) -> list[str]:
    lines = [
        ": ".join(part for part in (_place(each), each["message"]) if part)
        for each in result["refused"]
    ]
    if result["ignored"]:
        words = _("columns that are not known: %(names)s")
        lines.append(words % {"names": ", ".join(result["ignored"])})
    words = _("%(imported)s imported, %(updated)s updated, %(n_refused)s rows refused")
    return [*lines, words % result]


def _place(flaw: dict[str, Any]) -> str:
    line = _("line %(line)s") % {"line": flaw["line"]}
    return f"! {line}, {flaw['column']}" if flaw["column"] else f"! {line}"
