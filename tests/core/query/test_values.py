"""Values of filters: numbers, spans of time, dates, yes and no."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query import values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12.0),
        ("-7.5", -7.5),
        ("+3", 3.0),
        (" 4 ", 4.0),
        (".5", 0.5),
        ("7,5", 7.5),  # a decimal comma
        ("−3", -3.0),  # a real minus sign
        ("1e3", None),
        ("inf", None),
        ("nan", None),
        ("0x10", None),
        ("1_000", None),
        ("٣", None),
        ("12abc", None),
        ("", None),
        ("9999999999", None),
        ("1" * 400, None),
    ],
)
def test_a_number(text: str, expected: float | None) -> None:
    assert values.number(text) == expected


@given(st.floats(-1e8, 1e8))
def test_every_plain_number_is_read(number: float) -> None:
    text = f"{number:.6f}"
    assert values.number(text) == float(text)


@given(st.integers(0, 359_999))
def test_every_length_is_read_in_every_way_it_is_written(seconds: int) -> None:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    assert values.span_s(str(seconds)) == seconds
    assert values.span_s(f"{hours}:{minutes:02d}:{left:02d}") == seconds
    assert values.span_s(f"{hours}h{minutes}m{left}s") == seconds
    assert values.span_s(f"{hours}小时{minutes}分{left}秒") == seconds
    if hours == 0:
        assert values.span_s(f"{minutes}:{left:02d}") == seconds


@given(st.text(max_size=12))
def test_no_text_breaks_a_reader(text: str) -> None:
    for read in (values.number, values.span_s, values.age_days):
        found = read(text)
        assert found is None or abs(found) <= values.LARGEST
    for other in (values.days, values.key, values.yes_or_no):
        other(text)


@given(st.dates(date(1, 1, 1), date(9998, 12, 31)))
def test_a_day_a_month_and_a_year_hold_the_day(day: date) -> None:
    assert values.days(day.isoformat()) == (day, day)
    for text in (f"{day.year:04d}", f"{day.year:04d}-{day.month}"):
        found = values.days(text)
        assert found is not None
        first, last = found
        assert first <= day <= last
        assert first.day == 1
        assert (last + timedelta(days=1)).day == 1


def test_the_last_month_of_the_calendar_is_no_error() -> None:
    assert values.days("9999-12") == (date(9999, 12, 1), date(9999, 12, 31))
    assert values.days("9999") == (date(9999, 1, 1), date(9999, 12, 31))
    assert values.days("9999-12-31") == (date(9999, 12, 31), date(9999, 12, 31))
    assert values.days("0000") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30d", 30),
        ("2w", 14),
        ("6m", 180),
        ("1y", 365),
        ("12h", 0.5),
        ("3天", 3),
        ("1周", 7),
        ("2年", 730),
        ("d", None),
        ("1", None),
        ("-1d", None),
        ("1.5d", None),
        ("999999d", None),
    ],
)
def test_an_age(text: str, expected: float | None) -> None:
    assert values.age_days(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", True),
        ("YES", True),
        ("1", True),
        ("是", True),
        ("no", False),
        ("0", False),
        ("否", False),
        ("maybe", None),
    ],
)
def test_yes_and_no(text: str, expected: bool | None) -> None:
    assert values.yes_or_no(text) is expected


@pytest.mark.parametrize("step", "CDEFGAB")
@pytest.mark.parametrize(("sign", "shift"), [("", 0), ("#", 1), ("♯", 1), ("b", -1), ("♭", -1)])
@pytest.mark.parametrize(
    ("word", "mode"),
    [("", None), ("m", "minor"), (" minor", "minor"), ("M", "major"), (" 大调", "major")],
)
def test_every_key_as_people_write_it(
    step: str, sign: str, shift: int, word: str, mode: str | None
) -> None:
    semitones = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[step] + shift
    expected = (values.PITCHES[semitones % 12], mode)
    assert values.key(f"{step}{sign}{word}") == expected
    if word != "M":
        assert values.key(f"{step.lower()}{sign}{word}") == expected
