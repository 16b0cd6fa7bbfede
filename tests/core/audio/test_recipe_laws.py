"""Recipes as documents: one spelling each, every range kept, every refusal with its reason."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from songloom.core.audio.edits import EDITS, Parameter
from songloom.core.audio.options import is_span, parse_option
from songloom.core.audio.recipe import MOST_EDITS, Recipe, read
from songloom.errors import BadRecipe
from tests.core.audio.wishes import edits, plain

EVERY_PARAMETER = [
    pytest.param(name, parameter, id=f"{name}.{parameter.name}")
    for name, kind in EDITS.items()
    for parameter in kind.parameters
    if isinstance(parameter, Parameter)
]
SPANS = [name for name, kind in EDITS.items() if is_span(kind)]


recipes = st.lists(edits(), max_size=8)


# ------------------------------------------------------------------ one spelling


@given(document=recipes)
@settings(max_examples=60)
def test_a_recipe_comes_back_through_json_as_it_was(document: list[dict[str, Any]]) -> None:
    made = read(document)
    assert read(json.loads(json.dumps(made.document()))) == made
    assert read(json.loads(made.canonical())) == made


@given(document=recipes)
@settings(max_examples=60)
def test_the_order_of_keys_and_whole_floats_change_no_spelling(
    document: list[dict[str, Any]],
) -> None:
    turned = [dict(reversed(list(edit.items()))) for edit in document]
    floats = [
        {k: float(v) if isinstance(v, int) and k != "edit" else v for k, v in edit.items()}
        for edit in turned
    ]
    assert read(floats).canonical() == read(document).canonical()


@given(document=recipes)
@settings(max_examples=30)
def test_equal_spellings_are_equal_recipes_and_the_order_of_edits_counts(
    document: list[dict[str, Any]],
) -> None:
    made, turned = read(document), read(document[::-1])
    assert (made.canonical() == turned.canonical()) is (made == turned)


def test_an_empty_recipe_is_a_recipe() -> None:
    documents: list[Any] = [[], {"edits": []}, {}, {"version": 1}]
    for document in documents:
        assert read(document) == Recipe()


def test_as_many_edits_as_are_allowed_and_not_one_more() -> None:
    one = {"edit": "gain", "gain_db": 0}
    assert len(read([one] * MOST_EDITS).edits) == MOST_EDITS
    with pytest.raises(BadRecipe, match=f"{MOST_EDITS + 1} edits; {MOST_EDITS} are allowed"):
        read([one] * (MOST_EDITS + 1))


# ------------------------------------------------------------------ ranges


def of(name: str, parameter: Parameter, value: object) -> dict[str, Any]:
    """An edit with this one value, and an end that lies behind any start."""
    return {**plain(name), parameter.name: value}


@pytest.mark.parametrize(("name", "parameter"), EVERY_PARAMETER)
def test_both_ends_of_a_range_are_inside(name: str, parameter: Parameter) -> None:
    ends = [parameter.lowest, parameter.highest]
    if parameter.name == "end_s":
        ends = ends[1:]  # an end at 0 is not after its start
    for value in ends:
        (edit,) = read([of(name, parameter, value)]).edits
        assert getattr(edit, parameter.name) == value


@pytest.mark.parametrize(("name", "parameter"), EVERY_PARAMETER)
def test_just_outside_a_range_is_refused_with_the_range(name: str, parameter: Parameter) -> None:
    for value in (
        math.nextafter(parameter.lowest, -math.inf),
        math.nextafter(parameter.highest, math.inf),
        parameter.highest * 2 + 1_000,
    ):
        with pytest.raises(BadRecipe, match=f"edit 1 .{name}.: {parameter.name} is") as caught:
            read([of(name, parameter, value)])
        assert f"{parameter.highest:g}" in str(caught.value)


@pytest.mark.parametrize(("name", "parameter"), EVERY_PARAMETER)
@pytest.mark.parametrize(
    "value",
    [
        *("1", "", "ten", True, False, [], {}, [1.0], {"s": 1}),
        *(math.nan, math.inf, -math.inf, 10**400, -(10**400)),
    ],
    ids=lambda value: str(value)[:12],
)
def test_what_is_no_number_is_refused_by_the_name_of_its_parameter(
    name: str, parameter: Parameter, value: object
) -> None:
    with pytest.raises(BadRecipe, match=f"edit 1 .{name}.: {parameter.name} "):
        read([of(name, parameter, value)])


@pytest.mark.parametrize(("name", "parameter"), EVERY_PARAMETER)
def test_nothing_is_a_value_only_where_it_may_be_left_out(name: str, parameter: Parameter) -> None:
    if parameter.is_optional:
        (edit,) = read([of(name, parameter, None)]).edits
        assert parameter.name not in edit.document()
    else:
        with pytest.raises(BadRecipe, match="must be a number"):
            read([of(name, parameter, None)])


@pytest.mark.parametrize(("name", "parameter"), EVERY_PARAMETER)
def test_a_parameter_describes_itself_in_both_languages_and_as_json(
    name: str, parameter: Parameter
) -> None:
    told = json.loads(json.dumps(parameter.document()))
    assert told["words"]["en"].isascii()
    assert any("\u4e00" <= c <= "\u9fff" for c in told["words"]["zh"])
    assert told["lowest"] < told["highest"]
    if told["default"] is not None:
        assert told["lowest"] <= told["default"] <= told["highest"]


@pytest.mark.parametrize("name", list(EDITS))
def test_an_edit_without_values_is_its_defaults_written_out(name: str) -> None:
    (edit,) = read([plain(name)]).edits
    defaults = {one.name: one.default for one in EDITS[name].parameters if one.default is not None}
    assert edit.document() == json.loads(json.dumps({**defaults, **plain(name)}))


@pytest.mark.parametrize("name", SPANS)
@pytest.mark.parametrize(("start_s", "end_s"), [(5, 5), (5, 4.999), (0, 0), (360_000, 1)])
def test_an_end_that_is_not_after_its_start_names_both(
    name: str, start_s: float, end_s: float
) -> None:
    with pytest.raises(BadRecipe, match=f"ends at {end_s:g} s.*start at {start_s:g} s"):
        read([{"edit": name, "start_s": start_s, "end_s": end_s}])


@pytest.mark.parametrize("number", [2, 3, 7])
def test_a_refusal_counts_edits_from_one(number: int) -> None:
    fine: list[dict[str, Any]] = [{"edit": "gain"}] * (number - 1)
    with pytest.raises(BadRecipe, match=f"^edit {number} "):
        read([*fine, {"edit": "gain", "gain_db": 99}])


@pytest.mark.parametrize("version", [0, 2, "1", None, [1]])
def test_a_version_of_another_time_is_refused(version: object) -> None:
    with pytest.raises(BadRecipe, match=r"version is .*; 1 is known"):
        read({"version": version, "edits": []})


# ------------------------------------------------------------------ as options


@pytest.mark.parametrize(
    ("text", "start_s", "end_s"),
    [
        ("10:40", 10, 40),
        ("0:0.5", 0, 0.5),
        (":40", 0, 40),
        ("10:", 10, None),
        ("10-40", 10, 40),
        ("10 - 40", 10, 40),
        ("10–40", 10, 40),
        ("10—40", 10, 40),
        ("10-", 10, None),
        ("1:10-2:40", 70, 160),
        ("0:01:10-1:00:00", 70, 3_600),
        ("  3:4  ", 3, 4),
        ("1:02.5-1:03", 62.5, 63),
        ("１０:４０", 10, 40),  # a Chinese keyboard's digits
    ],
)
def test_a_span_is_understood_in_every_usual_spelling(
    text: str, start_s: float, end_s: float | None
) -> None:
    for name in ("trim", "--trim", "cut", " cut "):
        edit = parse_option(name, text)
        assert (edit["start_s"], edit["end_s"]) == (start_s, end_s)
        assert read([edit]).edits


@pytest.mark.parametrize(
    "text",
    ["", ":", "-", "10", "a:b", "1:2:3", "1-2-3", "1:60-2:00", "1:2:3:4-5", "nan:1", "1:inf", "::"],
)
def test_what_is_no_span_says_how_one_is_written(text: str) -> None:
    for name in ("trim", "cut"):
        with pytest.raises(BadRecipe, match=f"^{name}: "):
            parse_option(name, text)


@given(document=edits(), is_named=st.booleans())
@settings(max_examples=80)
def test_any_edit_spelt_as_an_option_is_that_edit(document: dict[str, Any], is_named: bool) -> None:
    values = dict(document)
    name, pieces = values.pop("edit"), []
    if is_span(EDITS[name]):
        start_s, end_s = values.pop("start_s"), values.pop("end_s")
        pieces.append(f"{start_s!r}-{'' if end_s is None else repr(end_s)}")
        assume("e" not in pieces[0])  # 1e-05 has a dash of its own
    for key, value in values.items():
        pieces.append(f"{key}={spelt(value)}" if is_named else spelt(value))
    assert read([parse_option(name, ",".join(pieces))]) == read([document])


def spelt(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(" ".join(map(repr, row)) for row in value)
    return str(value)


@pytest.mark.parametrize("minus", ["-", "−"])
@pytest.mark.parametrize("name", ["gain", "loudness", "trim-silence"])
def test_a_minus_of_print_is_a_minus(name: str, minus: str) -> None:
    (value,) = [v for k, v in parse_option(name, f"{minus}23.5").items() if k != "edit"]
    assert value == -23.5


@pytest.mark.parametrize("name", ["resample", "channels"])
def test_whole_numbers_stay_whole_and_halves_are_refused(name: str) -> None:
    assert list(parse_option(name, "2.0").values())[1] == 2
    assert isinstance(list(parse_option(name, "2.0").values())[1], int)
    with pytest.raises(BadRecipe):
        read([parse_option(name, "44100.5")])
