"""The full-text engine of the database: what is asked of the columns of `Row`, as one statement.

How each database spells it stands in `spelling`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, Q, QuerySet, Value
from django.db.models.expressions import Combinable, RawSQL

from songloom.core.query.sorting import sort_key
from songloom.core.query.text import Quality, Wanted
from songloom.search.spelling import COLUMNS, SPELLINGS, Columns, Spelling, Terms

AnyModel = TypeVar("AnyModel", bound=Model)

# Where a single word stands, the best place first; several words may be spread over the places
# up to one.
PLACES: tuple[Columns, ...] = (COLUMNS[:1], COLUMNS[1:2], COLUMNS[2:3], COLUMNS[3:])
SPREAD: tuple[Columns, ...] = (COLUMNS[:1], COLUMNS[:2], COLUMNS[:3], COLUMNS)

NO_PATTERN = str.maketrans("", "", "%_\\")

FOUND = "SELECT entry.{thing}_id FROM {rows} WHERE {condition} AND entry.{thing}_id IS NOT NULL"
TIER = "SELECT entry.id AS entry, {tier} AS tier FROM {keys} WHERE {condition}"
RANKED = """WITH
  found (entry, tier) AS (SELECT entry, MIN(tier) FROM ({tiers}) AS tiers GROUP BY entry),
  allowed (id, name, liking) AS ({allowed})
  SELECT entry.{thing}_id, COUNT(*) OVER ()
  FROM found {join} search_row AS entry ON entry.id = found.entry
  {join} allowed ON allowed.id = entry.{thing}_id
  ORDER BY found.tier, CASE WHEN REPLACE(allowed.name, ' ', '') LIKE %s THEN 0 ELSE 1 END,
    allowed.liking, LENGTH(allowed.name), allowed.name, allowed.id LIMIT %s OFFSET %s"""


@dataclass(frozen=True)
class Asked:
    """A condition on a row, and the expressions that fill its places."""

    condition: str
    expressions: list[str]


def finds(wanted: Wanted, thing: str, *, columns: Columns = COLUMNS) -> Q:
    """The condition that a thing (track, artist, album) holds what is wanted, nothing unwanted."""
    condition = Q()
    if asked := _asked(wanted, Quality.INITIALS, columns):
        condition &= Q(pk__in=_found(thing, asked))
    for term in wanted.excluded:
        condition &= ~Q(pk__in=_found(thing, _ask([term], COLUMNS)))
    return condition


def asks_words(wanted: Wanted) -> bool:
    """Whether there is any word to rank by."""
    return bool(wanted.terms) or wanted.whole is not None


@dataclass(frozen=True)
class Question:
    """What is asked of which things.

    thing    track, artist or album; `name` is the column that it is listed by
    written  the words as they were typed: names that begin so come first
    liking   a number for each thing, the least for what is liked best
    """

    thing: str
    name: str
    written: str
    liking: Combinable = field(default_factory=lambda: Value(0))


def ranked(
    allowed: QuerySet[AnyModel], question: Question, wanted: Wanted, *, limit: int, offset: int
) -> tuple[list[UUID], int]:
    """The keys of one page, the best match first, and how many are found in all.

    First counts how well a text answers (whole, word, beginning, inside, by its sound), then where
    it stands (title, artist, album, elsewhere), then whether the name begins with what was typed,
    then whether it is liked, then how short it is.
    """
    return _ranked(allowed, question, _tiers(wanted), limit, offset)


def ranked_near(
    allowed: QuerySet[AnyModel],
    question: Question,
    ways: Sequence[Sequence[Wanted]],
    *,
    limit: int,
    offset: int,
) -> tuple[list[UUID], int]:
    """The same for what may have been meant, the likeliest of `ways` first."""
    tiers = [
        [asked for one in way if (asked := _asked(one, Quality.INITIALS, columns)) is not None]
        for way in ways
        for columns in SPREAD
    ]
    return _ranked(allowed, question, tiers, limit, offset)


def _ranked(
    allowed: QuerySet[AnyModel],
    question: Question,
    tiers: Sequence[Sequence[Asked]],
    limit: int,
    offset: int,
) -> tuple[list[UUID], int]:
    spelling, name = _spelling(), question.name
    try:
        inner, params = (
            allowed.order_by()
            .annotate(liking=question.liking)
            .values_list("pk", name, "liking")
            .query.sql_with_params()
        )
    except EmptyResultSet:  # nobody may see anything
        return [], 0
    union = " UNION ALL ".join(
        TIER.format(keys=spelling.keys, tier=at, condition=asked.condition)
        for at, tier in enumerate(tiers)
        for asked in tier
    )
    if not union:
        return [], 0
    expressions = [each for tier in tiers for asked in tier for each in asked.expressions]
    begins = sort_key(question.written).replace(" ", "").translate(NO_PATTERN) + "%"
    with connection.cursor() as cursor:
        cursor.execute(
            RANKED.format(thing=question.thing, tiers=union, allowed=inner, join=spelling.join),
            [*expressions, *params, begins, limit, offset],
        )
        rows = cursor.fetchall()
    if not rows and offset:  # beyond the end: only the number is left to say
        return [], _ranked(allowed, question, tiers, 1, 0)[1]
    return [UUID(str(row[0])) for row in rows], rows[0][1] if rows else 0


def _spelling() -> Spelling:
    return SPELLINGS[connection.vendor]


def _found(thing: str, asked: Asked) -> RawSQL:
    sql = FOUND.format(thing=thing, rows=_spelling().rows, condition=asked.condition)
    return RawSQL(sql, asked.expressions)  # noqa: S611 - `thing` is no input


def _tiers(wanted: Wanted) -> list[list[Asked]]:
    made = []
    for quality in Quality:
        is_one = len(wanted.terms) < 2 or quality is Quality.WHOLE
        for columns in PLACES if is_one else SPREAD:
            if asked := _asked(wanted, quality, columns):
                made.append([asked])
    return made


def _asked(wanted: Wanted, quality: Quality, columns: Columns) -> Asked | None:
    """What is wanted, at this quality or better, within these columns; None if nothing can be."""
    if wanted.whole is not None and (quality is Quality.WHOLE or not wanted.terms):
        return _ask([[wanted.whole]], columns)
    chosen = wanted.up_to(quality)
    return _ask(chosen, columns) if chosen else None


def _ask(terms: Terms, columns: Columns) -> Asked:
    spelling = _spelling()
    expressions = spelling.expressions(terms, columns)
    return Asked(" AND ".join([spelling.matches] * len(expressions)), expressions)
