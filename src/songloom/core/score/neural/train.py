"""Train a melody model: `python -m songloom.core.score.neural.train --corpus DIR --out DIR`.

`--model transformer` or `lstm`; epochs, rate and batch are those of its plan. Seeded and resumable:
after every epoch the weights, the optimiser and the history stand in `checkpoint.npz`; the best
epoch by validation loss becomes `melody.safetensors` with its card. Needs the extra [train] (Keras
on JAX) or [tensorflow]; KERAS_BACKEND chooses where both are.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax" if find_spec("jax") else "tensorflow")

import keras
import numpy as np
from safetensors.numpy import save_file

from songloom.core.score.neural.batches import BATCH, Encoded, batches, encode
from songloom.core.score.neural.card import write_card
from songloom.core.score.neural.corpus import Corpus, read_corpus
from songloom.core.score.neural.evaluate import notes_of_line
from songloom.core.score.neural.habits import Habits
from songloom.core.score.neural.network import build, give_weights, weights_of
from songloom.core.score.neural.picture import draw_losses
from songloom.core.score.notes import Metre

LAST_SHARE = 0.05
SHORTEST_TUNE_BARS = 8  # of those whose habits are learnt
MODEL_NAME = "melody.safetensors"
HELD_OUT = Path(__file__).resolve().parents[3] / "assets" / "models" / "held_out.json"


@dataclass(frozen=True)
class Plan:
    """How a model is trained: the first rate of Adam, tunes in a batch, passes over all tunes."""

    rate: float
    batch: int
    epochs: int
    weight_decay: float = 0.0


PLANS = {
    "lstm": Plan(rate=3e-3, batch=BATCH, epochs=60),
    "transformer": Plan(rate=2e-3, batch=16, epochs=24, weight_decay=0.1),
}


@dataclass
class Progress:
    """What a run needs to go on."""

    epoch: int = 0
    best_bits: float = float("inf")
    n_worse: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


def validation_bits(model: Any, tunes: list[Encoded]) -> float:
    """Bits per step over whole tunes, dropout off."""
    nats, n_steps = 0.0, 0.0
    for inputs, targets, weights in batches(tunes, np.random.default_rng(0)):
        for logits, target, weight in zip(
            model.predict_on_batch(inputs), targets, weights, strict=True
        ):
            shifted = logits - logits.max(axis=-1, keepdims=True)
            log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
            nats -= float((np.take_along_axis(log_p, target[..., None], -1)[..., 0] * weight).sum())
        n_steps += float(weights[0].sum())
    return nats / n_steps / float(np.log(2))


def learning_rate(plan: Plan, epoch: int, epochs: int) -> float:
    """Level for two thirds of the epochs, then down to a twentieth; a decaying one, which knows no
    level, warms up for one epoch and falls on a line."""
    if plan.weight_decay:
        return plan.rate * (1 - epoch / epochs) * (0.3 if epoch == 0 else 1.0)
    part = max(0.0, 3 * epoch / epochs - 2)
    return float(plan.rate * LAST_SHARE**part)


def compiled(model: Any, plan: Plan = PLANS["lstm"]) -> Any:
    """Give a model its losses; returns its optimiser, whose state goes into the checkpoint."""

    def loss() -> Any:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")

    optimizer = keras.optimizers.AdamW(plan.rate, weight_decay=plan.weight_decay, clipnorm=1.0)
    model.compile(optimizer=optimizer, loss=[loss(), loss()])
    optimizer.build(model.trainable_variables)
    return optimizer


def save_checkpoint(path: Path, model: Any, optimizer: Any, progress: Progress) -> None:
    """Weights, optimiser and history in one file without pickle, whole or not at all."""
    arrays = {f"w:{name}": value for name, value in weights_of(model).items()}
    arrays |= {f"o:{i}": np.asarray(v.numpy()) for i, v in enumerate(optimizer.variables)}
    text = np.frombuffer(json.dumps(vars(progress)).encode(), dtype=np.uint8)
    temporary = path.with_suffix(".tmp.npz")
    np.savez(temporary, allow_pickle=False, progress=text, **arrays)
    temporary.replace(path)


def load_checkpoint(path: Path, model: Any, optimizer: Any) -> Progress:
    """Put a checkpoint's weights and optimiser in place; its history comes back."""
    with np.load(path, allow_pickle=False) as stored:
        give_weights(model, {n[2:]: stored[n] for n in stored.files if n.startswith("w:")})
        for index, variable in enumerate(optimizer.variables):
            variable.assign(stored[f"o:{index}"])
        return Progress(**json.loads(stored["progress"].tobytes()))


