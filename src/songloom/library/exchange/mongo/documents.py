"""Tracks as documents: what a row says, when it changed, from which library it came.

{"_id": "0192…", "title": …, "artists": […], "features": {…}, "lineage": […], "has_audio": true,
 "changed_at": "2026-11-27T06:00:00.123456Z", "source": "…", "digest": "…", "is_deleted": false}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from songloom.core.features import SCALARS
from songloom.errors import StorageAway
from songloom.library.exchange.rows import Row, rows
from songloom.library.ids import uuid7
from songloom.library.models import File, Preference, Track, User
from songloom.library.services.believing import bytes_of
from songloom.library.services.storing import main_file

Document = dict[str, Any]
SOURCE = "mongo.source"  # the preference that holds the name of this library among others
SEAL = ("_id", "source", "changed_at", "digest")  # what a document has around what it says
NESTED = ("id", "lineage", *(name for name in SCALARS if name != "duration_s"))


def source() -> str:
    """By which documents of this library are told from those of others."""
    found = Preference.read(SOURCE, None) or str(uuid7())
    Preference.write(SOURCE, found)
    return str(found)


def documents(tracks: Sequence[Track], viewer: User, source: str) -> list[Document]:
    """Documents of tracks that came by `rows.whole`; those in the bin are tombstones."""
    return [
        tombstone(track.pk, source, changed_at(track))
        if track.binned_at
        else _document(track, row, source)
        for track, row in zip(tracks, rows([t.pk for t in tracks], viewer), strict=True)
    ]


def _document(track: Track, row: Row, source: str) -> Document:
    features = {name: row[name] for name in SCALARS if row.get(name) is not None}
    found: Document = {name: value for name, value in row.items() if name not in NESTED}
    found |= {"has_audio": track.has_audio, "is_deleted": False}
    found |= {"features": features, "lineage": row["lineage"]}
    file = main_file(track) if track.has_audio else None
    if file is not None:
        found["audio"] = {
            "sha256": _sha256(file),
            "format": file.format,
            "name": file.original_name,
            "size_bytes": file.size_bytes,
        }
    return sealed(found, str(track.pk), source, changed_at(track))


def _sha256(file: File) -> str:
    """As far as it can be known now."""
    try:
        return bytes_of(file)
    except StorageAway:
        return ""


def tombstone(pk: UUID | str, source: str, at: str) -> Document:
    return sealed({"is_deleted": True}, str(pk), source, at)


def sealed(content: Document, pk: str, source: str, at: str) -> Document:
    """With a digest of what it says, so that nothing is written that is there already."""
    return {"_id": pk, **content, "source": source, "changed_at": at, "digest": _digest(content)}


def _digest(content: Document) -> str:
    spelled = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(spelled.encode("utf-8", "replace")).hexdigest()


def is_as_written(document: Document, source: str) -> bool:
    """Whether it still says what the library of that name wrote."""
    content = {name: value for name, value in document.items() if name not in SEAL}
    return document.get("source") == source and document.get("digest") == _digest(content)


def changed_at(track: Track) -> str:
    """The latest of tags, bin and measures."""
    features = getattr(track, "features", None)
    moments: Iterable[datetime] = (
        m for m in (track.updated_at, getattr(features, "measured_at", None)) if m
    )
    return stamp(max(moments))


def stamp(moment: datetime) -> str:
    """Text that sorts as time does, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
