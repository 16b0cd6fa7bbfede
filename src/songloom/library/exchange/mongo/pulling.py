"""MongoDB → the library: documents become entries, or change the tracks that they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from songloom.jobs import check_cancelled, report
from songloom.library.exchange.entering import enter
from songloom.library.exchange.entries import Entry, entry_of
from songloom.library.exchange.mongo.documents import changed_at, is_as_written, source
from songloom.library.exchange.mongo.mapping import Mapping, cells, key_of
from songloom.library.exchange.mongo.outcomes import Exchanged, Told, nobody
from songloom.library.exchange.mongo.sound import Bring, fetch
from songloom.library.exchange.reading import Flaw, Record
from songloom.library.exchange.rows import whole
from songloom.library.models import Track, User
from songloom.library.services.bin import bin_track

BATCH = 500
Note = Callable[[str], None]


def pull(
    base: Any,
    owner: User,
    *,
    collection: str = "tracks",
    mapping: Mapping | None = None,
    since: str = "",
    keeps_later: bool = False,
    taken_to: str = "",
    bring: Bring | None = None,
    note: Note = lambda at: None,
    told: Told = nobody,
) -> Exchanged:
    """Take every document over; a second time changes nothing.

    mapping      for documents of other shapes
    since        only what changed from then on
    keeps_later  whether a track that changed later than its document stays, and one that was
                 deleted for good here stays away (see `sync`)
    taken_to     up to where an earlier exchange took everything: later documents may conflict
    bring        takes sound from GridFS in, where a document has it and its track has none
    note         told the moment up to which everything is taken
    """
    came = Exchanged()
    shelf = base[mapping.collection if mapping and mapping.collection else collection]
    wanted = {"changed_at": {"$gte": since}} if since else {}
    n_done, n_all = 0, shelf.count_documents(wanted)
    told(n_done, n_all)
    found = iter(shelf.find(wanted).sort(_order(mapping)))
    while batch := list(islice(found, BATCH)):
        check_cancelled()
        n_done += len(batch)
        last = batch[-1]
        if keeps_later:
            batch = list(_newer(batch, taken_to, came))
        _take(batch, owner, mapping, shelf.full_name, came)
        if bring is not None:
            came.n_sounds += sum(fetch(base, document, bring) for document in batch)
        if mapping is None:
            note(str(last.get("changed_at", "")))
        report(stage=str(came.n_pulled))
        told(n_done, n_all)
    return came


def _order(mapping: Mapping | None) -> list[tuple[str, int]]:
    return [("_id", 1)] if mapping else [("changed_at", 1), ("_id", 1)]


def _newer(batch: list[dict[str, Any]], taken_to: str, came: Exchanged) -> Iterator[dict[str, Any]]:
    """Without documents whose tracks changed later, or at the same time: those are kept; and
    without those of this library whose tracks are gone: they were deleted for good here."""
    ours = source()
    ids = [pk for document in batch if (pk := as_id(document.get("_id")))]
    moments = {t.pk: changed_at(t) for t in whole(Track.objects.filter(pk__in=ids))}
    for document in batch:
        own = moments.get(as_id(document.get("_id")) or UUID(int=0), "")
        theirs = str(document.get("changed_at", ""))
        if own and own >= theirs:
            came.n_conflicts += own > theirs > taken_to and not is_as_written(document, ours)
        elif own or document.get("source") != ours or document.get("is_deleted") is True:
            yield document


def _take(
    batch: list[dict[str, Any]],
    owner: User,
    mapping: Mapping | None,
    place: str,
    came: Exchanged,
) -> None:
    entries: list[Entry] = []
    names: dict[int, str] = {}
    for line, document in enumerate(batch):
        names[line] = str(document.get("_id"))[:100]
        if document.get("is_deleted") is True:
            came.n_deleted += _bin(document, owner)
            continue
        made = entry_of(Record(line, cells(document, mapping)))
        if isinstance(made, list):
            came.refuse(names[line], made)
        else:
            entries.append(_known_by(made, document, place))
    entered = enter(entries, owner)
    came.n_pulled += entered.n_new + entered.n_changed
    for flaw in entered.flaws:
        came.refuse(names.get(flaw.line, ""), [Flaw(0, flaw.column, flaw.code, flaw.message)])


def _known_by(entry: Entry, document: dict[str, Any], place: str) -> Entry:
    """A document of another is known again by its own id and where it lies."""
    if entry.id:
        return entry
    return Entry(entry.line, entry.said, key_of(place, document.get("_id")))


def _bin(document: dict[str, Any], owner: User) -> int:
    """A tombstone puts a track into the bin; nothing is ever deleted for good from outside."""
    pk = as_id(document.get("_id"))
    track = Track.objects.changeable_by(owner).alive().filter(pk=pk).first() if pk else None
    if track is None:
        return 0
    bin_track(track)
    return 1


def as_id(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
