"""Brings a table in: entries into the library, and the sound that its rows name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from songloom.acquire import adding
from songloom.acquire.receiving import largest_bytes, received
from songloom.acquire.taking_back import Attempt, all_or_none
from songloom.errors import NotAllowed, RefusedInput
from songloom.jobs import check_cancelled, report
from songloom.library.exchange.changing import change
from songloom.library.exchange.entering import Entered, enter
from songloom.library.exchange.entries import Entry, entries
from songloom.library.exchange.finding import forbidden, of_somebody_else
from songloom.library.exchange.reading import Flaw, opened
from songloom.library.models import Track, User
from songloom.library.services.bin import forget_track

BATCH = 500
MOST_FLAWS = 10_000  # told; the rest is counted
MOST_IDS = 1_000


@dataclass
class Imported:
    """The `csv import` document as it grows."""

    n_new: int = 0
    n_changed: int = 0
    n_same: int = 0
    n_refused: int = 0
    flaws: list[Flaw] = field(default_factory=list)
    track_ids: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def refuse(self, flaws: list[Flaw]) -> None:
        self.n_refused += 1
        if len(self.flaws) < MOST_FLAWS:
            self.flaws += flaws

    def document(self) -> dict[str, Any]:
        return {
            "imported": self.n_new,
            "updated": self.n_changed,
            "unchanged": self.n_same,
            "refused": [flaw.document() for flaw in self.flaws],
            "n_refused": self.n_refused,
            "ignored": self.ignored,
            "track_ids": self.track_ids,
        }


class StrictRefusal(Exception):
    """Some row cannot be taken, so none is."""


def import_table(
    path: Path,
    *,
    owner: User,
    is_strict: bool = False,
    folder: Path | None = None,
    encoding: str = "",
) -> Imported:
    """Put every good row of a table in; with `is_strict` all rows or none.

    folder  where paths in the table begin; None: only addresses are followed, never paths
    Raises NoSuchFile, EmptyFile, BadTable, BadValue, MissingExtra for the file as a whole.
    """
    imported = Imported()
    if not is_strict:
        _import(path, encoding, owner, folder, imported)
        return imported
    check(path, encoding, owner, imported)
    if imported.n_refused:
        return imported
    try:
        with all_or_none() as attempt:
            _import(path, encoding, owner, folder, imported, attempt)
    except StrictRefusal:
        return Imported(n_refused=imported.n_refused, flaws=imported.flaws)
    return imported


def check(path: Path, encoding: str, owner: User, imported: Imported) -> None:
    """Read all of it, and note what is wrong, before the first row goes in."""
    good = _good(opened(path, encoding).records, imported)
    while batch := list(islice(good, BATCH)):
        for entry in forbidden(batch, owner):
            imported.refuse([entry.flaw(of_somebody_else(), "id")])
        check_cancelled()


def _import(
    path: Path,
    encoding: str,
    owner: User,
    folder: Path | None,
    imported: Imported,
    attempt: Attempt | None = None,
) -> None:
    table = opened(path, encoding)
    imported.ignored = table.ignored[:100]
    good = _good(table.records, imported)
    n_rows, n_bytes = 0, max(1, path.stat().st_size)
    while batch := list(islice(good, BATCH)):
        entered = _enter(batch, owner, attempt)
        _count(entered, imported, n_in=len(batch))
        for entry, pk, is_new in entered.tracks:
            if entry.audio:
                _sound(entry, pk, owner, folder, imported, is_new=is_new)
        if attempt is not None and imported.n_refused:
            raise StrictRefusal
        n_rows += len(batch)
        report(progress=min(0.99, n_rows * 150 / n_bytes), stage=str(n_rows))
    if attempt is not None and imported.n_refused:
        raise StrictRefusal


def _enter(batch: list[Entry], owner: User, attempt: Attempt | None) -> Entered:
    """One batch, in one short transaction with what would take it back."""
    if attempt is None:
        return enter(batch, owner)
    with transaction.atomic():
        entered = enter(batch, owner, before=attempt.changes)
        attempt.makes(pk for _, pk, is_new in entered.tracks if is_new)
    return entered


def _good(records: Iterator[Any], imported: Imported) -> Iterator[Entry]:
    for each in entries(records):
        if isinstance(each, list):
            imported.refuse(each)
        else:
            yield each


def _count(entered: Entered, imported: Imported, *, n_in: int) -> None:
    imported.n_new += entered.n_new
    imported.n_changed += entered.n_changed
    imported.n_same += max(0, n_in - entered.n_new - entered.n_changed - len(entered.flaws))
    for flaw in entered.flaws:
        imported.refuse([flaw])
    room = MOST_IDS - len(imported.track_ids)
    imported.track_ids += [str(pk) for _, pk, _ in entered.tracks[:room]]


def _sound(
    entry: Entry, pk: UUID, owner: User, folder: Path | None, imported: Imported, *, is_new: bool
) -> None:
    """Bring the sound of one row. When that fails, an entry made for it goes again."""
    track = Track.objects.get(pk=pk)
    if track.has_audio:
        return
    try:
        stored = _bring(entry.audio, owner, folder, track)
    except RefusedInput as exc:
        stored = None
        imported.refuse([entry.flaw(exc, entry.audio_title)])
    except NotAllowed as exc:
        stored = None
        imported.refuse([Flaw(entry.line, entry.audio_title, exc.code, str(exc))])
    if stored == track:
        return
    if is_new:  # no sound came, or it is that of a track which is there already
        forget_track(track)
        imported.n_new -= 1
        if str(pk) in imported.track_ids:
            imported.track_ids.remove(str(pk))
    if stored is not None:
        imported.n_changed += change(stored.pk, entry.said, owner)


def _bring(source: str, owner: User, folder: Path | None, track: Track) -> Track:
    if "://" in source:
        return _fetch(source, owner, track)
    if folder is None:
        raise NotAllowed("a path is followed from the command line alone; give an address")
    return adding.add_file(folder / Path(source).expanduser(), owner=owner, link=track)[0]


def _fetch(url: str, owner: User, track: Track) -> Track:
    from songloom.fetch import fetching  # with httpx, which a table without addresses does without

    with (
        fetching(
            url, largest_bytes=largest_bytes(), allow=settings.FETCH_ALLOW, check=check_cancelled
        ) as answer,
        received(answer.chunks()) as got,
    ):
        origin = Track.Origin.FETCHED
        return adding.keep(
            got, name=answer.file_name, owner=owner, origin=origin, url=url, link=track
        )[0]
