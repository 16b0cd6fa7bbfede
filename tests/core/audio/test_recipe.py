"""A recipe says what it does, refuses what it cannot, and its edits apply in order."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.audio import Audio, recipe
from songloom.core.audio.edits import EDITS, Edit, Parameter, Sound
from songloom.core.audio.resampling import resample
from songloom.errors import BadRecipe
from tests.core.audio.sounds import boundaries, cut_at, joined, noise
from tests.core.audio.wishes import TRACK, edits

RATE = 1_000  # 1 sample is 1 ms


def made(document: Any, sound: Audio, cuts: list[int] | None = None, rate: int = RATE) -> Audio:
    start = Sound(lambda: cut_at(sound, cuts or []), rate, len(sound))
    after = recipe.read(document).on(start)
    return joined(after.make(), after.channels)


def refusal(document: Any) -> str:
    with pytest.raises(BadRecipe) as caught:
        recipe.read(document)
    return str(caught.value)


# ------------------------------------------------------------------ reading


@given(document=st.lists(edits(), max_size=8))
def test_reading_what_was_written_is_the_same_recipe(document: list[dict[str, Any]]) -> None:
    found = recipe.read(document)
    assert recipe.read(found.document()) == found
    assert recipe.read(json.loads(found.canonical())) == found
    assert found.document()["version"] == 1
    assert [edit.name for edit in found.edits] == [one["edit"] for one in document]


def test_a_list_and_an_object_are_the_same_recipe() -> None:
    edit = {"edit": "gain", "gain_db": -3}
    assert recipe.read([edit]) == recipe.read({"version": 1, "edits": [edit]})
    assert recipe.read({}) == recipe.read([]) == recipe.Recipe()


def test_defaults_are_written_out_so_that_equal_recipes_have_one_spelling() -> None:
    short, long = (
        recipe.read([{"edit": "loudness"}]),
        recipe.read([{"edit": "loudness", "target_lufs": -16, "ceiling_dbtp": -1.0}]),
    )
    assert short.canonical() == long.canonical()


@given(
    document=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["edit", "edits", "version", "start_s"]), inner)
        ),
        max_leaves=10,
    )
)
def test_whatever_is_sent_gets_a_recipe_or_a_clear_refusal(document: Any) -> None:
    try:
        said = recipe.read(document).canonical()
    except BadRecipe as exc:
        said = str(exc)
    assert said


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("trim", "a recipe is a list of edits"),
        (7, "a recipe is a list of edits"),
        ({"version": 2, "edits": []}, "version is 2; 1 is known"),
        ([{"edit": "gain"}] * 51, "51 edits; 50 are allowed"),
        (["gain"], "edit 1 is no object"),
        ([{"gain_db": 3}], "no edit “”"),
        ([{"edit": "reverb"}], "there is no edit “reverb”; there are trim, cut, fade_in"),
        (
            [{"edit": "gain"}, {"edit": "gain", "db": 3}],
            "edit 2 (gain): it has no “db”; it has gain_db",
        ),
        ([{"edit": "gain", "gain_db": 61}], "gain_db is 61; -60 to 60 dB are allowed"),
        ([{"edit": "gain", "gain_db": "3"}], "gain_db must be a number, not '3'"),
        ([{"edit": "gain", "gain_db": True}], "must be a number"),
        ([{"edit": "gain", "gain_db": float("nan")}], "must be a number"),
        ([{"edit": "gain", "gain_db": None}], "must be a number"),
        ([{"edit": "trim", "start_s": -1}], "start_s is -1; 0 to 360000 s"),
        (
            [{"edit": "trim", "start_s": 40, "end_s": 10}],
            "ends at 10 s, which is not after its start at 40 s",
        ),
        ([{"edit": "cut", "start_s": 5, "end_s": 5}], "ends at 5 s"),
        ([{"edit": "fade_in", "duration_s": 121}], "121; 0 to 120 s"),
        ([{"edit": "loudness", "target_lufs": 0}], "0; -60 to -5 LUFS"),
        ([{"edit": "loudness", "ceiling_dbtp": 0}], "0; -20 to -1 dBTP"),
        ([{"edit": "resample", "sample_rate": 22_050.5}], "must be a whole number, not 22050.5"),
        ([{"edit": "resample", "sample_rate": 100}], "100; 4000 to 192000 Hz"),
        ([{"edit": "channels", "channels": 3}], "3; 1 to 2 are allowed"),
    ],
)
def test_a_refusal_names_the_edit_and_both_numbers(document: Any, said: str) -> None:
    assert said in refusal(document)


def test_the_command_lines_spelling_of_a_name_is_understood() -> None:
    (edit,) = recipe.read([{"edit": "fade-in", "duration_s": 2}]).edits
    assert edit.document() == {"edit": "fade_in", "duration_s": 2.0}


# ------------------------------------------------------------------ the registry


@pytest.mark.parametrize("kind", EDITS.values(), ids=list(EDITS))
def test_every_edit_can_be_shown_by_an_interface(kind: type[Edit]) -> None:
    assert kind.words.en
    assert kind.words.zh
    assert kind.__doc__
    assert kind().name == kind.name  # defaults make a valid edit
    for parameter in kind.parameters:
        assert parameter.words.en
        assert parameter.words.zh
        json.dumps([parameter.document(), parameter.schema()])
        if isinstance(parameter, Parameter):
            assert parameter.lowest < parameter.highest
            assert parameter.default is not None or parameter.is_optional
            if parameter.default is not None:
                assert parameter.lowest <= parameter.default <= parameter.highest


def test_the_edits_of_the_first_form_are_all_there() -> None:
    names = "trim cut fade_in fade_out gain loudness resample channels trim_silence"
    assert list(EDITS)[:9] == names.split()


# ------------------------------------------------------------------ applying


@given(cuts=boundaries(2_000))
def test_edits_apply_in_the_order_given_on_the_sound_as_it_stands(cuts: list[int]) -> None:
    sound = noise(2_000)
    document = [
        {"edit": "trim", "start_s": 0.2, "end_s": 1.5},
        {"edit": "cut", "start_s": 0.1, "end_s": 0.3, "smooth_ms": 0},
        {"edit": "gain", "gain_db": -6},
    ]
    part = sound[:, 200:1_500]
    expected = np.concatenate([part[:, :100], part[:, 300:]], axis=1)
    assert np.array_equal(made(document, sound, cuts), expected * np.float32(10 ** (-6 / 20)))


def test_the_other_order_is_another_sound() -> None:
    sound = noise(2_000)
    trim, fade = {"edit": "trim", "end_s": 1}, {"edit": "fade_out", "duration_s": 0.5}
    assert not made([trim, fade], sound)[:, -1].any()
    assert made([fade, trim], sound)[:, -1].any()


def test_times_after_a_resampling_count_at_the_new_rate() -> None:
    sound = noise(44_100)
    after = made(
        [{"edit": "resample", "sample_rate": 22_050}, {"edit": "trim", "start_s": 0.25}],
        sound,
        rate=44_100,
    )
    whole = joined(resample(iter([sound]), 44_100, 22_050))
    assert np.array_equal(after, whole[:, round(0.25 * 22_050) :])


def test_channels_and_rate_of_the_result_are_known_before_it_is_made() -> None:
    document = [{"edit": "channels", "channels": 1}, {"edit": "resample", "sample_rate": 8_000}]
    after = recipe.read(document).on(Sound(lambda: iter([noise(100)]), RATE, 2))
    assert (after.channels, after.sample_rate) == (1, 8_000)


def test_silence_at_both_ends_goes_in_any_channel_count() -> None:
    sound = np.pad(np.full((3, 100), 0.5, np.float32), ((0, 0), (400, 700)))
    assert made([{"edit": "trim_silence"}], sound).shape == (3, 100)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            [{"edit": "trim", "start_s": 5}],
            "edit 1 (trim): nothing would be left of a sound of 2.00 s",
        ),
        ([{"edit": "cut"}], "edit 1 (cut): nothing would be left"),
        (
            [{"edit": "gain"}, {"edit": "trim", "end_s": 1}, {"edit": "trim", "start_s": 1.5}],
            "edit 3 (trim): nothing would be left of a sound of 1.00 s",
        ),
        (
            [{"edit": "trim_silence", "threshold_db": -20}],
            "edit 1 (trim_silence): everything stays below -20 dB",
        ),
        ([{"edit": "loudness"}], "edit 1 (loudness): silence, or less than 0.4 s"),
    ],
)
def test_an_edit_that_leaves_nothing_says_which_it_was(document: Any, said: str) -> None:
    silent = np.zeros((2, 2_000), np.float32)
    with pytest.raises(BadRecipe) as caught:
        made(document, silent)
    assert said in str(caught.value)


@given(document=st.lists(edits(), min_size=1, max_size=3), n=st.integers(1, 3_000))
def test_what_is_refused_unheard_is_what_the_sound_itself_would_refuse(
    document: list[dict[str, Any]], n: int
) -> None:
    wanted = recipe.read([one for one in document if one["edit"] != "join"])
    unheard = heard = None
    try:
        wanted.check(n, RATE, 2)
    except BadRecipe as exc:
        unheard = str(exc)
    if unheard is None:
        return
    try:
        for _ in wanted.on(Sound(lambda: iter([noise(n)]), RATE, 2)).make():
            pass
    except BadRecipe as exc:
        heard = str(exc)
    assert heard == unheard


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([{"edit": "trim", "start_s": 5}], "nothing would be left of a sound of 2.00 s"),
        ([{"edit": "gain"}, {"edit": "cut"}], "edit 2 (cut): nothing would be left"),
        ([{"edit": "trim_silence"}, {"edit": "trim", "start_s": 5}], None),
        ([{"edit": "loudness"}, {"edit": "trim", "start_s": 5}], None),
        ([{"edit": "join", "track": TRACK}, {"edit": "trim", "start_s": 5}], None),
        ([{"edit": "trim", "start_s": 1.999}], None),
    ],
)  # fmt: skip
def test_what_is_known_beforehand_is_said_beforehand(document: Any, said: str | None) -> None:
    wanted = recipe.read(document)
    if said is None:
        wanted.check(2_000, RATE, 2)
        return
    with pytest.raises(BadRecipe) as caught:
        wanted.check(2_000, RATE, 2)
    assert said in str(caught.value)


@pytest.mark.parametrize("n", [400, 999, 1_000, 1_001, 1_100])
def test_a_cut_behind_the_end_loses_nothing_of_what_is_there(n: int) -> None:
    """At its joint 5 ms overlap; where nothing follows there is no joint."""
    sound = noise(n)
    document = [{"edit": "cut", "start_s": 1.0, "end_s": 1.5}]
    assert np.array_equal(made(document, sound), sound[:, :1_000])
    nearby = Sound(
        lambda: iter([sound]), RATE, 2, jump=lambda p: iter([sound[:, p:]]), count=lambda: n
    )
    assert np.array_equal(joined(recipe.read(document).on(nearby).make()), sound[:, :1_000])


def test_a_trim_that_ends_behind_the_end_keeps_what_there_is() -> None:
    sound = noise(2_000)
    assert np.array_equal(
        made([{"edit": "trim", "start_s": 1, "end_s": 99}], sound), sound[:, 1_000:]
    )


def test_a_loudness_that_cannot_be_reached_says_which_can() -> None:
    clicks = np.zeros((2, 96_000), np.float32)
    clicks[:, ::24_000] = 0.5
    with pytest.raises(BadRecipe, match=r"edit 1 \(loudness\): .* not to -6 LUFS"):
        made([{"edit": "loudness", "target_lufs": -6}], clicks, rate=48_000)
