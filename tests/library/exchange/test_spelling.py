"""Cells that no spreadsheet takes for a formula, and that are read back as they were."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.library.exchange.cells import value_of
from songloom.library.exchange.columns import BY_NAME
from songloom.library.exchange.spelling import cell, clean, guarded, unguarded

TITLE, ARTISTS, NUMBER = BY_NAME["title"], BY_NAME["artists"], BY_NAME["loudness_lufs"]
texts = st.text(alphabet=st.one_of(st.sampled_from("=+-@'\\;、|\"\n\t, aé青"), st.characters()))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_looks_like_a_formula_begins_with_an_apostrophe(start: str) -> None:
    assert guarded(f"{start}SUM(A1)") == f"'{start}SUM(A1)"


@pytest.mark.parametrize("text", ["'", "''", "'tis", "a=b", "1-2", "青花瓷", ""])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text
    assert unguarded(text) == text


@given(text=texts)
def test_what_was_guarded_is_read_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(tuple("=+-@\t\r\n＝＋－＠"))


@pytest.mark.parametrize("number", [-14.25, -1, 0.0, -1e-05])
def test_negative_numbers_stay_numbers(number: float) -> None:
    assert float(cell(NUMBER, number)) == number


@given(text=texts)
def test_a_text_survives_its_cell(text: str) -> None:
    kept = clean(text)
    assert value_of(TITLE, cell(TITLE, kept)) == (kept or None)


@given(names=st.lists(texts, max_size=4))
def test_names_survive_their_cell(names: list[str]) -> None:
    kept = [name for name in dict.fromkeys(map(clean, names)) if name]
    assert value_of(ARTISTS, cell(ARTISTS, kept)) == (kept or None)


@given(text=texts, names=st.lists(texts, max_size=3))
def test_a_row_survives_csv(text: str, names: list[str]) -> None:
    kept: list[Any] = [clean(text), [n for n in dict.fromkeys(map(clean, names)) if n]]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([cell(TITLE, kept[0]), cell(ARTISTS, kept[1])])
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert [value_of(TITLE, row[0]), value_of(ARTISTS, row[1])] == [each or None for each in kept]


@given(text=st.text())
def test_clean_text_is_clean_and_stays_so(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not any(c in once for c in "\r\x00\x1b")
    once.encode()
