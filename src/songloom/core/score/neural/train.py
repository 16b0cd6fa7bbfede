"""Train the melody model: `python -m songloom.core.score.neural.train --corpus DIR --out DIR`.

Seeded and resumable: after every epoch the weights, the optimiser and the history stand in
`checkpoint.npz`; the best epoch by validation loss becomes `melody.safetensors` with its card.
Needs the extra [train] (Keras on JAX) or [tensorflow]; KERAS_BACKEND chooses where both are.
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

from songloom.core.score.neural.batches import Encoded, batches, encode
from songloom.core.score.neural.card import write_card
from songloom.core.score.neural.corpus import Corpus, read_corpus
from songloom.core.score.neural.network import build, give_weights, weights_of
from songloom.core.score.neural.picture import draw_losses

FIRST_RATE, LAST_SHARE = 3e-3, 0.05
MODEL_NAME = "melody.safetensors"
HELD_OUT = Path(__file__).resolve().parents[3] / "assets" / "models" / "held_out.json"


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


def learning_rate(epoch: int, epochs: int) -> float:
    """Level for two thirds of the epochs, then down to a twentieth."""
    part = max(0.0, 3 * epoch / epochs - 2)
    return float(FIRST_RATE * LAST_SHARE**part)


def compiled(model: Any) -> Any:
    """Give a model its losses; returns its optimiser, whose state goes into the checkpoint."""

    def loss() -> Any:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")

    optimizer = keras.optimizers.Adam(FIRST_RATE, clipnorm=1.0)
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


def train(corpus: Corpus, out: Path, *, epochs: int, seed: int, patience: int) -> Progress:
    """Train until validation stops improving; returns the history and leaves files in `out`."""
    keras.utils.set_random_seed(seed)
    tunes, held_out = [encode(x) for x in corpus.train], [encode(x) for x in corpus.valid]
    model = build()
    progress = Progress()
    optimizer = compiled(model)
    checkpoint = out / "checkpoint.npz"
    if checkpoint.exists():
        progress = load_checkpoint(checkpoint, model, optimizer)
    while progress.epoch < epochs and progress.n_worse <= patience:
        optimizer.learning_rate.assign(learning_rate(progress.epoch, epochs))
        rng = np.random.default_rng([seed, progress.epoch])
        _note_epoch(progress, _pass(model, tunes, rng), validation_bits(model, held_out))
        if progress.n_worse == 0:
            save_file(weights_of(model), str(out / MODEL_NAME))
        save_checkpoint(checkpoint, model, optimizer, progress)
    return progress


def _pass(model: Any, tunes: list[Encoded], rng: np.random.Generator) -> float:
    """One epoch; bits per step with dropout on, as the weights moved."""
    nats, n_steps = 0.0, 0.0
    for inputs, targets, weights in batches(tunes, rng):
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
    parser.add_argument("--epochs", type=int, default=60)
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
        corpus, chosen.out, epochs=chosen.epochs, seed=chosen.seed, patience=chosen.patience
    )
    draw_losses(progress.history, chosen.out / "losses.png")
    card = write_card(chosen.out / MODEL_NAME, corpus, seed=chosen.seed, epochs=progress.epoch)
    sys.stdout.write(card.read_text("utf-8"))


if __name__ == "__main__":
    main()
