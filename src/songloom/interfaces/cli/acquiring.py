"""`songloom add` and `songloom scan`: bring music in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from songloom.errors import BadValue, NoSuchFile, SongloomError
from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Document, Outcome, Verb, takes_no_wait
from songloom.interfaces.cli.working import finish, queued, succeeded

if TYPE_CHECKING:
    from songloom.jobs.models import Job
    from songloom.library.models import Track, User


def verbs() -> list[Verb]:
    return [
        Verb("add", lambda: _("Copy files, folders or addresses in."), _add_arguments, add),
        Verb("scan", lambda: _("Look for changes in linked folders."), _scan_arguments, scan),
    ]


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sources", nargs="+", metavar=_("PATH|URL"))
    parser.add_argument(
        "--link",
        metavar=_("TRACK"),
        help=_("the entry without sound whose sound the one file is"),
    )
    takes_no_wait(parser)


def _scan_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--accept-missing",
        action="store_true",
        help=_("mark missing whatever is gone, however much"),
    )
    takes_no_wait(parser)


def add(given: Arguments) -> Outcome:
    """Every source is tried. Done when anything was accepted; what was refused stands beside it."""
    owner = tracks.who()
    entry = _entry(given)
    jobs: dict[str, Job] = {}
    refused: list[dict[str, str]] = []
    for source in dict.fromkeys(given.sources):
        try:
            jobs[source] = _job_for(source, owner, entry)
        except SongloomError as exc:
            refused.append(_refusal(source, exc.code, str(exc)))
    if given.no_wait:
        outcome = queued(_document([], [], refused, 0), list(jobs.values()))
        return Outcome(outcome.document, outcome.lines, is_done=bool(jobs))
    ended = {job.pk: job for job in finish(jobs.values())}
    results = []
    for source, job in jobs.items():
        result, reasons = _came_of(source, ended[job.pk])
        results.append(result)
        refused += reasons
    return _told(results, refused, needs_any=True)


def _entry(given: Arguments) -> Track | None:
    if not given.link:
        return None
    if len(given.sources) != 1 or "://" in given.sources[0]:
        raise BadValue("--link goes with one file")
    return tracks.find(given.link)


def _job_for(source: str, owner: User, entry: Track | None = None) -> Job:
    from songloom.acquire import services

    if "://" in source:
        return services.add_url(source, owner=owner)
    if not source:  # as a path it would mean the folder that one stands in
        raise NoSuchFile("an empty name is no file or folder")
    try:
        return services.add_path_later(Path(source), owner=owner, link=entry)
    except OSError as exc:  # a name too long, a folder that may not be entered
        raise NoSuchFile(f"cannot be opened: {exc.strerror}") from exc


def _came_of(source: str, job: Job) -> tuple[Document, list[dict[str, str]]]:
    """The result of one source's job, and its refusals named as the user named the source."""
    if job.state != "done":
        error = job.error or {}
        code = str(error.get("code", job.state))
        return {}, [_refusal(source, code, str(error.get("message", code)))]
    result: Document = job.result or {}
    below = [dict(each) for each in result.get("refused", [])]
    for each in below:
        each["source"] = str(Path(source) / each["source"])
    return result, below


def scan(given: Arguments) -> Outcome:
    from songloom.acquire import services

    job = services.scan_later(owner=tracks.who(), accepts_missing=given.accept_missing)
    if given.no_wait:
        return queued(_document([], [], [], 0), [job])
    ended = next(each for each in finish([job]) if each.pk == job.pk)
    result = succeeded(ended).result or {}
    return _told([result], result.get("refused", []))


def _told(results: list[Document], refused: list[Any], *, needs_any: bool = False) -> Outcome:
    added = [track for result in results for track in result.get("added", [])]
    existing = [track for result in results for track in result.get("existing", [])]
    n_missing = sum(result.get("n_missing", 0) for result in results)
    document = _document(added, existing, refused, n_missing)
    is_done = bool(added or existing) if needs_any else bool(added or existing or not refused)
    return Outcome(document, _lines(document), is_done)


def _document(
    added: list[str], existing: list[str], refused: list[dict[str, str]], n_missing: int
) -> Document:
    return {
        "added": _documents(added),
        "existing": _documents(existing),
        "refused": refused,
        "n_missing": n_missing,
    }


def _documents(ids: list[str]) -> list[Document]:
    """Tracks in the order of their ids in the results, each once."""
    from songloom.library.models import Track
    from songloom.library.services.documents import track_document

    order = [UUID(text) for text in dict.fromkeys(ids)]
    found = Track.objects.with_names().in_bulk(order)
    return [track_document(found[pk]) for pk in order if pk in found]


def _refusal(source: str, code: str, message: str) -> dict[str, str]:
    shown = source.encode("utf-8", "replace").decode()
    return {"source": shown, "code": code, "message": message}


def _lines(document: Document) -> list[str]:
    lines = [f"+ {track['id']}  {track['title']}" for track in document["added"]]
    lines += [f"= {track['id']}  {track['title']}" for track in document["existing"]]
    lines += [f"! {each['source']}: {each['message']}" for each in document["refused"]]
    counts = {name: len(document[name]) for name in ("added", "existing", "refused")}
    counts["missing"] = document["n_missing"]
    words = _("%(added)s added, %(existing)s known, %(refused)s refused, %(missing)s missing")
    return [*lines, words % counts]
