"""Keras trains on either back end, the same way, and numpy computes what it computes.

`make test` runs this folder on JAX, and this file once more on TensorFlow.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from songloom.core.score.neural import train as training
from songloom.core.score.neural.batches import BATCH, batches, encode
from songloom.core.score.neural.corpus import Corpus
from songloom.core.score.neural.encoding import N_PITCHES, OFFSETS
from songloom.core.score.neural.evaluate import model_bits
from songloom.core.score.neural.lstm import Network, Weights, read_weights
from songloom.core.score.neural.runtime import Forward, load
from songloom.core.score.neural.train import Plan
from songloom.core.score.neural.transformer import Transformer
from tests.core.score.neural.test_lstm import TOLERANCE, random_steps
from tests.core.score.neural.training.tunes import corpus

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
N_STEPS = 20  # of the optimiser at least: the tunes of `corpus` are a batch or two
Run = tuple[Path, training.Progress, str]


@pytest.fixture(scope="module", params=training.PLANS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Twenty epochs by the code that trains the shipped models."""
    out = tmp_path_factory.mktemp("run")
    kind = request.param
    done = training.train(corpus(), out, epochs=N_STEPS, seed=1, patience=N_STEPS, kind=kind)
    return out, done, kind


def one_batch(of: Corpus) -> Any:
    (batch,) = batches([encode(line) for line in of.train], np.random.default_rng(0))
    return batch


def in_numpy(kind: str, weights: Weights) -> Forward:
    return Network(weights) if kind == "lstm" else Transformer(weights)


def largest_difference(kind: str, model: Any, weights: Weights) -> float:
    """Between the logits of Keras and of the run time, over 20 steps of 4 melodies."""
    seen = random_steps(20, batch=4)
    pitches = np.random.default_rng(1).integers(0, N_PITCHES, (4, 20)).astype(np.int32)
    theirs = model.predict_on_batch([(seen + OFFSETS).transpose(1, 0, 2), pitches])
    network = in_numpy(kind, weights)
    state = network.start(4)
    found = 0.0
    for place in range(20):
        pitch, known = network.step(seen[place], state)
        duration = network.durations(known, pitches[:, place])
        for ours, keras_logits in ((pitch, theirs[0]), (duration, theirs[1])):
            found = max(found, float(np.abs(ours - keras_logits[:, place]).max()))
    return found


def test_the_back_end_that_was_asked_for_does_the_work() -> None:
    import keras

    assert keras.backend.backend() == os.environ["KERAS_BACKEND"]


def test_twenty_steps_learn_something(run: Run) -> None:
    bits = [row["valid"] for row in run[1].history]
    assert len(bits) == N_STEPS
    assert bits[-1] < 0.75 * bits[0]  # each back end draws other first weights


def test_exported_weights_give_the_logits_of_keras(run: Run) -> None:
    from songloom.core.score.neural.network import build, give_weights

    weights = read_weights(run[0] / training.MODEL_NAME)
    model = build(run[2])
    give_weights(model, weights)
    assert largest_difference(run[2], model, weights) < TOLERANCE


def test_weights_of_another_training_give_other_logits(run: Run) -> None:
    from songloom.core.score.neural.network import build

    weights = read_weights(run[0] / training.MODEL_NAME)
    assert largest_difference(run[2], build(run[2]), weights) > 0.1


def test_the_bits_that_training_reports_are_those_that_numpy_finds(run: Run) -> None:
    out, progress, _ = run
    lines = corpus().valid
    bits = model_bits(load(out / training.MODEL_NAME), lines).sum()
    n_steps = sum(len(line.steps) for line in lines)
    assert bits / n_steps == pytest.approx(progress.best_bits, abs=1e-3)


@pytest.mark.parametrize("kind", training.PLANS)
def test_the_first_step_moves_no_weight_further_than_the_rate(kind: str) -> None:
    """A law of Adam, whose first step is rate × g / |g|: also for rows looked up many times."""
    rate = training.PLANS[kind].rate
    from songloom.core.score.neural.network import build, weights_of

    model = build(kind)
    training.compiled(model, Plan(rate, batch=BATCH, epochs=1))
    before = weights_of(model)
    inputs, targets, weights = one_batch(corpus())
    model.train_on_batch(inputs, targets, sample_weight=weights)
    for name, value in weights_of(model).items():
        moved = float(np.abs(value - before[name]).max())
        assert 0 < moved < 1.001 * rate, name
