"""Bits per note mean what they say, and uniform sampling is measurably worse."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from songloom.core.score.neural.card import read_card
from songloom.core.score.neural.encoding import (
    CUT,
    END,
    LOWEST,
    N_DURATIONS,
    N_PITCHES,
    RARE,
    REST,
    Line,
    Step,
)
from songloom.core.score.neural.evaluate import (
    ESCAPE_BITS,
    SCALES,
    WIDEST,
    Character,
    OrderCost,
    bits_per_note,
    character,
    escape_bits,
    model_bits,
    notes_of_line,
)
from songloom.core.score.neural.runtime import MelodyModel, UniformModel, load
from songloom.core.score.notes import Note

ASSETS = Path(__file__).parents[4] / "src/songloom/assets/models"
C5 = 72 - LOWEST
PITCH_BITS, LENGTH_BITS = math.log2(N_PITCHES), math.log2(N_DURATIONS)


@pytest.fixture(scope="module")
def model() -> MelodyModel:
    return load(ASSETS / "lstm" / "melody.safetensors")


def line(steps: Sequence[Step], *, n_bars: int = 2, metre: tuple[int, int] = (4, 4)) -> Line:
    return Line(metre, "major", n_bars, 0, (*steps, Step(END)))


def scale_up(n: int) -> list[Step]:
    return [Step(C5 + SCALE[i % 7], 24) for i in range(n)]


SCALE = sorted(SCALES["major"])


# Bits


def test_knowing_nothing_costs_every_pitch_every_length_and_the_end() -> None:
    (bits,) = model_bits(UniformModel(), [line(scale_up(8))])
    assert bits == pytest.approx(8 * (PITCH_BITS + LENGTH_BITS) + PITCH_BITS)


def test_a_cut_has_no_length_to_pay_for() -> None:
    (bits,) = model_bits(UniformModel(), [line([*scale_up(4), Step(CUT), *scale_up(4)])])
    assert bits == pytest.approx(8 * (PITCH_BITS + LENGTH_BITS) + 2 * PITCH_BITS)


def test_tunes_of_different_length_are_measured_side_by_side(model: MelodyModel) -> None:
    lines = [line(scale_up(8)), line(scale_up(23), n_bars=6), line(scale_up(12), n_bars=3)]
    together = model_bits(model, lines)
    alone = [model_bits(model, [one])[0] for one in lines]
    assert together == pytest.approx(alone, rel=1e-4)  # float32 sums in another order


def test_a_symbol_out_of_the_vocabulary_pays_an_escape() -> None:
    assert escape_bits([Step(C5, 24), Step(END)]) == 0
    assert escape_bits([Step(RARE, 24)]) == ESCAPE_BITS
    assert escape_bits([Step(C5, 13)]) == ESCAPE_BITS
    assert escape_bits([Step(RARE, 13)]) == 2 * ESCAPE_BITS


def test_bits_are_shared_among_sounding_notes() -> None:
    lines = [line([Step(C5, 24), Step(REST, 24)]), line(scale_up(3))]
    assert bits_per_note([10.0, 30.0], lines) == 10.0


def test_the_trained_model_finds_a_scale_likelier_than_a_random_walk(model: MelodyModel) -> None:
    rng = np.random.default_rng(1)
    walk = [Step(int(rng.integers(13, 42)), 24) for _ in range(8)]
    tune, noise = model_bits(model, [line(scale_up(8)), line(walk)])
    assert tune < noise


def test_the_trained_model_beats_knowing_nothing_by_far(model: MelodyModel) -> None:
    tune = [line(scale_up(8))]
    assert model_bits(model, tune)[0] < model_bits(UniformModel(), tune)[0] / 2


# The order


def test_an_order_often_seen_is_cheap_and_a_new_one_is_dear() -> None:
    cost = OrderCost([line(scale_up(8), n_bars=16)] * 9 + [line(scale_up(8), n_bars=8)])
    common, rare, new = (cost.bits(line(scale_up(8), n_bars=n)) for n in (16, 8, 23))
    assert common < rare < new


def test_all_orders_together_have_probability_one() -> None:
    cost = OrderCost([line(scale_up(8), n_bars=n) for n in (8, 8, 16)])
    orders = [
        Line((4, 4), "major", n_bars, pickup, ()) for n_bars in range(200) for pickup in range(24)
    ]
    assert len(orders) == OrderCost.KINDS
    assert sum(2 ** -cost.bits(order) for order in orders) == pytest.approx(1)


def test_a_metre_never_seen_pays_for_every_order_alike() -> None:
    cost = OrderCost([line(scale_up(8))])
    assert cost.bits(line(scale_up(8), metre=(5, 4))) == math.log2(OrderCost.KINDS)


# Character


def notes(*pitches: int) -> list[Note]:
    return [Note(24 * i, 24, pitch) for i, pitch in enumerate(pitches)]


def test_the_share_in_the_scale_is_counted_per_note() -> None:
    met = character([notes(60, 62, 61, 64)], mode="major", bar_ticks=96)
    assert met.in_scale == 0.75


@pytest.mark.parametrize("mode", sorted(SCALES))
def test_a_scale_is_wholly_in_itself(mode: str) -> None:
    tune = notes(*(60 + pitch for pitch in sorted(SCALES[mode])))
    assert character([tune], mode=mode, bar_ticks=96).in_scale == 1


def test_moves_are_shares_that_sum_to_one_and_wide_ones_go_to_the_edge() -> None:
    steps = character([notes(60, 62, 60, 90)], mode="major", bar_ticks=96).steps
    assert steps.sum() == pytest.approx(1)
    assert steps[WIDEST + 2] == steps[WIDEST - 2] == steps[2 * WIDEST] == pytest.approx(1 / 3)


def test_moves_of_one_tune_do_not_reach_into_the_next() -> None:
    apart = character([notes(60, 62), notes(72, 74)], mode="major", bar_ticks=96)
    assert apart.steps[WIDEST + 2] == 1


def test_the_distance_is_none_to_itself_and_whole_to_a_stranger() -> None:
    up = character([notes(60, 62, 64)], mode="major", bar_ticks=96)
    down = character([notes(64, 62, 60)], mode="major", bar_ticks=96)
    assert up.step_distance(up) == 0
    assert up.step_distance(down) == 1


def test_bars_heard_again_are_counted() -> None:
    met = character([notes(60, 62, 64, 65) * 1], mode="major", bar_ticks=48)
    assert met.bars_repeated == 0
    met = character([notes(60, 62, 60, 62)], mode="major", bar_ticks=48)
    assert met.bars_repeated == 0.5


def test_a_line_comes_back_as_notes_with_rests_and_cuts_in_time() -> None:
    steps = [Step(C5, 24), Step(REST, 24), Step(C5 + 2, 12), Step(CUT), Step(C5 + 4, 96)]
    assert notes_of_line(line(steps)) == [Note(0, 24, 72), Note(48, 12, 74), Note(96, 96, 76)]


# The model matters


def composed(model: MelodyModel, mode: str, metre: str) -> list[list[Note]]:
    return [
        model.compose(
            n_bars=16, metre=metre, mode=mode, rng=np.random.default_rng(seed), n_candidates=1
        )
        for seed in range(6)
    ]


@pytest.mark.parametrize(("mode", "metre", "bar"), [("major", "6/8", 72), ("minor", "4/4", 96)])
def test_with_uniform_sampling_the_evaluation_is_measurably_worse(
    model: MelodyModel, mode: str, metre: str, bar: int
) -> None:
    """Against tunes that neither has seen: their moves and their scale stand in the card."""
    heard = read_card(ASSETS / "lstm" / "card.toml")["test"][mode]
    folk = Character(heard["in_scale"], np.asarray(heard["steps"]), 0.0)
    trained, uniform = (
        character(composed(which, mode, metre), mode=mode, bar_ticks=bar)
        for which in (model, UniformModel())
    )
    assert trained.in_scale > 0.9 > 0.75 > uniform.in_scale
    assert trained.step_distance(folk) < uniform.step_distance(folk) / 2
    assert trained.bars_repeated > uniform.bars_repeated
