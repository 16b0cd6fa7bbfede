"""Comparing rows of different databases: what counts as the same, and in which order tables go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.errors import Conflict
from songloom.library.keep.moving_rows import Copied, check_empty, plain, tables
from songloom.library.models import Preference

values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(), st.binary(), st.uuids(), st.datetimes(timezones=st.just(UTC)),
)  # fmt: skip


def checksum(*rows: tuple[object, ...]) -> str:
    copied = Copied("a")
    for row in rows:
        copied.add(row)
    return copied.checksum


@given(st.lists(st.tuples(values, values), max_size=6), st.randoms(use_true_random=False))
def test_a_checksum_does_not_depend_on_the_order_of_rows(
    rows: list[tuple[object, object]], chance: object
) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert checksum(*rows) == checksum(*mixed)


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_rows_that_differ_have_different_checksums(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert (checksum(one) == checksum(other)) == (one == other)


def test_the_same_row_twice_is_not_none() -> None:
    assert len({checksum(), checksum((1,)), checksum((1,), (1,)), checksum((1,), (1,), (1,))}) == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1e22, 10**22),
        (-0.0, 0),
        (b"\0\xff", memoryview(b"\0\xff")),
        (UUID(int=7), str(UUID(int=7))),
        ({"b": [1.0, None], "a": 2}, {"a": 2.0, "b": [1, None]}),
        (
            datetime(2003, 7, 31, 12, tzinfo=UTC),
            datetime(2003, 7, 31, 14, tzinfo=timezone(timedelta(hours=2))),
        ),
    ],
)
def test_what_databases_spell_differently_is_the_same(one: object, other: object) -> None:
    assert checksum((one,)) == checksum((other,))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", "á"),
        ("a", "A"),
        ("a", "a "),
        ("é", "e\u0301"),
        ("", None),
        (0, None),
        (True, 1),
        (0.1, 0.1000000001),
        (9_007_199_254_740_992, 9_007_199_254_740_993),
        ([], {}),
        (datetime(2003, 7, 31, tzinfo=UTC), datetime(2003, 7, 31, 0, 0, 0, 1, UTC)),
    ],
)
def test_what_a_database_might_lose_is_not_the_same(one: object, other: object) -> None:
    assert checksum((one,)) != checksum((other,))


def test_a_value_of_no_known_kind_stops_the_copy() -> None:
    with pytest.raises(TypeError, match="complex"):
        plain(1j)


def test_what_a_row_refers_to_is_copied_before_it() -> None:
    order = [model._meta.db_table for model in tables()]
    assert len(order) == len(set(order)) > 30
    assert order.index("library_user") < order.index("library_track")
    assert order.index("library_track") < order.index("library_track_genres")
    assert order.index("library_artist") < order.index("library_credit")
    assert "django_migrations" not in order


@pytest.mark.django_db
def test_a_database_fresh_from_its_migrations_counts_as_empty() -> None:
    check_empty("default")
    Preference.write("a", 1)
    with pytest.raises(Conflict, match="library_preference has rows"):
        check_empty("default")
