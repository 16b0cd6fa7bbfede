"""The full-text engine of each database: what is asked, as its own query language and SQL.

The one module that knows how a database searches. SQLite: FTS5 over the columns of `Row`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from songloom.core.query.text import Phrase, Quality, Term, Wanted
from songloom.errors import BadValue

COLUMNS = ("title_tokens", "artist_tokens", "album_tokens", "genre_tokens", "other_tokens")
ALL = len(COLUMNS)  # how many columns, counted from the first, an expression looks at
Columns = tuple[str, ...]


def found_rows(expression: str) -> models.expressions.Combinable:
    """A subquery: the keys of the rows that an expression finds."""
    return RawSQL(ENGINES[connection.vendor][1], [expression])


def expression(
    wanted: Wanted, *, quality: Quality = Quality.INITIALS, columns: Columns = COLUMNS
) -> str:
    """What is wanted, at this quality or better, all of it within these columns; "" if impossible."""
    return _render(wanted, quality, columns)


def excluding(wanted: Wanted) -> Q:
    """The condition that none of the unwanted words occurs."""
    condition = Q()
    for term in wanted.excluded:
        condition &= ~Q(search_row__in=found_rows(_fts5_term(term)))
    return condition


def _render(wanted: Wanted, quality: Quality, columns: Columns) -> str:
    if connection.vendor not in ENGINES:
        raise BadValue(f"searching is not built for {connection.vendor}")
    return ENGINES[connection.vendor][0](wanted, quality, columns)


# --- SQLite ----------------------------------------------------------------------------------

FTS5_ROWS = "SELECT rowid FROM search_text WHERE search_text MATCH %s"


def _fts5(wanted: Wanted, quality: Quality, columns: Columns) -> str:
    """Tokens are [a-z0-9] only, so nothing that a user wrote can be read as an operator."""
    ways = []
    if wanted.whole is not None and (quality is Quality.WHOLE or not wanted.terms):
        ways.append(_fts5_phrase(wanted.whole))
    if chosen := wanted.up_to(quality):
        ways.append(" AND ".join(f"({_fts5_term(phrases)})" for phrases in chosen))
    if not ways:
        return ""
    text = " OR ".join(f"({way})" for way in ways)
    return text if columns == COLUMNS else f"{{{' '.join(columns)}}} : ({text})"


def _fts5_term(phrases: Term | Iterable[Phrase]) -> str:
    return " OR ".join(map(_fts5_phrase, phrases))


def _fts5_phrase(phrase: Phrase) -> str:
    return " + ".join(phrase.tokens) + (" *" if phrase.is_prefix else "")


ENGINES: dict[str, tuple[Callable[[Wanted, Quality, Columns], str], str]] = {
    "sqlite": (_fts5, FTS5_ROWS),
}
