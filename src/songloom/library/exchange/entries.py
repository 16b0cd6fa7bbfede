"""Records → entries: every cell read, or told to be wrong with its line, column and reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from songloom.errors import BadRow, BadText, RefusedInput, SongloomError
from songloom.library.exchange.cells import value_of
from songloom.library.exchange.reading import DAMAGED, Flaw, Head, Record
from songloom.library.exchange.said import split_tag
from songloom.library.ids import name_key
from songloom.library.services import bounds

NAMING = ("title", "album", "artists", "date", "duration_s", "dominant_hz")


@dataclass(frozen=True)
class Entry:
    """What one row says of one track, by names of columns; what it does not say is not there.

    key    by which the same row is known again, where it has no id of ours
    audio  a path or an address where its sound lies; "" for none
    """

    line: int
    said: dict[str, Any]
    key: str
    id: UUID | None = None
    audio: str = ""
    audio_title: str = ""

    def flaw(self, exc: SongloomError, column: str = "") -> Flaw:
        return Flaw(self.line, column, exc.code, str(exc))


def entries(records: Iterable[Record | Flaw]) -> Iterator[Entry | list[Flaw]]:
    """Each row as an entry, or all that is wrong with it."""
    for record in records:
        yield [record] if isinstance(record, Flaw) else entry_of(record)


def entry_of(record: Record) -> Entry | list[Flaw]:
    said: dict[str, Any] = {}
    flaws = []
    audio_title = ""
    for head, raw in record.cells:
        if isinstance(raw, str) and DAMAGED in raw:
            raw = None
            flaws.append(_flaw(record, head, BadText("bytes here are no text in its encoding")))
        try:
            value = value_of(head.column, raw, head.unit, comma=record.comma)
            _check_many(head.column.kind, head.title, value)
        except RefusedInput as exc:
            flaws.append(_flaw(record, head, exc))
            continue
        if value is not None:
            said[head.column.name] = value
        if head.column.kind == "audio":
            audio_title = head.title
    if flaws:
        return flaws
    return _entry(record.line, said, audio_title)


def _check_many(kind: str, title: str, value: Any) -> None:
    """Raises BadValue where a cell holds more names than a tag may have, or more tags."""
    if kind == "names" and value:
        bounds.check_values(title, value)
    if kind == "tags" and value:
        fields: dict[str, list[str]] = {}
        for label, one in map(split_tag, value):
            fields.setdefault(label, []).append(one)
        bounds.check_fields(fields)


def _flaw(record: Record, head: Head, exc: RefusedInput) -> Flaw:
    return Flaw(record.line, head.title, exc.code, str(exc))


def _entry(line: int, said: dict[str, Any], audio_title: str) -> Entry | list[Flaw]:
    audio = str(said.pop("audio", ""))
    known = said.pop("id", None)
    if not audio and not any(name in said for name in NAMING) and not known:
        return [Flaw(line, "", BadRow.code, "nothing here names a track")]
    has_title = "title" in said
    key = _key(said, audio)
    if not has_title and not audio and not known:
        said["title"] = _stand_in(said)
    return Entry(line, said, key, UUID(known) if known else None, audio, audio_title)


def _key(said: dict[str, Any], audio: str) -> str:
    """Title, artists and album; without a title, all that is said."""
    if "title" not in said:
        return name_key("row", json.dumps(said, sort_keys=True, ensure_ascii=False), audio)
    artists = "\0".join(said.get("artists", []))
    return name_key("named", said["title"], artists, str(said.get("album", "")))


def _stand_in(said: dict[str, Any]) -> str:
    """A name for what the table gives none, as tables of frequency, length and album do."""
    for name in ("album", "artists", "date"):
        if found := said.get(name):
            return found[0] if isinstance(found, list) else str(found)
    return f"{said['dominant_hz']:g} Hz" if "dominant_hz" in said else f"{said['duration_s']:g} s"
