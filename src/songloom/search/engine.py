"""The full-text engine of each database: what is asked, as its own query language and SQL.

The one module that knows how a database searches. SQLite: FTS5 over the columns of `Row`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from songloom.core.query.text import Phrase, Quality, Term, Wanted

COLUMNS = ("title_tokens", "artist_tokens", "album_tokens", "genre_tokens", "other_tokens")
Columns = tuple[str, ...]
AnyModel = TypeVar("AnyModel", bound=Model)

# Where a single word stands, the best place first; several words may be spread over the places
# up to one.
PLACES: tuple[Columns, ...] = (COLUMNS[:1], COLUMNS[1:2], COLUMNS[2:3], COLUMNS[3:])
SPREAD: tuple[Columns, ...] = (COLUMNS[:1], COLUMNS[:2], COLUMNS[:3], COLUMNS)

# CROSS JOIN keeps SQLite from asking the full-text index once for every track (measured at
# 10,000 tracks: 6 s instead of 0.02 s).
FOUND = """SELECT row.{thing}_id FROM search_text CROSS JOIN search_row AS row
  ON row.id = search_text.rowid WHERE search_text MATCH %s AND row.{thing}_id IS NOT NULL"""
TIER = "SELECT rowid AS row, {tier} AS tier FROM search_text WHERE search_text MATCH %s"
RANKED = """WITH
  found (row, tier) AS (SELECT row, MIN(tier) FROM ({tiers}) AS tiers GROUP BY row),
  allowed (id, name) AS ({allowed})
  SELECT row.{thing}_id, COUNT(*) OVER ()
  FROM found CROSS JOIN search_row AS row ON row.id = found.row
  CROSS JOIN allowed ON allowed.id = row.{thing}_id
  ORDER BY found.tier, allowed.name, allowed.id LIMIT %s OFFSET %s"""


def finds(wanted: Wanted, thing: str, *, columns: Columns = COLUMNS) -> Q:
    """The condition that a thing (track, artist, album) holds what is wanted, nothing unwanted."""
    condition = Q()
    if asked := _expression(wanted, Quality.INITIALS, columns):
        condition &= Q(pk__in=_found(thing, asked))
    for term in wanted.excluded:
        condition &= ~Q(pk__in=_found(thing, _any(term)))
    return condition


def asks_words(wanted: Wanted) -> bool:
    """Whether there is any word to rank by."""
    return bool(wanted.terms) or wanted.whole is not None


def ranked(
    allowed: QuerySet[AnyModel], thing: str, name: str, wanted: Wanted, *, limit: int, offset: int
) -> tuple[list[UUID], int]:
    """The keys of one page, the best match first, and how many are found in all.

    First counts how well a text answers (whole, word, beginning, inside, by its sound), then where
    it stands (title, artist, album, elsewhere), then the column `name` of the thing.
    """
    tiers = _tiers(wanted)
    try:
        inner, params = allowed.order_by().values("pk", name).query.sql_with_params()
    except EmptyResultSet:  # nobody may see anything
        return [], 0
    union = " UNION ALL ".join(TIER.format(tier=at) for at in range(len(tiers)))
    with connection.cursor() as cursor:
        cursor.execute(
            RANKED.format(thing=thing, tiers=union, allowed=inner),
            [*tiers, *params, limit, offset],
        )
        rows = cursor.fetchall()
    if not rows and offset:  # beyond the end: only the number is left to say
        return [], ranked(allowed, thing, name, wanted, limit=1, offset=0)[1]
    return [UUID(str(row[0])) for row in rows], rows[0][1] if rows else 0


def _found(thing: str, expression: str) -> RawSQL:
    return RawSQL(FOUND.format(thing=thing), [expression])  # noqa: S611 - `thing` is no input


def _tiers(wanted: Wanted) -> list[str]:
    made = []
    for quality in Quality:
        is_one = len(wanted.terms) < 2 or quality is Quality.WHOLE
        for columns in PLACES if is_one else SPREAD:
            if expression := _expression(wanted, quality, columns):
                made.append(expression)
    return made


# --- the language of FTS5 --------------------------------------------------------------------


def _expression(wanted: Wanted, quality: Quality, columns: Columns) -> str:
    """What is wanted, at this quality or better, within these columns; "" if nothing can be.

    Tokens are [a-z0-9] only, so nothing that a user wrote can be read as an operator.
    """
    ways = []
    if wanted.whole is not None and (quality is Quality.WHOLE or not wanted.terms):
        ways.append(_phrase(wanted.whole))
    if chosen := wanted.up_to(quality):
        ways.append(" AND ".join(f"({_any(phrases)})" for phrases in chosen))
    if not ways:
        return ""
    text = " OR ".join(f"({way})" for way in ways)
    return text if columns == COLUMNS else f"{{{' '.join(columns)}}} : ({text})"


def _any(phrases: Term | Iterable[Phrase]) -> str:
    return " OR ".join(map(_phrase, phrases))


def _phrase(phrase: Phrase) -> str:
    return " + ".join(phrase.tokens) + (" *" if phrase.is_prefix else "")
