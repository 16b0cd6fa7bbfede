"""The network in JAX, and Adam: as large as `beat_ear` reads it, seeded, goes on where it stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import jax
import jax.numpy as jnp
import numpy as np
from benchmarks.beats.examples import example, read
from safetensors.numpy import save_file

from songloom.core.features.bands import N_MELS
from songloom.core.features.beat_ear import JOINED, SPAN

Weights = dict[str, Any]

UNITS, TAPS = 24, 5
DILATIONS = (1, 2, 4, 8, 16, 32, 64)
BATCH = 16
RATE, LAST_RATE, DECAY = 4e-3, 2e-5, 0.02
WARMING_STEPS = 100
LONGEST_SLOPE = 1.0
KEEP, KEEP_SQUARE = 0.9, 0.999  # of Adam's two means
SELDOM = -2.5  # log-odds of a beat before anything is learnt
STATE = "state.ckpt.npz"


def first_weights(rng: np.random.Generator) -> Weights:
    def drawn(n_in: int, n_out: int, scale: float = 1.0) -> Any:
        return (rng.standard_normal((n_in, n_out)) * scale / np.sqrt(n_in)).astype(np.float32)

    weights = {
        "front": drawn(N_MELS * JOINED * SPAN, UNITS),
        "front_bias": np.zeros(UNITS, np.float32),
        "head": drawn(UNITS, 2 * JOINED, 0.1),
        "head_bias": np.full(2 * JOINED, SELDOM, np.float32),
    }
    for i in range(len(DILATIONS)):
        weights[f"wide_{i}"] = drawn(UNITS * TAPS, UNITS)
        weights[f"wide_bias_{i}"] = np.zeros(UNITS, np.float32)
        weights[f"mix_{i}"] = drawn(UNITS, UNITS, 0.3)
        weights[f"mix_bias_{i}"] = np.zeros(UNITS, np.float32)
    return weights


def forward(w: Weights, x: Any) -> Any:
    """Log-odds (batch, frames, 2) of levels (batch, frames, N_MELS)."""
    x = x.reshape(x.shape[0], x.shape[1] // JOINED, -1)
    x = jnp.concatenate([shifted(x, n) for n in (-1, 0, 1)], 2)
    x = jax.nn.relu(x @ w["front"] + w["front_bias"])
    for i, dilation in enumerate(DILATIONS):
        near = jnp.concatenate([shifted(x, (k - TAPS // 2) * dilation) for k in range(TAPS)], 2)
        wide = jax.nn.relu(near @ w[f"wide_{i}"] + w[f"wide_bias_{i}"])
        x = x + wide @ w[f"mix_{i}"] + w[f"mix_bias_{i}"]
    return (x @ w["head"] + w["head_bias"]).reshape(x.shape[0], -1, 2)


def shifted(x: Any, n: int) -> Any:
    """x[t + n], zeros beyond the ends."""
    if n == 0:
        return x
    pad = jnp.zeros((x.shape[0], abs(n), x.shape[2]), x.dtype)
    return jnp.concatenate([x[:, n:], pad] if n > 0 else [pad, x[:, :n]], 1)


@jax.jit  # type: ignore[untyped-decorator,unused-ignore]
def loss(w: Weights, x: Any, y: Any, mask: Any) -> Any:
    """Mean cross-entropy in nats of the targets that are known."""
    logits = forward(w, x)
    return ((jnp.logaddexp(0, logits) - y * logits) * mask).sum() / mask.sum()


@jax.jit  # type: ignore[untyped-decorator,unused-ignore]
def step(w: Weights, m: Weights, v: Weights, t: float, rate: float, batch: Any) -> Any:
    """One step of Adam, with weights that decay and a slope that is no longer than LONGEST_SLOPE."""
    value, slope = jax.value_and_grad(loss)(w, *batch)
    size = jnp.sqrt(sum((g**2).sum() for g in jax.tree.leaves(slope)))
    slope = jax.tree.map(lambda g: g * jnp.minimum(1.0, LONGEST_SLOPE / size), slope)
    m = jax.tree.map(lambda a, g: KEEP * a + (1 - KEEP) * g, m, slope)
    v = jax.tree.map(lambda a, g: KEEP_SQUARE * a + (1 - KEEP_SQUARE) * g**2, v, slope)

    def moved(p: Any, a: Any, b: Any) -> Any:
        way = (a / (1 - KEEP**t)) / (jnp.sqrt(b / (1 - KEEP_SQUARE**t)) + 1e-7)
        return p * (1 - DECAY * rate) - rate * way

    return jax.tree.map(moved, w, m, v), m, v, value


def rate_of(t: int, part: float) -> float:
    """Up at once, then down along a cosine; `part` of the way is gone."""
    return RATE * min(1.0, t / WARMING_STEPS) * 0.5 * (1 + float(np.cos(np.pi * part))) + LAST_RATE


def train(
    folder: Path, weights_path: Path, *, seed: int, epochs: int, better: Callable[..., None]
) -> None:
    """Write the weights of the epoch that is best for choosing; `better` is told of each of them."""
    learn, choose = read(folder)
    print(f"{len(learn)} lessons, {len(choose)} to choose by", flush=True)
    w = first_weights(np.random.default_rng(seed))
    m, v = (jax.tree.map(np.zeros_like, w) for _ in range(2))
    first, t, best = 0, 0, np.inf
    if (folder / STATE).exists():
        with np.load(folder / STATE) as kept:
            first, t, best = int(kept["epoch"]), int(kept["t"]), float(kept["best"])
            w, m, v = ({name: kept[f"{part}:{name}"] for name in w} for part in "wmv")
    for epoch in range(first, epochs):
        rng, total = np.random.default_rng([seed, epoch]), []
        order = rng.permutation(len(learn))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            t += 1
            rate = rate_of(t, (epoch + start / len(order)) / epochs)
            batch = stacked([example(learn[i], rng) for i in order[start : start + BATCH]])
            w, m, v, value = step(w, m, v, float(t), rate, batch)
            total.append(float(value))
        fixed = np.random.default_rng(0)
        held = float(loss(w, *stacked([example(one, fixed, varied=False) for one in choose])))
        print(f"{epoch} {np.mean(total):.4f} {held:.4f} {time.process_time():.0f} s", flush=True)
        if held < best:
            best = held
            save_file({name: np.asarray(a, np.float32) for name, a in w.items()}, weights_path)
            better(n_learnt=len(learn), n_kept=len(choose), epochs=epoch + 1, nats=held)
        named: dict[str, Any] = {f"{p}:{n}": np.asarray(a) for p, of in zip("wmv", (w, m, v), strict=True) for n, a in of.items()}  # fmt: skip
        np.savez(folder / "half.npz", **named, epoch=epoch + 1, t=t, best=best)
        (folder / "half.npz").rename(folder / STATE)


def stacked(examples: list[Any]) -> list[Any]:
    return [np.stack(part) for part in zip(*examples, strict=True)]
