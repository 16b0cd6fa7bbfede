"""What a request leaves open is drawn; what it says is kept."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.query.prompt import parse
from songloom.core.query.prompt_request import Mood, Request
from songloom.core.score.choices import Choices, choose, readable
from songloom.core.score.instruments import instrument
from tests.core.query.test_prompt_request import REQUESTS

SEEDS = st.integers(0, 2**31)


def over_seeds(prompt: str, n: int = 40) -> list[Choices]:
    return [choose(parse(prompt), seed) for seed in range(n)]


@given(REQUESTS, SEEDS)
@settings(max_examples=150)
def test_wishes_are_kept(request: Request, seed: int) -> None:
    choices = choose(request, seed)
    for name in ("key", "mode", "metre", "bpm", "seconds", "style", "form", "role"):
        wish = getattr(request, name)
        if wish is not None:
            assert getattr(choices, name) == wish, name
    if request.chords:
        assert choices.chords == request.chords
        assert not choices.is_loop
    if request.drums is not None:
        assert (choices.drums is not None) == request.drums


@given(REQUESTS, SEEDS)
@settings(max_examples=150)
def test_instruments_are_the_named_ones_less_the_excluded(request: Request, seed: int) -> None:
    choices = choose(request, seed)
    excluded = set(request.excluded or ())
    assert not excluded & set(choices.programs)
    asked = set(request.instruments or ()) - excluded
    assert asked <= set(choices.programs)
    if request.role == "solo" or any(instrument(program).leads for program in asked):
        assert set(choices.programs) == asked or not asked


@given(SEEDS)
def test_the_same_seed_chooses_the_same(seed: int) -> None:
    assert choose(Request(), seed) == choose(Request(), seed)


@pytest.mark.parametrize(
    ("wish", "own"),
    [
        ({"key": 3}, {"key"}),
        ({"seconds": 25.0}, {"seconds"}),
        ({"bpm": 101.0}, {"bpm", "bpm_asked"}),
        ({"metre": "9/8"}, {"metre", "patterns"}),
        ({"form": "ABA"}, {"form"}),
        ({"role": "sleep"}, {"role"}),
        ({"excluded": (30,)}, set()),
        ({"instruments": (12, 42)}, {"programs", "drums"}),
    ],
)
@pytest.mark.parametrize("seed", range(8))
def test_a_wish_for_one_thing_leaves_the_other_choices_as_they_were(
    wish: dict[str, object], own: set[str], seed: int
) -> None:
    free, bound = asdict(choose(Request(), seed)), asdict(choose(Request(**wish), seed))  # type: ignore[arg-type]
    assert {name for name in free if free[name] != bound[name]} <= own


def test_sad_pieces_are_mostly_minor_and_glad_ones_mostly_major() -> None:
    sad = sum(choices.mode == "minor" for choices in over_seeds("sad"))
    glad = sum(choices.mode == "major" for choices in over_seeds("happy"))
    assert sad > 30
    assert glad > 30


def test_wild_pieces_are_faster_than_still_ones() -> None:
    for seed in range(10):
        wild = choose(Request(mood=Mood(0, 1)), seed)
        still = choose(Request(mood=Mood(0, -1)), seed)
        assert wild.bpm > 1.4 * still.bpm


def test_the_instrument_that_carries_a_tune_best_leads_wherever_it_was_named() -> None:
    for prompt in ("piano and violin", "violin and piano", "bass, piano and violin"):
        assert choose(parse(prompt), 1).programs[0] == 40


def test_named_instruments_bring_no_drums_unless_the_prompt_does() -> None:
    assert choose(parse("rock"), 1).drums == "rock"
    assert choose(parse("rock, electric guitar"), 1).drums is None
    assert choose(parse("rock, electric guitar and drums"), 1).drums == "rock"
    assert choose(parse("rock without drums"), 1).drums is None


def test_given_chords_decide_the_key_that_was_left_open() -> None:
    choices = choose(parse("Am F C G"), 1)
    assert (choices.key, choices.mode) == (9, "minor")
    choices = choose(parse("C F G C"), 1)
    assert (choices.key, choices.mode) == (0, "major")


def test_a_key_that_was_asked_for_stays_whatever_the_chords() -> None:
    choices = choose(parse("Am F C G in C major"), 1)
    assert (choices.key, choices.mode) == (0, "major")


def test_chords_without_a_meaning_are_left_out() -> None:
    assert readable(("Am", "Hm", "F", "Cfoo", "IV")) == ("Am", "F", "IV")


def test_chinese_style_is_written_in_five_tones() -> None:
    assert {choices.mode for choices in over_seeds("中国风", 10)} == {"gong"}
    assert {choices.mode for choices in over_seeds("悲伤的中国风", 10)} == {"yu"}


def test_where_nearly_everything_is_excluded_something_is_left_to_play() -> None:
    everything = Request(excluded=tuple(range(127)))
    assert choose(everything, 1).programs
    but_harp = Request(excluded=tuple(p for p in range(128) if p != 46))
    assert choose(but_harp, 1).programs == (46,)


def test_choices_differ_between_seeds() -> None:
    found = over_seeds("", 0) or [choose(Request(), seed) for seed in range(30)]
    assert len({choices.key for choices in found}) > 4
    assert len({choices.metre for choices in found}) > 1
    assert len({choices.programs for choices in found}) > 1


def test_choices_are_json() -> None:
    import json

    document = choose(parse("pop"), 1).document()
    assert json.loads(json.dumps(document))["style"] == "pop"


@pytest.mark.parametrize(
    ("prompt", "program"),
    [
        ("a rock song with bass", 33),
        ("jazz with bass and drums", 33),
        ("a waltz with tuba, no piano", 58),
        ("bass and drums", 33),
        ("摇滚，带贝斯", 33),
        ("calm music with a woodblock", 115),
    ],
)
def test_with_bass_the_tune_is_still_played_by_a_melodic_instrument(
    prompt: str, program: int
) -> None:
    for choices in over_seeds(prompt):
        assert instrument(choices.programs[0]).leads > 0
        assert program in choices.programs
        basses = [p for p in choices.programs if instrument(p).is_bass]
        assert basses in ([program], [])


def test_a_bass_alone_has_the_tune() -> None:
    assert {choices.programs for choices in over_seeds("bass solo")} == {(33,)}
    assert {choices.programs for choices in over_seeds("a tune for tuba")} == {(58,)}


def test_what_is_excluded_does_not_come_in_to_lead_a_bass() -> None:
    for choices in over_seeds("rock with bass, no guitar"):
        assert not set(choices.programs) & set(range(24, 32))
