"""Batches: every tune once, nothing lost, and padding that weighs nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.score.neural.batches import BATCH, LENGTHS, Encoded, batches, encode
from songloom.core.score.neural.encoding import (
    CUT,
    DURATION_INDEX,
    END,
    FIELDS,
    RARE,
    REST,
    Line,
    Step,
    line_features,
)


def line(n_steps: int, symbol: int = 20) -> Line:
    """A line of `n_steps` symbols, the last of them END."""
    return Line((4, 4), "major", 8, 0, (*([Step(symbol, 12)] * (n_steps - 1)), Step(END)))


def tunes(*lengths: int) -> list[Encoded]:
    return [encode(line(n, symbol=i % REST)) for i, n in enumerate(lengths)]


def test_a_tune_is_encoded_symbol_by_symbol() -> None:
    steps = (Step(20, 24), Step(REST, 12), Step(CUT), Step(RARE, 13), Step(END))
    encoded = encode(Line((4, 4), "major", 2, 0, steps))
    assert encoded.pitch.tolist() == [20, REST, CUT, RARE, END]
    assert encoded.duration[0] == DURATION_INDEX[24]
    assert encoded.seen.shape == (5, len(FIELDS))


def test_only_what_lasts_has_a_length_to_learn() -> None:
    steps = (Step(20, 24), Step(REST, 12), Step(CUT), Step(RARE, 12), Step(END))
    encoded = encode(Line((4, 4), "major", 2, 0, steps))
    assert encoded.has_duration.tolist() == [1, 1, 0, 1, 0]


def test_what_is_seen_is_what_the_line_shows() -> None:
    assert np.array_equal(encode(line(9)).seen, line_features(line(9)))


@pytest.mark.parametrize(("n_steps", "length"), [(10, 72), (72, 72), (73, 104), (300, 400)])
def test_a_tune_is_padded_to_the_next_length(n_steps: int, length: int) -> None:
    ((seen, pitch), (target, duration), (heard, lasts)) = next(
        batches(tunes(n_steps), np.random.default_rng(0))
    )
    assert seen.shape == (BATCH, length, len(FIELDS))
    for array in (pitch, target, duration, heard, lasts):
        assert array.shape == (BATCH, length)
    assert heard.sum() == n_steps
    assert lasts.sum() == n_steps - 1  # END does not last
    assert np.array_equal(pitch, target)


def test_the_longest_tunes_are_cut_and_keep_their_beginning() -> None:
    (_, (target, _), (heard, _)) = next(batches(tunes(LENGTHS[-1] + 50), np.random.default_rng(0)))
    assert heard.sum() == LENGTHS[-1]
    assert END not in target[heard > 0]


@given(st.lists(st.integers(8, 200), min_size=1, max_size=130), st.integers(0, 99))
def test_every_step_of_every_tune_comes_once(lengths: list[int], seed: int) -> None:
    drawn = list(batches(tunes(*lengths), np.random.default_rng(seed)))
    assert sum(float(heard.sum()) for _, _, (heard, _) in drawn) == sum(lengths)
    ends = sum(int((target[heard > 0] == END).sum()) for _, (target, _), (heard, _) in drawn)
    assert ends == len(lengths)


def test_the_same_seed_gives_the_same_batches_and_another_gives_others() -> None:
    given_tunes = tunes(*range(8, 68))

    def firsts(seed: int) -> list[int]:
        return [
            int(row[0])
            for _, (t, _), _ in batches(given_tunes, np.random.default_rng(seed))
            for row in t
        ]

    assert firsts(1) == firsts(1)
    assert firsts(1) != firsts(2)


def test_padding_weighs_nothing() -> None:
    for _, (target, _), (heard, lasts) in batches(tunes(20, 30), np.random.default_rng(0)):
        assert (heard[target == 0].sum() + lasts[heard == 0].sum()) <= 20
        assert (lasts <= heard).all()
