"""Dates keep the precision that people wrote."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.library.dates import partial_date


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2003", "2003"),
        ("2003-07", "2003-07"),
        ("2003-07-31", "2003-07-31"),
        ("2003/7/31", "2003-07-31"),
        ("2003.7.31", "2003-07-31"),
        ("2003年7月31日", "2003-07-31"),
        ("2003年7月", "2003-07"),
        ("2003年", "2003"),
        ("20030731", "2003-07-31"),
        ("2003-07-31T10:00:00Z", "2003-07-31"),
        (" 1998 ", "1998"),
    ],
)
def test_a_date_is_read_as_precisely_as_it_was_written(written: str, iso: str) -> None:
    assert partial_date(written) == iso


@pytest.mark.parametrize(
    "written", ["", "soon", "2003-13", "2003-02-30", "0000", "31.7.2003", "99"]
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert partial_date(written) is None


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_iso_date_reads_back_as_itself(day: date) -> None:
    assert partial_date(day.isoformat()) == day.isoformat()


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader_and_what_is_read_is_stable(text: str) -> None:
    read = partial_date(text)
    assert read is None or partial_date(read) == read
