"""`songloom folder`: folders that are read in place and never written to."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from songloom.errors import NotFound
from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.failures import said
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Document, Outcome, Verb, nested, no_arguments

if TYPE_CHECKING:
    from songloom.library.models import Folder


def verbs() -> list[Verb]:
    return [Verb("folder", lambda: _("Link folders that are read in place."), _arguments, folder)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    nested(
        parser,
        {
            "add": (_("Link a folder; `songloom scan` then reads it."), _add_arguments),
            "list": (_("Every linked folder."), no_arguments),
            "remove": (_("Let a folder go; its files stay as they are."), _remove_arguments),
        },
    )


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar=_("DIR"))
    parser.add_argument("--name", default="", help=_("what to call it"))
    parser.add_argument("--private", action="store_true", help=_("only its owner may hear it"))


def _remove_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar=_("DIR"), help=_("its path, its name or its id"))


def folder(given: Arguments) -> Outcome:
    return {"add": _add, "list": _list, "remove": _remove}[given.what](given)


def _add(given: Arguments) -> Outcome:
    from songloom.acquire import services

    linked = services.link_folder(
        given.path, owner=tracks.who(), name=given.name, is_private=given.private
    )
    return Outcome({"folder": _document(linked)}, [_line(linked)])


def _list(given: Arguments) -> Outcome:
    from songloom.library.models import Folder

    found = list(Folder.objects.order_by("number"))
    return Outcome({"folders": [_document(each) for each in found]}, list(map(_line, found)))


def _remove(given: Arguments) -> Outcome:
    from songloom.acquire import services

    gone = _named(given.folder)
    document = {"removed": str(gone.pk), "n_tracks": services.unlink_folder(gone)}
    words = _("%(n)s tracks left the library; the files stay where they are.")
    return Outcome(document, [words % {"n": document["n_tracks"]}])


def _named(text: str) -> Folder:
    from songloom.library.models import Folder

    path = Path(os.path.expanduser(text))
    wanted = (text, str(path.absolute()), str(path.resolve()))
    for each in Folder.objects.order_by("number"):
        if each.path in wanted or each.name == text or str(each.pk) == _as_id(text):
            return each
    words = _("no linked folder is called “%(name)s”; `songloom folder list` shows them")
    raise said(NotFound(words % {"name": text[:200]}))


def _as_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _document(linked: Folder) -> Document:
    from songloom.library.services.documents import stamp

    return {
        "id": str(linked.pk),
        "path": linked.path,
        "name": linked.name,
        "is_private": linked.is_private,
        "created_at": stamp(linked.created_at),
        "last_scan_at": stamp(linked.last_scan_at),
    }


def _line(linked: Folder) -> str:
    return f"{linked.pk}  {linked.name}  {linked.path}"
