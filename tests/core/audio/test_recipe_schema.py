"""The JSON schema of a recipe allows what `read` takes, and describes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from songloom.core.audio import recipe
from songloom.core.audio.edits import EDITS, Parameter
from songloom.errors import BadRecipe
from tests.core.audio.wishes import edits, plain

LIST, WHOLE = recipe.schema()["oneOf"]
SHAPES = {one["properties"]["edit"]["const"]: one for one in LIST["items"]["oneOf"]}
KINDS: dict[str, tuple[type, ...]] = {
    "number": (int, float),
    "integer": (int,),
    "string": (str,),
    "array": (list, tuple),
    "null": (type(None),),
}


def fits(value: Any, shape: dict[str, Any]) -> bool:
    """The part of JSON schema that recipes need, written down once more."""
    types = [shape["type"]] if isinstance(shape["type"], str) else shape["type"]
    if isinstance(value, bool) or not any(isinstance(value, KINDS[one]) for one in types):
        return False
    if isinstance(value, int | float):
        return bool(shape["minimum"] <= value <= shape["maximum"])
    if isinstance(value, list | tuple):
        is_sized = shape["minItems"] <= len(value) <= shape["maxItems"]
        return is_sized and all(fits(one, shape["items"]) for one in value)
    return True


def fits_edit(document: dict[str, Any]) -> bool:
    shape = SHAPES[document["edit"]]
    given = {key: value for key, value in document.items() if key != "edit"}
    known = shape["properties"]
    return (
        set(shape["required"]) <= set(document)
        and set(given) <= set(known)
        and all(fits(value, known[key]) for key, value in given.items())
    )


def test_the_schema_is_json_and_names_every_edit_once() -> None:
    json.dumps(recipe.schema(), allow_nan=False)
    assert list(SHAPES) == list(EDITS)
    assert WHOLE["properties"]["edits"] == LIST
    assert WHOLE["properties"]["version"] == {"const": recipe.VERSION}
    assert LIST["maxItems"] == recipe.MOST_EDITS


@given(document=edits())
@settings(max_examples=100)
def test_whatever_may_stand_in_a_recipe_fits_the_schema(document: dict[str, Any]) -> None:
    assert fits_edit(document)
    assert fits_edit(recipe.read([document]).edits[0].document())


@pytest.mark.parametrize("name", EDITS)
def test_what_is_outside_does_not_fit_and_is_refused(name: str) -> None:
    for parameter in EDITS[name].parameters:
        if not isinstance(parameter, Parameter):
            continue
        for value in (parameter.lowest - 1, parameter.highest + 1, "1", None, True, [1]):
            document = {**plain(name), parameter.name: value}
            if value is None and parameter.is_optional:
                assert fits_edit(document)
                continue
            assert not fits_edit(document)
            with pytest.raises(BadRecipe):
                recipe.read([document])


@pytest.mark.parametrize("name", EDITS)
def test_what_is_needed_is_what_cannot_be_left_out(name: str) -> None:
    needed = set(SHAPES[name]["required"]) - {"edit"}
    if needed:
        with pytest.raises(BadRecipe, match=next(iter(needed))):
            recipe.read([{"edit": name}])
    else:
        assert recipe.read([{"edit": name}]).edits


@pytest.mark.parametrize("name", EDITS)
def test_every_value_is_described_with_its_unit(name: str) -> None:
    assert SHAPES[name]["description"].endswith(".")
    for parameter in EDITS[name].parameters:
        said = SHAPES[name]["properties"][parameter.name]["description"]
        assert parameter.words.en in said
        assert said.endswith(parameter.unit or parameter.words.en)
