"""The rules of writing: bars that fit, triplets that end, a last bar that comes to rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.score.neural.encoding import (
    CUT,
    DURATION_INDEX,
    END,
    LOWEST,
    N_DURATIONS,
    N_PITCHES,
    RARE,
    REST,
    Position,
    Step,
    bar_ticks,
)
from songloom.core.score.neural.runtime import UniformReader
from songloom.core.score.neural.sampling import (
    SHORTEST_TICKS,
    WIDEST_LEAP,
    Draft,
    Order,
    choose,
    possible_durations,
    possible_pitches,
    steps_of,
    write,
)
from songloom.core.score.notes import Note

C5 = 72 - LOWEST
D5 = 74 - LOWEST
METRES = [(2, 4), (2, 2), (4, 4), (3, 4), (3, 8), (6, 8), (9, 8), (12, 8), (5, 4), (7, 8), (3, 2)]


def order(**wishes: object) -> Order:
    return Order(**{"metre": (4, 4), "mode": "major", "n_bars": 4, **wishes})  # type: ignore[arg-type]


def draft(*steps: Step, metre: tuple[int, int] = (4, 4), n_bars: int = 4, pickup: int = 0) -> Draft:
    begun = Draft(Position(metre, "major", n_bars, pickup_ticks=pickup))
    for step in steps:
        begun.steps.append(step)
        begun.position.advance(step)
    return begun


def ticks_allowed(begun: Draft, wanted: Order, symbol: int = D5) -> set[int]:
    mask = possible_durations(begun, wanted, symbol)
    return {ticks for ticks, index in DURATION_INDEX.items() if mask[index]}


# Pitches


def test_only_the_range_and_the_rest_may_follow() -> None:
    allowed = possible_pitches(draft(Step(C5, 24)), order(low=60, high=80), order().in_range)
    narrow = order(low=60, high=80).in_range
    assert set(np.flatnonzero(narrow)) == set(range(60 - LOWEST, 81 - LOWEST)) | {REST}
    assert allowed[C5]


def test_cut_end_and_rare_are_never_written() -> None:
    in_range = order(low=LOWEST, high=127).in_range
    assert not in_range[[CUT, END, RARE]].any()


def test_a_scale_leaves_its_own_notes_and_the_tonic() -> None:
    five = order(scale=(2, 4, 7, 9)).in_range
    classes = {(int(symbol) + LOWEST) % 12 for symbol in np.flatnonzero(five[:REST])}
    assert classes == {0, 2, 4, 7, 9}


def test_a_melody_does_not_begin_with_a_rest_nor_rest_twice() -> None:
    wanted = order()
    assert not possible_pitches(draft(), wanted, wanted.in_range)[REST]
    assert possible_pitches(draft(Step(C5, 24)), wanted, wanted.in_range)[REST]
    rested = draft(Step(C5, 24), Step(REST, 24))
    assert not possible_pitches(rested, wanted, wanted.in_range)[REST]


def test_a_leap_is_an_octave_at_most_also_after_a_rest() -> None:
    wanted = order(low=50, high=90)
    allowed = possible_pitches(draft(Step(C5, 24), Step(REST, 24)), wanted, wanted.in_range)
    near = np.flatnonzero(allowed[:REST])
    assert near.min() == C5 - WIDEST_LEAP
    assert near.max() == C5 + WIDEST_LEAP


def test_the_last_note_is_the_tonic() -> None:
    wanted = order(n_bars=1)
    allowed = possible_pitches(draft(Step(D5, 72), n_bars=1), wanted, wanted.in_range)
    assert {(int(symbol) + LOWEST) % 12 for symbol in np.flatnonzero(allowed)} == {0}


# Durations


def test_no_note_is_longer_than_what_is_left_of_the_bar() -> None:
    assert max(ticks_allowed(draft(Step(D5, 36)), order())) == 60


def test_no_note_is_shorter_than_a_thirty_second() -> None:
    assert min(ticks_allowed(draft(), order())) == SHORTEST_TICKS


def test_a_triplet_once_begun_is_finished_in_thirds() -> None:
    after_one_third = ticks_allowed(draft(Step(D5, 8)), order())
    assert {8, 16} <= after_one_third
    assert not {6, 12, 18} & after_one_third


def test_a_sixteenth_is_not_followed_by_a_third() -> None:
    after_a_sixteenth = ticks_allowed(draft(Step(D5, 6)), order())
    assert {6, 18} <= after_a_sixteenth
    assert not {8, 16} & after_a_sixteenth


def test_a_pickup_ends_at_the_bar_line() -> None:
    assert max(ticks_allowed(draft(pickup=24), order(pickup_ticks=24))) == 24


def test_in_the_last_bar_a_note_stops_before_the_close_or_is_the_close() -> None:
    last = draft(n_bars=1)
    wanted = order(n_bars=1)
    assert max(ticks_allowed(last, wanted, D5)) == wanted.closing_ticks
    assert max(ticks_allowed(last, wanted, C5)) == bar_ticks((4, 4))


@pytest.mark.parametrize(
    ("metre", "pickup", "closing"),
    [
        ((4, 4), 0, 72),
        ((4, 4), 24, 48),
        ((4, 4), 12, 72),
        ((6, 8), 0, 36),
        ((6, 8), 12, 36),
        ((6, 8), 36, 0),
        ((3, 4), 0, 48),
        ((9, 8), 0, 72),
        ((2, 4), 0, 24),
        ((2, 2), 0, 48),
    ],
)
def test_the_close_begins_on_the_last_beat_at_the_latest(
    metre: tuple[int, int], pickup: int, closing: int
) -> None:
    assert order(metre=metre, pickup_ticks=pickup).closing_ticks == closing


def test_the_last_bar_leaves_room_for_the_pickup_that_would_follow() -> None:
    wanted = order(n_bars=1, pickup_ticks=24)
    begun = draft(n_bars=1)
    assert max(ticks_allowed(begun, wanted, C5)) == 72
    for step in (Step(D5, 48), Step(C5, 24)):
        assert not begun.is_over(wanted)
        begun.position.advance(step)
    assert begun.is_over(wanted)


# Choosing


def test_what_is_not_allowed_is_never_chosen() -> None:
    rng = np.random.default_rng(0)
    logits = np.zeros(10, dtype=np.float32)
    logits[3] = 100
    allowed = np.ones(10, dtype=bool)
    allowed[3] = False
    assert all(choose(logits, allowed, order(), rng) != 3 for _ in range(200))


def test_a_cold_choice_is_the_likeliest() -> None:
    rng = np.random.default_rng(0)
    logits = np.asarray([0.0, 1.0, 0.9, 0.5], dtype=np.float32)
    chosen = {choose(logits, np.ones(4, bool), order(temperature=0.0), rng) for _ in range(50)}
    assert chosen == {1}


def test_a_hot_choice_takes_everything() -> None:
    rng = np.random.default_rng(0)
    logits = np.asarray([0.0, 1.0, 0.9, 0.5], dtype=np.float32)
    hot = order(temperature=5.0, nucleus=1.0)
    assert {choose(logits, np.ones(4, bool), hot, rng) for _ in range(200)} == {0, 1, 2, 3}


def test_choices_come_as_often_as_they_are_likely() -> None:
    rng = np.random.default_rng(1)
    p = np.asarray([0.5, 0.3, 0.2])
    wanted = order(temperature=1.0, nucleus=1.0)
    n = 4_000
    logits = np.log(p).astype(np.float32)
    drawn = [choose(logits, np.ones(3, bool), wanted, rng) for _ in range(n)]
    share = np.bincount(drawn, minlength=3) / n
    assert share == pytest.approx(p, abs=4 * np.sqrt(0.25 / n))  # four standard deviations


def test_the_nucleus_leaves_out_the_unlikely_tail() -> None:
    rng = np.random.default_rng(2)
    logits = np.log(np.asarray([0.6, 0.35, 0.05])).astype(np.float32)
    wanted = order(temperature=1.0, nucleus=0.9)
    assert {choose(logits, np.ones(3, bool), wanted, rng) for _ in range(300)} == {0, 1}


# Writing


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(METRES),
    st.integers(1, 9),
    st.sampled_from([0, 6, 12, 24]),
    st.integers(0, 2**32),
)
def test_whatever_is_written_fits_its_bars_and_ends_on_the_tonic(
    metre: tuple[int, int], n_bars: int, pickup_ticks: int, seed: int
) -> None:
    """With a model that knows nothing: the rules alone must hold it."""
    wanted = order(metre=metre, n_bars=n_bars, pickup_ticks=pickup_ticks, nucleus=1.0)
    (written,) = write(UniformReader(1), wanted, 1, np.random.default_rng(seed))
    bar = bar_ticks(metre)
    time = -pickup_ticks
    for step in written.steps:
        assert time // bar == (time + step.ticks - 1) // bar  # within one bar
        assert step.symbol <= REST
        time += step.ticks
    assert time == n_bars * bar - pickup_ticks % bar
    assert (written.steps[-1].symbol + LOWEST) % 12 == 0


def test_side_by_side_or_alone_the_first_draft_is_the_same() -> None:
    """Each draft has random numbers of its own."""
    (alone,) = write(UniformReader(1), order(), 1, np.random.default_rng(7))
    first, *_ = write(UniformReader(4), order(), 4, np.random.default_rng(7))
    assert alone.steps == first.steps


def test_an_opening_is_kept() -> None:
    opening = (Step(C5, 24), Step(D5, 12), Step(REST, 12))
    (written,) = write(UniformReader(1), order(opening=opening), 1, np.random.default_rng(1))
    assert tuple(written.steps[:3]) == opening


def test_density_makes_more_notes_or_fewer() -> None:
    counts = [
        sum(len(d.steps) for d in write(UniformReader(8), order(density=wish), 8, rng))
        for wish in (-1.0, 0.0, 1.0)
        for rng in [np.random.default_rng(3)]
    ]
    assert counts[0] < counts[1] < counts[2]


# Motifs


def test_a_motif_becomes_steps_with_its_gaps() -> None:
    motif = [Note(0, 24, 72), Note(36, 12, 74)]
    assert steps_of(motif) == (Step(C5, 24), Step(REST, 12), Step(D5, 12))


def test_of_a_motif_what_cannot_be_written_is_left_out() -> None:
    assert steps_of([Note(0, 24, 10), Note(0, 24, 72)]) == (Step(C5, 24),)


def test_symbols_of_the_heads_fit_the_masks() -> None:
    assert order().in_range.shape == (N_PITCHES,)
    assert possible_durations(draft(), order(), C5).shape == (N_DURATIONS,)
