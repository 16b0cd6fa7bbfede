"""`--trim 10:40` is what a person means by it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.audio import recipe
from songloom.core.audio.edits import EDITS
from songloom.core.audio.options import is_span, parse_option
from songloom.errors import BadRecipe
from tests.core.audio.wishes import TRACK

NUMBERS = [
    name
    for name, kind in EDITS.items()
    if kind.parameters and kind.parameters[0].kind == "number" and not is_span(kind)
]


@pytest.mark.parametrize(
    ("text", "start_s", "end_s"),
    [
        ("10:40", 10, 40),
        ("0.5:2.25", 0.5, 2.25),
        (":40", 0, 40),
        ("10:", 10, None),
        ("10-40", 10, 40),
        ("1:10-2:40", 70, 160),
        ("1:10 – 2:40", 70, 160),
        ("0:01:15-0:02:00.5", 75, 120.5),
        ("1:10-", 70, None),
        ("0-2:40", 0, 160),
    ],
)
@pytest.mark.parametrize("name", ["trim", "cut", "--trim"])
def test_two_times(name: str, text: str, start_s: float, end_s: float | None) -> None:
    expected = {"edit": name.lstrip("-"), "start_s": start_s, "end_s": end_s}
    assert parse_option(name, text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "10", "1:2:3", "a:b", "10:40:50", "1:70-2:00", "1:2:3:4-5", "--", "nan:3", "10:40-"],
)
def test_what_is_not_two_times(text: str) -> None:
    if text == "10:40-":  # from 10 minutes 40 to the end
        assert parse_option("trim", text)["start_s"] == 640
        return
    with pytest.raises(BadRecipe, match="trim: "):
        parse_option("trim", text)


@pytest.mark.parametrize(
    "text",
    [
        "-1:5",
        "-3:9",
        "−1:5",
        "-2:40",
        "10:-5",
        "-1:-5",
        "-0.5:3",
        ":-4",
        "-1-5",
        "–1:5",
        "- 1:5",
        "-5",
    ],
)
@pytest.mark.parametrize("name", ["trim", "cut"])
def test_no_time_lies_before_the_start(name: str, text: str) -> None:
    with pytest.raises(BadRecipe, match=f"{name}: .*before the start"):
        parse_option(name, text)


@pytest.mark.parametrize(
    ("name", "text", "edit"),
    [
        ("fade-in", "0.5", {"edit": "fade_in", "duration_s": 0.5}),
        ("fade_out", "2", {"edit": "fade_out", "duration_s": 2}),
        ("gain", "-3", {"edit": "gain", "gain_db": -3}),
        ("gain", "−3", {"edit": "gain", "gain_db": -3}),
        ("loudness", "-16", {"edit": "loudness", "target_lufs": -16}),
        ("resample", "22050", {"edit": "resample", "sample_rate": 22_050}),
        ("channels", "1", {"edit": "channels", "channels": 1}),
        ("trim-silence", None, {"edit": "trim_silence"}),
        ("trim-silence", True, {"edit": "trim_silence"}),
        ("trim-silence", "", {"edit": "trim_silence"}),
        ("trim-silence", "-50", {"edit": "trim_silence", "threshold_db": -50}),
    ],
)
def test_one_number(name: str, text: str | bool | None, edit: dict[str, Any]) -> None:
    found = parse_option(name, text)
    assert found == edit
    recipe.read([found])


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("text", ["loud", "inf", "nan", "1e999", "0x10"])
def test_what_is_no_number(name: str, text: str) -> None:
    with pytest.raises(BadRecipe, match="is no number"):
        parse_option(name, text)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(BadRecipe, match="reverb"):
        parse_option("reverb", "1")


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_can_be_spelt_as_its_example_says(name: str) -> None:
    """In the help an example stands for the text; a track's id takes the place of TRACK."""
    text = EDITS[name].example.replace("TRACK", TRACK)
    assert recipe.read([parse_option(name, text)]).edits[0].name == name


@pytest.mark.parametrize(
    ("name", "text", "edit"),
    [
        ("cut", "12:15,smooth_ms=0", {"start_s": 12, "end_s": 15, "smooth_ms": 0}),
        ("cut", "12:15,smooth-ms=20", {"start_s": 12, "end_s": 15, "smooth_ms": 20}),
        ("cut", "12:15,0", {"start_s": 12, "end_s": 15, "smooth_ms": 0}),
        ("insert-silence", "1:30,2", {"at_s": 90, "duration_s": 2}),
        ("insert-silence", "duration_s=2, at_s=5", {"at_s": 5, "duration_s": 2}),
        ("high-pass", "80,4", {"cutoff_hz": 80, "order": 4}),
        ("loudness", "-14,-2", {"target_lufs": -14, "ceiling_dbtp": -2}),
        ("mix", "0 1; 1 0", {"matrix": [[0, 1], [1, 0]]}),
        ("mix", "0.5 −0.5", {"matrix": [[0.5, -0.5]]}),
        ("join", TRACK, {"track": TRACK}),
        ("join", f"{TRACK},1.5", {"track": TRACK, "crossfade_s": 1.5}),
        ("reverse", None, {}),
        ("reverse", "", {}),
        ("dither", None, {}),
        ("dither", "12,7", {"bits": 12, "seed": 7}),
    ],
)
def test_several_values_stand_in_order_or_by_their_names(
    name: str, text: str | None, edit: dict[str, Any]
) -> None:
    found = parse_option(name, text)
    assert found == {"edit": name.replace("-", "_"), **edit}
    recipe.read([found])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gain", "1,5"),
        ("reverse", "1"),
        ("cut", "1:2,3,4"),
        ("high-pass", "80,order=2,order=4"),
        ("high-pass", "80,steepness=4"),
    ],
)
def test_a_value_too_many_is_refused_by_what_it_says(name: str, text: str) -> None:
    with pytest.raises(BadRecipe, match="is more than it takes"):
        parse_option(name, text)


@given(start=st.integers(0, 3_000), length=st.integers(1, 3_000))
def test_minutes_and_seconds_are_the_same_time(start: int, length: int) -> None:
    def spelt(seconds: int) -> str:
        return f"{seconds // 60}:{seconds % 60:02}"

    plain = parse_option("cut", f"{start}:{start + length}")
    assert parse_option("cut", f"{spelt(start)}-{spelt(start + length)}") == plain


@given(text=st.text(max_size=12), name=st.sampled_from(sorted(EDITS)))
def test_any_text_is_an_edit_or_a_refusal(text: str, name: str) -> None:
    try:
        said = str(parse_option(name, text)["edit"])
    except BadRecipe as exc:
        said = str(exc)
    assert name in said
