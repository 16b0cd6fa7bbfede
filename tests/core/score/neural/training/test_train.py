"""Training learns, goes on where it stopped, and ends early when nothing is gained."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from songloom.core.score.neural import train as training
from songloom.core.score.neural.corpus import Corpus
from songloom.core.score.neural.evaluate import bits_per_note, model_bits
from songloom.core.score.neural.runtime import UniformModel, load
from tests.core.score.neural.training.tunes import corpus, tune

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def test_training_learns_and_leaves_weights_that_numpy_runs(tmp_path: Path) -> None:
    progress = training.train(corpus(), tmp_path, epochs=12, seed=1, patience=20)
    losses = [row["valid"] for row in progress.history]
    assert losses[-1] < losses[0] / 2
    lines = corpus().test
    trained = bits_per_note(model_bits(load(tmp_path / training.MODEL_NAME), lines), lines)
    assert trained < bits_per_note(model_bits(UniformModel(), lines), lines) / 2


def test_a_run_that_was_stopped_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    first = training.train(corpus(), tmp_path, epochs=2, seed=3, patience=9)
    again = training.train(corpus(), tmp_path, epochs=4, seed=3, patience=9)
    assert [row["epoch"] for row in again.history] == [1, 2, 3, 4]
    assert again.history[:2] == first.history
    assert again.best_bits < first.best_bits


def test_a_run_without_progress_stops_early(tmp_path: Path) -> None:
    flat = Corpus(train=[tune(8)], valid=[tune(40 - 13)], test=[])
    progress = training.train(flat, tmp_path, epochs=400, seed=1, patience=1)
    assert progress.epoch < 400


def test_a_checkpoint_holds_no_pickle(tmp_path: Path) -> None:
    training.train(corpus(), tmp_path, epochs=1, seed=1, patience=1)
    with np.load(tmp_path / "checkpoint.npz", allow_pickle=False) as stored:
        assert json.loads(stored["progress"].tobytes())["epoch"] == 1
        assert any(name.startswith("o:") for name in stored.files)


def test_the_rate_is_level_and_then_falls_to_a_twentieth() -> None:
    plan = training.PLANS["lstm"]
    rates = [training.learning_rate(plan, epoch, 60) for epoch in range(61)]
    assert len(set(rates[:41])) == 1
    assert rates[60] == pytest.approx(rates[0] / 20)
    assert all(a >= b for a, b in itertools.pairwise(rates))


def test_the_rate_of_the_transformer_warms_up_and_falls_on_a_line() -> None:
    plan = training.PLANS["transformer"]
    first, *rates = (training.learning_rate(plan, epoch, 24) for epoch in range(24))
    assert first < rates[0] / 2
    falls = [a - b for a, b in itertools.pairwise(rates)]
    assert falls == pytest.approx([plan.rate / 24] * 22)
    assert rates[-1] == pytest.approx(plan.rate / 24)


def test_the_weights_carry_the_habits_of_the_tunes(tmp_path: Path) -> None:
    long_enough = replace(tune(8), n_bars=training.SHORTEST_TUNE_BARS)
    some = Corpus(train=[long_enough, tune(20)], valid=[tune(13)], test=[])
    training.train(some, tmp_path, epochs=1, seed=1, patience=1)
    habits = load(tmp_path / training.MODEL_NAME).habits
    assert habits is not None
    assert len(habits.profiles) == 1  # the other is too short to have any


def test_the_tunes_of_this_test_can_be_told_apart() -> None:
    assert len(set(corpus().train)) == len(corpus().train)
