"""Artists, albums and genres of many rows at once: looked up and made in a few queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db.models import Model

from songloom.core.query.sorting import sort_key
from songloom.library.exchange.finding import parts
from songloom.library.ids import clean_text, name_key, uuid7
from songloom.library.inserting import insert_missing
from songloom.library.models import Album, Artist, Genre


class Named(NamedTuple):
    """A thing by its key in the database, and as it is called there."""

    pk: Any
    name: str


def artists(names: Iterable[str]) -> dict[str, Named]:
    """Artists by the key of their names, as `tagging.artist_named` would make them."""
    clean = {name_key(n): n for n in (clean_text(name, 300) for name in dict.fromkeys(names)) if n}
    fields = ("id", "name_key", "name", "sort_name")
    return _kept(Artist, clean, fields, lambda key: (uuid7(), key, clean[key], clean[key]))


def genres(names: Iterable[str]) -> dict[str, Named]:
    clean = {name_key(n): n for n in (clean_text(name, 100) for name in dict.fromkeys(names)) if n}
    return _kept(Genre, clean, ("name_key", "name"), lambda key: (key, clean[key]))


def albums(wanted: Iterable[tuple[str, Named | None, str]]) -> dict[str, Named]:
    """Albums by key, from (title, whom it is by, date), as `tagging.album_titled` would."""
    found: dict[str, tuple[str, Named | None, str]] = {}
    for title, by, date in wanted:
        found.setdefault(album_key(title, by), (clean_text(title, 300), by, date))

    def row(key: str) -> tuple[Any, ...]:
        title, by, date = found[key]
        year = int(date[:4]) if date else None
        return uuid7(), key, title, sort_key(title), by.pk if by else None, date, year

    fields = ("id", "album_key", "title", "sort_title", "artist_id", "date", "year")
    return _kept(Album, found, fields, row)


def album_key(title: str, by: Named | None) -> str:
    return name_key(clean_text(title, 300), by.name if by else "")


def _kept(
    kind: type[Model],
    wanted: Iterable[str],
    fields: tuple[str, ...],
    row: Callable[[str], tuple[Any, ...]],
) -> dict[str, Named]:
    """Those that are there, and the rest made; another who makes the same meanwhile wins."""
    found = _there(kind, wanted)
    missing = [key for key in wanted if key not in found]
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
