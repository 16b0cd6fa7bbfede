"""What a program sends is bounded: too many tags are refused by the name it sent them under."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.library.models import Track
from tests.rest.conftest import Caller
from tests.shelf import shelve


@pytest.fixture
def track(ada: Caller) -> Track:
    assert ada.user is not None
    return shelve(ada.user, "Song", artist="Before")


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"artists": [f"W{i}" for i in range(1_100)]}, "artists"),
        ({"artists": [f"W{i}" for i in range(8_000)]}, "artists"),
        ({"albumartist": ["x"] * 101}, "albumartist"),
        ({"genres": [f"g{i}" for i in range(101)]}, "genres"),
        ({"tags": {"composer": [f"c{i}" for i in range(2_000)]}}, "tags.composer"),
        ({"tags": {f"n{i}": ["x"] for i in range(3_000)}}, "tags"),
    ],
)
def test_too_much_is_refused_and_changes_nothing(
    ada: Caller, track: Track, wish: dict[str, Any], field: str
) -> None:
    """It was 500, or kept every other writer waiting for ten seconds."""
    before = ada.get(f"tracks/{track.pk}")
    error = ada.patch(f"tracks/{track.pk}", {"title": "New", **wish}, 422)["error"]
    assert error["code"] == "bad_value"
    assert list(error["fields"]) == [field]
    assert ada.get(f"tracks/{track.pk}") == before


def test_names_that_add_up_are_refused(ada: Caller, track: Track) -> None:
    ada.patch(f"tracks/{track.pk}", {"tags": {f"a{i}": ["x"] for i in range(300)}})
    error = ada.patch(f"tracks/{track.pk}", {"tags": {"more": ["x"]}}, 422)["error"]
    assert list(error["fields"]) == ["tags"]


def test_a_hundred_of_each_are_taken(ada: Caller, track: Track) -> None:
    names = [f"W{i}" for i in range(100)]
    made = ada.patch(f"tracks/{track.pk}", {"artists": names, "tags": {"composer": names}})
    assert [artist["name"] for artist in made["artists"] if artist["role"] == "artist"] == names
    assert made["tags"]["composer"] == names
