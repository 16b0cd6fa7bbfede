"""A fingerprint as text: Chromaprint's own form, there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.acoustid import decoded, encoded
from songloom.core.features.fingerprint import Items
from songloom.errors import BadValue

ITEMS = st.lists(st.integers(0, 2**32 - 1), max_size=40)


def as_items(numbers: list[int]) -> Items:
    return np.asarray(numbers, np.uint32)


@given(ITEMS)
def test_there_and_back_nothing_is_lost(numbers: list[int]) -> None:
    assert decoded(encoded(as_items(numbers))).tolist() == numbers


@pytest.mark.parametrize(
    ("numbers", "text"),  # as libchromaprint 1.5.1 encodes them
    [([1], "AQAAAQE"), ([7], "AQAAAUkA"), ([1 << 6], "AQAAAQcA"), ([1 << 8], "AQAAAQcC"),
     ([1, 0], "AQAAAkEA"), ([1, 1], "AQAAAgEA")],
)  # fmt: skip
def test_it_is_written_as_chromaprint_writes_it(numbers: list[int], text: str) -> None:
    assert encoded(as_items(numbers)) == text
    assert decoded(text).tolist() == numbers


@pytest.mark.parametrize("text", ["", "AQ", "AgAAAQE", "AQAACQE", "AQAAAQc", "Ω", "A"])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        decoded(text)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    from base64 import urlsafe_b64encode

    try:
        items = decoded(urlsafe_b64encode(b"\x01\x00\x00" + raw).decode().rstrip("="))
    except BadValue:
        return
    assert items.dtype == np.uint32
