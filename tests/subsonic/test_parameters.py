"""What a client asked for, read with types and limits."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from songloom.errors import BadValue, NotAllowed, NotFound, Unauthenticated
from songloom.interfaces.subsonic.login import decoded
from songloom.interfaces.subsonic.parameters import Asked, as_key
from songloom.interfaces.subsonic.refusals import Refusal

PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def asked(**values: object) -> Asked:
    query = urlencode(values, doseq=True)
    return Asked(RequestFactory().get(f"/rest/ping?{query}"))


@given(value=PLAIN)
def test_text_arrives_as_it_was_sent(value: str) -> None:
    assert asked(x=value).text("x") == value


@given(values=st.lists(PLAIN, max_size=5))
def test_many_values_keep_their_order(values: list[str]) -> None:
    assert asked(x=values).many("x") == values


def test_nul_is_dropped_and_absent_is_the_default() -> None:
    assert asked(x="a\x00b").text("x") == "ab"
    assert asked().text("x", "other") == "other"
    assert asked(x="").text("x", "other") == ""
    assert asked(x="").given("x")
    assert not asked().given("x")


@given(number=st.integers(-(10**15), 10**15))
def test_numbers_are_moved_into_their_limits(number: int) -> None:
    assert asked(n=number).number("n", 7, low=0, high=500) == min(500, max(0, number))


@pytest.mark.parametrize("value", ["1.5", "many", "0x10", "１２", "1 2", "--1"])
def test_what_is_no_number_is_refused(value: str) -> None:
    if value == "１２":  # full-width digits are digits
        assert asked(n=value).number("n", 7) == 12
        return
    with pytest.raises(Refusal) as refused:
        asked(n=value).number("n", 7)
    assert refused.value.number == 0
    assert "n" in str(refused.value)


def test_an_empty_number_is_the_default() -> None:
    assert asked(n="").number("n", 7) == 7
    assert asked(n="  ").number("n", 7) == 7
    assert asked().number("n", 7) == 7


@pytest.mark.parametrize(
    ("value", "meaning"),
    [("true", True), ("1", True), ("TRUE", True), ("false", False), ("0", False), ("", None)],
)
def test_flags_have_several_spellings(value: str, meaning: bool | None) -> None:
    for default in (True, False):
        assert asked(x=value).flag("x", default) == (default if meaning is None else meaning)
    with pytest.raises(Refusal):
        asked(x="perhaps").flag("x", True)


def test_what_is_required_and_missing_has_number_10() -> None:
    for query in (asked(), asked(x="")):
        with pytest.raises(Refusal) as refused:
            query.required("x")
        assert refused.value.number == 10


def test_keys_are_ids_and_anything_else_is_not_found() -> None:
    key = UUID("01a21ab4-e06d-7758-a12a-35801dfe207b")
    assert asked(id=key).key("id") == key
    assert asked(id=[key, key]).keys("id") == [key, key]
    for odd in ("1", "x" * 36, "01a21ab4", str(key) + "0"):
        with pytest.raises(Refusal) as refused:
            as_key(odd)
        assert refused.value.number == 70


@given(moment=st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_times_are_milliseconds_since_1970(moment: datetime) -> None:
    exact = moment.replace(tzinfo=UTC, microsecond=moment.microsecond // 1_000 * 1_000)
    sent = round(exact.timestamp() * 1_000)
    (read,) = asked(time=sent).moments("time")
    assert abs((read - exact).total_seconds()) < 0.001


@given(password=PLAIN)
def test_an_encoded_password_is_read_back(password: str) -> None:
    assert decoded(f"enc:{password.encode().hex()}") == password


def test_a_password_that_only_looks_encoded_opens_nothing() -> None:
    assert decoded("enc:xyz") == ""
    assert decoded("enc:ff") == ""
    assert decoded("encode") == "encode"


def test_our_errors_have_their_numbers() -> None:
    numbers = {NotFound: 70, NotAllowed: 50, Unauthenticated: 40, BadValue: 0}
    assert {kind: Refusal.of(kind("why")).number for kind in numbers} == numbers
    assert str(Refusal.of(NotFound("why"))) == "why"
