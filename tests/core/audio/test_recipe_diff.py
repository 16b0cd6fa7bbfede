"""What changed from one recipe to another leads from the one to the other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.audio.recipe import Recipe, read
from songloom.core.audio.recipe_diff import Change, diff, patched
from songloom.errors import BadRecipe
from tests.core.audio.wishes import edits

recipes = st.lists(edits(), max_size=6).map(read)
GAIN = {"edit": "gain", "gain_db": -3.0}
LOUDER = {"edit": "gain", "gain_db": 2.0}
REVERSE = {"edit": "reverse"}


@given(one=recipes, other=recipes)
@settings(max_examples=80)
def test_the_changes_lead_from_the_one_to_the_other(one: Recipe, other: Recipe) -> None:
    assert patched(one, diff(one, other)) == other


@given(one=recipes)
@settings(max_examples=30)
def test_nothing_changed_is_no_change(one: Recipe) -> None:
    assert diff(one, one) == []
    assert patched(one, []) == one


@given(one=recipes, extra=edits(), at=st.integers(0, 6))
@settings(max_examples=40)
def test_one_edit_more_is_one_change_and_its_opposite_is_too(
    one: Recipe, extra: dict[str, Any], at: int
) -> None:
    written = [edit.document() for edit in one.edits]
    longer = read([*written[:at], extra, *written[at:]])
    (come,) = diff(one, longer)
    (go,) = diff(longer, one)
    assert come.before is None
    assert go.after is None
    assert come.after == go.before


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ([GAIN], [LOUDER], ["gain: gain_db -3.0 → 2.0"]),
        ([GAIN, REVERSE], [REVERSE], ["− gain gain_db -3.0"]),
        ([], [REVERSE], ["+ reverse"]),
        ([GAIN], [REVERSE], ["− gain gain_db -3.0", "+ reverse"]),
        ([GAIN, REVERSE], [REVERSE, GAIN], ["− reverse", "+ reverse"]),
    ],
)
def test_changes_in_words(one: list[Any], other: list[Any], said: list[str]) -> None:
    found = diff(read(one), read(other))
    assert sorted(change.sentence() for change in found) == sorted(said)
    json.dumps([change.document() for change in found])


def test_changes_of_another_recipe_are_refused() -> None:
    with pytest.raises(BadRecipe, match="edit 1 is not what this change was taken from"):
        patched(read([REVERSE]), [Change(0, GAIN, LOUDER)])
