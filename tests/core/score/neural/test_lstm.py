"""The network in numpy agrees with one written out loop by loop."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from songloom.core.score.neural.encoding import (
    FIELDS,
    N_DURATIONS,
    N_PITCHES,
    N_ROWS,
    OFFSETS,
    Ints,
)
from songloom.core.score.neural.lstm import Network, Weights, read_weights

TOLERANCE = 1e-4  # between two float32 computations of the same logits
EMBEDDING, UNITS, DEPTH, CHOSEN = 12, 8, 3, 5


def random_weights(seed: int = 3) -> Weights:
    rng = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "table.embeddings": (N_ROWS, EMBEDDING),
        "chosen.embeddings": (N_PITCHES, CHOSEN),
        "pitch_head.kernel": (UNITS + EMBEDDING, N_PITCHES),
        "pitch_head.bias": (N_PITCHES,),
        "mix.kernel": (UNITS + EMBEDDING + CHOSEN, UNITS),
        "mix.bias": (UNITS,),
        "duration_head.kernel": (UNITS, N_DURATIONS),
        "duration_head.bias": (N_DURATIONS,),
    }
    for layer in range(DEPTH):
        width = UNITS if layer else EMBEDDING
        shapes[f"lstm_{layer}.kernel"] = (width, 4 * UNITS)
        shapes[f"lstm_{layer}.recurrent_kernel"] = (UNITS, 4 * UNITS)
        shapes[f"lstm_{layer}.bias"] = (4 * UNITS,)
    return {name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in shapes.items()}


def random_steps(n_steps: int, batch: int, seed: int = 5) -> Ints:
    rng = np.random.default_rng(seed)
    seen = rng.integers(0, FIELDS, size=(n_steps, batch, len(FIELDS)))
    return seen.astype(np.int32)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


class PlainLstm:
    """Hochreiter and Schmidhuber's cell with a forget gate, one number at a time, in doubles."""

    def __init__(self, weights: Weights) -> None:
        self.w: dict[str, Any] = {
            name: value.astype(float).tolist() for name, value in weights.items()
        }
        self.hidden = [[0.0] * UNITS for _ in range(DEPTH)]
        self.cell = [[0.0] * UNITS for _ in range(DEPTH)]

    def dense(self, name: str, x: list[float]) -> list[float]:
        kernel, bias = self.w[f"{name}.kernel"], self.w[f"{name}.bias"]
        return [bias[j] + sum(x[i] * kernel[i][j] for i in range(len(x))) for j in range(len(bias))]

    def layer(self, index: int, x: list[float]) -> list[float]:
        kernel, bias = self.w[f"lstm_{index}.kernel"], self.w[f"lstm_{index}.bias"]
        back = self.w[f"lstm_{index}.recurrent_kernel"]
        before = self.hidden[index]

        def gate(column: int) -> float:
            total: float = bias[column]
            total += sum(x[i] * kernel[i][column] for i in range(len(x)))
            total += sum(before[i] * back[i][column] for i in range(UNITS))
            return total

        after = []
        for unit in range(UNITS):
            write, keep = sigmoid(gate(unit)), sigmoid(gate(UNITS + unit))
            candidate, show = math.tanh(gate(2 * UNITS + unit)), sigmoid(gate(3 * UNITS + unit))
            self.cell[index][unit] = keep * self.cell[index][unit] + write * candidate
            after.append(show * math.tanh(self.cell[index][unit]))
        self.hidden[index] = after
        return after

    def step(self, categories: list[int], pitch: int) -> tuple[list[float], list[float]]:
        rows = [c + int(offset) for c, offset in zip(categories, OFFSETS, strict=True)]
        table = self.w["table.embeddings"]
        now = [sum(table[row][i] for row in rows) for i in range(EMBEDDING)]
        value = now
        for index in range(DEPTH):
            value = self.layer(index, value)
        known = value + now
        hidden = self.dense("mix", known + self.w["chosen.embeddings"][pitch])
        return self.dense("pitch_head", known), self.dense(
            "duration_head", [max(0.0, x) for x in hidden]
        )


def test_the_chosen_pitch_changes_the_durations_only() -> None:
    network = Network(random_weights())
    seen = random_steps(1, batch=1)[0]
    _, known = network.step(seen, network.start(1))
    low, high = (
        network.durations(known, np.asarray([symbol], dtype=np.int32)) for symbol in (3, 40)
    )
    assert not np.allclose(low, high)


def test_huge_weights_give_no_nan_and_no_warning() -> None:
    weights = {name: value * 1e4 for name, value in random_weights().items()}
    network = Network(weights)
    state = network.start(1)
    for now in random_steps(4, batch=1):
        logits, _ = network.step(now, state)
    assert np.isfinite(logits).all()


def test_the_size_is_read_from_the_weights() -> None:
    network = Network(random_weights())
    assert (network.n_layers, network.units) == (DEPTH, UNITS)
    assert network.start(7).hidden.shape == (DEPTH, 7, UNITS)


def test_weights_come_back_from_a_file_as_they_were(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    weights = random_weights()
    save_file(weights, str(tmp_path / "w.safetensors"))
    back = read_weights(tmp_path / "w.safetensors")
    assert back.keys() == weights.keys()
    assert all(np.array_equal(back[name], weights[name]) for name in weights)
