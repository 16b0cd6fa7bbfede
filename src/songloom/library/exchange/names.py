"""Artists, albums and genres of many rows at once: looked up and made in a few queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model

from songloom.core.query.sorting import sort_key
from songloom.library.exchange.finding import parts
from songloom.library.ids import clean_text, name_key
from songloom.library.models import Album, Artist, Genre

Noun = TypeVar("Noun", bound=Model)
Albums = dict[tuple[str, str], Album]  # by title and who it is by


def artists(names: Iterable[str]) -> dict[str, Artist]:
    """Artists by the key of their names, as `tagging.artist_named` would make them."""
    clean = {name_key(n): n for n in (clean_text(name, 300) for name in names) if n}
    rows = {key: Artist(name_key=key, name=n, sort_name=n) for key, n in clean.items()}
    return _kept(Artist, "name_key", rows)


def genres(names: Iterable[str]) -> dict[str, Genre]:
    clean = {name_key(n): n for n in (clean_text(name, 100) for name in names) if n}
    return _kept(Genre, "name_key", {key: Genre(name_key=key, name=n) for key, n in clean.items()})


def albums(wanted: Iterable[tuple[str, Artist | None, str]]) -> dict[str, Album]:
    """Albums by key, from (title, whom it is by, date), as `tagging.album_titled` would."""
    rows: dict[str, Album] = {}
    for title, by, date in wanted:
        key = album_key(title, by)
        rows.setdefault(
            key,
            Album(
                album_key=key,
                title=clean_text(title, 300),
                sort_title=sort_key(clean_text(title, 300)),
                artist=by,
                date=date,
                year=int(date[:4]) if date else None,
            ),
        )
    return _kept(Album, "album_key", rows)


def album_key(title: str, by: Artist | None) -> str:
    return name_key(clean_text(title, 300), by.name if by else "")


def _kept(kind: type[Noun], field: str, rows: dict[str, Noun]) -> dict[str, Noun]:
    """Those that are there, and the rest made; another who makes the same meanwhile wins."""
    found = _there(kind, field, rows)
    missing = [row for key, row in rows.items() if key not in found]
    if missing:
        kind._default_manager.bulk_create(missing, ignore_conflicts=True)
        found |= _there(kind, field, {key: rows[key] for key in rows.keys() - found.keys()})
    return found


def _there(kind: type[Noun], field: str, rows: dict[str, Any]) -> dict[str, Noun]:
    found: dict[str, Noun] = {}
    for part in parts(rows):
        for row in kind._default_manager.filter(**{f"{field}__in": part}):
            found[getattr(row, field)] = row
    return found
