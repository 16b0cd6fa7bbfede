"""Requests as JSON: what a page or a script may have edited."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.prompt_request import (
    METRES,
    MODES,
    Mood,
    Request,
    Slot,
    from_document,
)
from songloom.errors import BadValue

REQUESTS = st.builds(
    Request,
    key=st.none() | st.integers(0, 11),
    mode=st.none() | st.sampled_from(MODES),
    metre=st.none() | st.sampled_from(METRES),
    bpm=st.none() | st.floats(30, 240),
    seconds=st.none() | st.floats(5, 600),
    instruments=st.none()
    | st.lists(st.integers(0, 127), min_size=1, max_size=6, unique=True).map(tuple),
    excluded=st.none()
    | st.lists(st.integers(0, 127), min_size=1, max_size=6, unique=True).map(tuple),
    drums=st.none() | st.booleans(),
    mood=st.none() | st.builds(Mood, st.floats(-1, 1), st.floats(-1, 1)),
    style=st.none() | st.sampled_from(["waltz", "rock"]),
    form=st.none() | st.sampled_from(["AABA", "ABACA"]),
    chords=st.none() | st.just(("Am", "F", "C", "G")),
    role=st.none() | st.just("solo"),
    like=st.none() | st.just("青花瓷"),
)


@given(REQUESTS)
def test_a_request_survives_its_document(request: Request) -> None:
    assert from_document(request.document()).document() == request.document()


def test_an_empty_document_asks_for_nothing() -> None:
    assert from_document({}) == Request()


def test_unknown_fields_are_ignored() -> None:
    assert from_document({"volume": 11, "key": 3}) == Request(key=3)


def test_empty_lists_of_wishes_are_no_wishes() -> None:
    assert from_document({"instruments": [], "chords": [], "excluded": []}) == Request()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", 12),
        ("key", -1),
        ("key", "C"),
        ("key", 1.5),
        ("key", True),
        ("mode", "sad"),
        ("metre", "4/5"),
        ("metre", 4),
        ("bpm", 0),
        ("bpm", 1e9),
        ("bpm", float("nan")),
        ("bpm", "fast"),
        ("seconds", 4.9),
        ("seconds", 601),
        ("seconds", float("inf")),
        ("instruments", [128]),
        ("instruments", ["piano"]),
        ("instruments", 0),
        ("excluded", [-1]),
        ("drums", "no"),
        ("drums", 1),
        ("mood", {"valence": 2, "energy": 0}),
        ("mood", {"valence": 0}),
        ("mood", "sad"),
        ("style", 3),
        ("style", "x" * 301),
        ("form", "XYZ"),
        ("form", ""),
        ("form", "A" * 33),
        ("chords", [1]),
        ("role", []),
        ("like", {}),
    ],
)
def test_a_value_out_of_range_is_refused_by_the_name_of_its_field(field: str, value: Any) -> None:
    with pytest.raises(BadValue) as refused:
        from_document({field: value})
    assert refused.value.fields == {"field": field}
    assert str(refused.value).startswith(f"{field}: ")
    assert "allowed" in str(refused.value)


def test_whole_numbers_are_written_without_a_point() -> None:
    document = Request(bpm=96.0, seconds=90.0).document()
    assert (document["bpm"], document["seconds"]) == (96, 90)
    assert isinstance(document["bpm"], int)


def test_a_request_is_changed_by_making_another() -> None:
    before = Request(key=2)
    after = before.having(key=4, mode="minor")
    assert (before.key, before.mode, after.key, after.mode) == (2, None, 4, "minor")


def test_a_slot_is_json() -> None:
    assert Slot("bpm", "inferred", "慢").document() == {
        "name": "bpm",
        "how": "inferred",
        "words": "慢",
    }
