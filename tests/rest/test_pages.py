"""Cursors: pages hold every row once, in order, whatever happens between two of them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from songloom.errors import BadValue
from songloom.interfaces.rest.cursors import closed, opened
from songloom.interfaces.rest.pages import FURTHEST, Order, cursor_after, offset_of, page_of
from songloom.library.models import Track, User
from tests.databases import examples

pytestmark = pytest.mark.django_db
YEARS = st.lists(st.one_of(st.none(), st.integers(1990, 1994)), min_size=1, max_size=12)
LAWS = hypothesis_settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)


def shelf(years: list[int | None]) -> None:
    Track.objects.all().delete()
    User.objects.all().delete()
    owner = User.objects.create(username="ada")
    Track.objects.bulk_create(
        Track(title=f"t{i % 3}", sort_title=f"t{i % 3}", year=year, owner=owner, origin="uploaded")
        for i, year in enumerate(years)
    )


def expected(years: list[int | None], is_falling: bool) -> list[Any]:
    """Sorted by hand: known years first, in order, then by title; ids settle the rest."""
    rows = Track.objects.values_list("pk", "year", "sort_title")
    sign = -1 if is_falling else 1
    return [
        pk
        for pk, _year, _title in sorted(
            rows, key=lambda r: (r[1] is None, sign * (r[1] or 0), r[2], r[0])
        )
    ]


def walked(order: Order, limit: int) -> list[Any]:
    found: list[Any] = []
    cursor = ""
    while True:
        rows, following, total = page_of(Track.objects.all(), order, limit, cursor)
        found += [row.pk for row in rows]
        assert total == Track.objects.count()
        assert len(rows) <= limit
        if following is None:
            return found
        assert len(rows) == limit
        cursor = following


@LAWS
@given(years=YEARS, limit=st.integers(1, 13), is_falling=st.booleans())
def test_pages_of_any_size_are_the_sorted_list(
    db: None, years: list[int | None], limit: int, is_falling: bool
) -> None:
    shelf(years)
    order = Order("year", is_falling, ("sort_title",))
    assert walked(order, limit) == expected(years, is_falling)


@LAWS
@given(years=YEARS, gone=st.integers(0, 11), is_falling=st.booleans())
def test_a_row_that_vanishes_takes_no_other_with_it(
    db: None, years: list[int | None], gone: int, is_falling: bool
) -> None:
    """Also when it is the very row at which the page before ended."""
    shelf(years)
    order = Order("year", is_falling, ("sort_title",))
    rows, cursor, _total = page_of(Track.objects.all(), order, 3, "")
    rest = expected(years, is_falling)[len(rows) :]
    rows[gone % len(rows)].delete()
    if cursor is None:
        assert rest == []
        return
    following, _cursor, _total = page_of(Track.objects.all(), order, 500, cursor)
    assert [row.pk for row in following] == rest


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "%%%",
        "é",
        base64.urlsafe_b64encode(b"[1, 2]").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        base64.urlsafe_b64encode(b'"offset"').decode(),
    ],
)
def test_what_no_page_gave_away_is_no_cursor(text: str) -> None:
    with pytest.raises(BadValue):
        opened(text, "offset")


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"after": []},
        {"after": "year"},
        {"after": [1, 2, 3, 4]},
        {"after": ["many", "t", "no id"]},
        {"after": [None, None, None]},
        {"after": [[1], {"a": 1}, None]},
        {"offset": 3},
    ],
)
def test_a_forged_cursor_is_refused(content: dict[str, Any]) -> None:
    shelf([1990, 1991])
    with pytest.raises(BadValue):
        page_of(Track.objects.all(), Order("year", then=("sort_title",)), 10, closed(content))


@pytest.mark.parametrize("offset", [-1, FURTHEST + 1, "3", None, 1.5, [1], True])
def test_an_offset_is_a_number_within_reason(offset: Any) -> None:
    with pytest.raises(BadValue):
        offset_of(closed({"offset": offset}))


def test_an_offset_comes_back_as_it_was() -> None:
    assert offset_of("") == 0
    assert offset_of(closed({"offset": 70})) == 70


def test_a_cursor_says_nothing_of_the_library_but_where_the_page_ended() -> None:
    shelf([1990])
    row = Track.objects.get()
    cursor = cursor_after(Track.objects.all(), Order("year", then=("sort_title",)), row, total=1)
    content = json.loads(base64.urlsafe_b64decode(cursor))
    assert content == {"after": [1990, "t0", str(row.pk)], "total": 1}