def train(
    corpus: Corpus, out: Path, *, epochs: int, seed: int, patience: int, kind: str = "lstm"
) -> Progress:
    """Train until validation stops improving; returns the history and leaves files in `out`."""
    keras.utils.set_random_seed(seed)
    plan = PLANS[kind]
    tunes, held_out = [encode(x) for x in corpus.train], [encode(x) for x in corpus.valid]
    habits = Habits.of(
        (Metre(*line.metre), notes_of_line(line))
        for line in corpus.train
        if line.n_bars >= SHORTEST_TUNE_BARS
    ).tensors()
    model = build(kind)
    progress = Progress()
    optimizer = compiled(model, plan)
    checkpoint = out / "checkpoint.npz"
    if checkpoint.exists():
        progress = load_checkpoint(checkpoint, model, optimizer)
    while progress.epoch < epochs and progress.n_worse <= patience:
        optimizer.learning_rate.assign(learning_rate(plan, progress.epoch, epochs))
        rng = np.random.default_rng([seed, progress.epoch])
        train_bits = _pass(model, tunes, rng, plan.batch)
        _note_epoch(progress, train_bits, validation_bits(model, held_out))
        if progress.n_worse == 0:
            save_file(weights_of(model) | habits, str(out / MODEL_NAME))
        save_checkpoint(checkpoint, model, optimizer, progress)
    return progress


def _pass(model: Any, tunes: list[Encoded], rng: np.random.Generator, size: int) -> float:
    """One epoch; bits per step with dropout on, as the weights moved."""
    nats, n_steps = 0.0, 0.0
    for inputs, targets, weights in batches(tunes, rng, size):
        model.reset_metrics()  # else a loss is the mean of all before it
        nats += float(model.train_on_batch(inputs, targets, sample_weight=weights)[0])
        n_steps += float(weights[0].sum())
    return nats / n_steps / float(np.log(2))


def _note_epoch(progress: Progress, train_bits: float, bits: float) -> None:
    progress.epoch += 1
    is_better = bits < progress.best_bits - 1e-3
    progress.n_worse = 0 if is_better else progress.n_worse + 1
    progress.best_bits = min(bits, progress.best_bits)
    progress.history.append({"epoch": progress.epoch, "train": train_bits, "valid": bits})
    sys.stdout.write(
        f"epoch {progress.epoch:3d}  train {train_bits:.3f}  valid {bits:.3f} bits per step"
        f"{'  best' if is_better else ''}\n"
    )
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> None:
    """Train, draw, measure, write the card."""
    parser = argparse.ArgumentParser(description="Train the melody model on folders of ABC books.")
    parser.add_argument("--corpus", type=Path, required=True, help="music21's corpus folder")
    parser.add_argument("--held-out", type=Path, default=HELD_OUT, help="JSON [{src, x, split}]")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", choices=PLANS, default="transformer")
    parser.add_argument("--epochs", type=int, help="60 for the LSTM, 24 for the Transformer")
    parser.add_argument("--patience", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    corpus = read_corpus(chosen.corpus, chosen.held_out)
    sys.stdout.write(
        f"{len(corpus.train)} tunes to train on, {len(corpus.valid)} to validate;"
        f" {corpus.n_settings_left_out} settings of held-out tunes left out\n"
    )
    progress = train(
        corpus,
        chosen.out,
        epochs=chosen.epochs or PLANS[chosen.model].epochs,
        seed=chosen.seed,
        patience=chosen.patience,
        kind=chosen.model,
    )
    draw_losses(progress.history, chosen.out / "losses.png")
    card = write_card(
        chosen.out / MODEL_NAME, corpus, kind=chosen.model, seed=chosen.seed, epochs=progress.epoch
    )
    sys.stdout.write(card.read_text("utf-8"))


if __name__ == "__main__":
    main()
