"""The baseline is an honest probability."""

from __future__ import annotations

import math
from itertools import product

import pytest

from songloom.core.score.neural.encoding import END, N_DURATIONS, N_PITCHES, Line, Step
from songloom.core.score.neural.ngram import N_SYMBOLS, NGram, symbols_of


def line(*symbols: int) -> Line:
    return Line((4, 4), "major", 4, 0, (*(Step(symbol, 24) for symbol in symbols), Step(END)))


def test_all_symbols_together_have_probability_one() -> None:
    model = NGram([line(1, 2, 3, 1, 2, 4), line(2, 3, 1)], order=3)
    everything = list(product(range(N_PITCHES), range(N_DURATIONS)))
    first, second = symbols_of(line(1, 2))[:2]
    for context in ([], [first], [first, second], [(9, 9), (8, 8)]):
        assert sum(model.p(symbol, context) for symbol in everything) == pytest.approx(1, abs=1e-9)


def test_knowing_nothing_costs_the_logarithm_of_the_number_of_symbols() -> None:
    assert NGram([]).bits(line(1)) == pytest.approx(2 * math.log2(N_SYMBOLS))


def test_what_was_seen_after_a_context_is_likelier_there() -> None:
    model = NGram([line(1, 2, 1, 2, 1, 2, 3)], order=2)
    one, two, three = symbols_of(line(1, 2, 3))[:3]
    assert model.p(two, [one]) > model.p(three, [one])
    assert model.p(two, [one]) > model.p(two, [])


def test_a_tune_it_learnt_costs_less_than_a_strange_one() -> None:
    learnt, strange = line(*range(20)), line(*range(20, 40))
    model = NGram([learnt])
    assert model.bits(learnt) < model.bits(strange) / 2


def test_a_longer_context_helps_where_it_decides() -> None:
    """After 1 2 comes 3, after 4 2 comes 5: one symbol back cannot tell."""
    tunes = [line(*([1, 2, 3, 4, 2, 5] * 8))]
    assert NGram(tunes, order=3).bits(tunes[0]) < NGram(tunes, order=2).bits(tunes[0])
