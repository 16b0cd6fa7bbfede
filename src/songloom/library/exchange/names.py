"""Artists, albums and genres of many rows at once: looked up and made in a few queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Model

from songloom.core.query.sorting import sort_key
from songloom.library.ids import clean_text, name_key, uuid7
from songloom.library.inserting import insert_missing, parts
from songloom.library.models import Album, Artist, Genre


class Named(NamedTuple):
    """A thing by its key in the database, and as it is called there."""

    pk: Any
    name: str


def artists(names: Iterable[str]) -> dict[str, Named]:
    """Artists by the key of their names, as `tagging.artist_named` would make them."""
    clean = _by_key(names, 300)
    fields = ("id", "name_key", "name", "sort_name")
    return _kept(Artist, clean, fields, lambda key: (uuid7(), key, clean[key], clean[key]))


def genres(names: Iterable[str]) -> dict[str, Named]:
    clean = _by_key(names, 100)
    return _kept(Genre, clean, ("name_key", "name"), lambda key: (key, clean[key]))


def _by_key(names: Iterable[str], longest: int) -> dict[str, str]:
    """Each name once, as it is spelled first."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        if text := clean_text(name, longest):
            found.setdefault(name_key(text), text)
    return found


class Release(NamedTuple):
    """An album as rows or files name it."""

    title: str
    by: Named | None
    date: str = ""  # as precise as it is known
    is_compilation: bool = False
    musicbrainz_id: str = ""
    cover_id: UUID | None = None

    @property
    def key(self) -> str:
        if self.musicbrainz_id:
            return name_key(self.musicbrainz_id, "")
        return name_key(clean_text(self.title, 300), self.by.name if self.by else "")


def albums(wanted: Iterable[Release]) -> dict[str, Named]:
    """Albums by key, as `tagging.album_titled` would make them; what is said first holds."""
    found: dict[str, Release] = {}
    for release in wanted:
        found.setdefault(release.key, release)

    def row(key: str) -> tuple[Any, ...]:
        said = found[key]
        title = clean_text(said.title, 300)
        year = int(said.date[:4]) if said.date else None
        by = said.by.pk if said.by else None
        return uuid7(), key, title, sort_key(title), by, said.date, year, *said[3:]

    fields = ("id", "album_key", "title", "sort_title", "artist_id", "date", "year",
              "is_compilation", "musicbrainz_id", "cover_id")  # fmt: skip
    return _kept(Album, found, fields, row)


def _kept(
    kind: type[Model],
    wanted: Iterable[str],
    fields: tuple[str, ...],
    row: Callable[[str], tuple[Any, ...]],
) -> dict[str, Named]:
    """Those that are there, and the rest made; another who makes the same meanwhile wins."""
    found = _there(kind, wanted)
    missing = sorted(key for key in wanted if key not in found)  # no two wait for each other
    if missing:
        insert_missing(kind, fields, map(row, missing))
        found |= _there(kind, missing)
    return found


def _there(kind: type[Model], keys: Iterable[str]) -> dict[str, Named]:
    field, name = ("album_key", "title") if kind is Album else ("name_key", "name")
    found: dict[str, Named] = {}
    for part in parts(keys):
        rows = kind._default_manager.filter(**{f"{field}__in": part})
        found |= {key: Named(pk, n) for key, pk, n in rows.values_list(field, "pk", name)}
    return found
