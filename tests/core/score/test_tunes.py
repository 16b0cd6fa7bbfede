"""Bars and how they are played: repeats, endings and ties, built by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.score.tunes import MOST_PASSES, Bar, Event, Key, Tune, unfolded

QUARTER = Fraction(1)


def bar(
    *pitches: int | None,
    opens: bool = False,
    closes: bool = False,
    endings: tuple[int, ...] = (),
    tied: set[int] | None = None,
) -> Bar:
    notes = [(QUARTER, pitch) for pitch in pitches]
    return Bar(notes, tied or set(), opens, closes, endings)


def played(*bars: Bar) -> list[int | None]:
    return [pitch for each in unfolded(list(bars)) for _, pitch in each.notes]


def test_a_bar_lasts_as_long_as_its_notes() -> None:
    assert bar(60, None, 62).length == 3
    assert Bar().length == 0


def test_a_full_bar_follows_from_the_metre() -> None:
    assert Tune(metre=(6, 8)).bar_length == 3
    assert Tune(metre=(2, 2)).bar_length == 4
    assert Tune(metre=(5, 8)).bar_length == Fraction(5, 2)


def test_a_tune_says_nothing_that_it_was_not_told() -> None:
    empty = Tune()
    assert (empty.title, empty.bpm, empty.events()) == ("", None, [])
    assert empty.key == Key(0, "major", {})


def test_without_signs_bars_are_played_once() -> None:
    assert played(bar(1), bar(2), bar(3)) == [1, 2, 3]


def test_a_repeat_without_a_beginning_goes_back_to_the_start() -> None:
    assert played(bar(1), bar(2, closes=True), bar(3)) == [1, 2, 1, 2, 3]


def test_a_repeat_goes_back_to_its_own_beginning() -> None:
    assert played(bar(1), bar(2, opens=True), bar(3, closes=True)) == [1, 2, 3, 2, 3]


def test_two_repeats_follow_each_other() -> None:
    assert played(bar(1, closes=True), bar(2, closes=True)) == [1, 1, 2, 2]


def test_an_ending_is_played_in_its_pass_alone() -> None:
    tune = (bar(1), bar(2, endings=(1,), closes=True), bar(3, endings=(2,)), bar(4))
    assert played(*tune) == [1, 2, 1, 3, 4]


def test_an_ending_of_two_bars_is_played_whole() -> None:
    tune = (bar(1), bar(2, endings=(1,)), bar(3, endings=(1,), closes=True), bar(4, endings=(2,)))
    assert played(*tune) == [1, 2, 3, 1, 4]


def test_an_ending_may_serve_several_passes() -> None:
    tune = (bar(1), bar(2, endings=(1, 3), closes=True), bar(3, endings=(2,)))
    assert played(*tune) == [1, 2, 1, 3, 1, 2]


def test_passes_are_bounded() -> None:
    """A typing error such as ending 99 must not make a tune of a thousand bars."""
    tune = (bar(1), bar(2, endings=(99,), closes=True))
    assert played(*tune).count(1) == MOST_PASSES


@given(st.lists(st.integers(40, 90), min_size=1, max_size=20))
def test_one_repeat_of_everything_plays_everything_twice(pitches: list[int]) -> None:
    bars = [bar(pitch) for pitch in pitches]
    bars[-1].closes_repeat = True
    assert played(*bars) == pitches * 2


@given(
    st.lists(
        st.builds(
            bar,
            st.integers(40, 90),
            opens=st.booleans(),
            closes=st.booleans(),
            endings=st.sampled_from([(), (), (), (1,), (2,), (1, 2)]),
        ),
        max_size=12,
    )
)
def test_any_signs_are_played_and_no_bar_is_invented(bars: list[Bar]) -> None:
    result = list(unfolded(bars))
    assert all(any(each is given_bar for given_bar in bars) for each in result)
    assert len(result) <= MOST_PASSES * len(bars)
    without_endings = [each for each in bars if not each.endings]
    assert all(any(each is it for it in result) for each in without_endings)


def test_a_tie_joins_across_the_bar_and_counts_once() -> None:
    tune = Tune(bars=[bar(60, 62, tied={1}), bar(62, 64)])
    assert tune.events() == [
        Event(Fraction(0), Fraction(1), 60),
        Event(Fraction(1), Fraction(2), 62),
        Event(Fraction(3), Fraction(1), 64),
    ]


def test_three_tied_notes_are_one() -> None:
    tune = Tune(bars=[bar(60, tied={0}), bar(60, tied={0}), bar(60)])
    assert tune.events() == [Event(Fraction(0), Fraction(3), 60)]


def test_rests_are_never_tied() -> None:
    tune = Tune(bars=[bar(None, tied={0}), bar(None)])
    assert len(tune.events()) == 2


def test_a_tie_into_a_repeat_joins_what_is_played_next() -> None:
    tune = Tune(bars=[bar(60), bar(60, tied={0}, closes=True)])
    lengths = [event.duration for event in tune.events(is_expanded=True)]
    assert lengths == [1, 2, 1]


@pytest.mark.parametrize("is_expanded", [False, True])
def test_events_leave_no_gap(is_expanded: bool) -> None:
    tune = Tune(bars=[bar(60, None), bar(62, 64, 65, closes=True), bar(60)])
    time = Fraction(0)
    for event in tune.events(is_expanded=is_expanded):
        assert event.onset == time
        time += event.duration
    assert time == (11 if is_expanded else 6)
