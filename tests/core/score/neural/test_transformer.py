"""The Transformer in numpy agrees with one written out loop by loop."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from songloom.core.score.neural.encoding import N_DURATIONS, N_PITCHES, N_ROWS, OFFSETS
from songloom.core.score.neural.lstm import Weights
from songloom.core.score.neural.transformer import (
    HEADS,
    NORM_EPSILON,
    SLOWEST_TURN,
    WINDOW,
    Transformer,
    turns,
)
from tests.core.score.neural.test_lstm import random_steps

WIDTH, WIDER, DEPTH, CHOSEN, MIX = 16, 24, 3, 5, 6
SIZE = WIDTH // HEADS


def random_weights(seed: int = 3) -> Weights:
    rng = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "table.embeddings": (N_ROWS, WIDTH),
        "last_norm.scale": (WIDTH,),
        "chosen.embeddings": (N_PITCHES, CHOSEN),
        "pitch_head.kernel": (2 * WIDTH, N_PITCHES),
        "pitch_head.bias": (N_PITCHES,),
        "mix.kernel": (2 * WIDTH + CHOSEN, MIX),
        "mix.bias": (MIX,),
        "duration_head.kernel": (MIX, N_DURATIONS),
        "duration_head.bias": (N_DURATIONS,),
    }
    for layer in range(DEPTH):
        shapes |= {
            f"hear_norm_{layer}.scale": (WIDTH,),
            f"hear_{layer}.kernel": (WIDTH, 3 * WIDTH),
            f"heard_{layer}.kernel": (WIDTH, WIDTH),
            f"heard_{layer}.bias": (WIDTH,),
            f"think_norm_{layer}.scale": (WIDTH,),
            f"think_{layer}.kernel": (WIDTH, WIDER),
            f"think_{layer}.bias": (WIDER,),
            f"thought_{layer}.kernel": (WIDER, WIDTH),
            f"thought_{layer}.bias": (WIDTH,),
        }
    return {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}


class PlainTransformer:
    """Attention over all that came before, one number at a time, in doubles."""

    def __init__(self, weights: Weights) -> None:
        self.w: dict[str, Any] = {
            name: value.astype(float).tolist() for name, value in weights.items()
        }
        self.keys: list[list[list[float]]] = [[] for _ in range(DEPTH)]
        self.values: list[list[list[float]]] = [[] for _ in range(DEPTH)]

    def dense(self, name: str, x: list[float]) -> list[float]:
        kernel = self.w[f"{name}.kernel"]
        bias = self.w.get(f"{name}.bias", [0.0] * len(kernel[0]))
        return [bias[j] + sum(x[i] * kernel[i][j] for i in range(len(x))) for j in range(len(bias))]

    def norm(self, name: str, x: list[float]) -> list[float]:
        size = math.sqrt(sum(one * one for one in x) / len(x) + NORM_EPSILON)
        return [one / size * scale for one, scale in zip(x, self.w[f"{name}.scale"], strict=True)]

    def turned(self, x: list[float], place: int) -> list[float]:
        """Each pair of each head as a complex number, turned by its angle."""
        found = list(x)
        for head in range(HEADS):
            for pair in range(SIZE // 2):
                i = head * SIZE + pair
                angle = place * SLOWEST_TURN ** (-2 * pair / SIZE)
                z = complex(x[i], x[i + SIZE // 2])
                z *= complex(math.cos(angle), math.sin(angle))
                found[i], found[i + SIZE // 2] = z.real, z.imag
        return found

    def attend(self, layer: int, x: list[float]) -> list[float]:
        mixed = self.dense(f"hear_{layer}", self.norm(f"hear_norm_{layer}", x))
        place = len(self.keys[layer])
        query = self.turned(mixed[:WIDTH], place)
        self.keys[layer].append(self.turned(mixed[WIDTH : 2 * WIDTH], place))
        self.values[layer].append(mixed[2 * WIDTH :])
        found = [0.0] * WIDTH
        for head in range(HEADS):
            own = range(head * SIZE, (head + 1) * SIZE)
            scores = [
                math.exp(sum(query[i] * key[i] for i in own) / math.sqrt(SIZE))
                for key in self.keys[layer]
            ]
            for score, value in zip(scores, self.values[layer], strict=True):
                for i in own:
                    found[i] += score / sum(scores) * value[i]
        return self.dense(f"heard_{layer}", found)

    def step(self, categories: list[int], pitch: int) -> tuple[list[float], list[float]]:
        rows = [c + int(offset) for c, offset in zip(categories, OFFSETS, strict=True)]
        now = [sum(self.w["table.embeddings"][row][i] for row in rows) for i in range(WIDTH)]
        x = now
        for layer in range(DEPTH):
            x = [a + b for a, b in zip(x, self.attend(layer, x), strict=True)]
            wide = self.dense(f"think_{layer}", self.norm(f"think_norm_{layer}", x))
            thought = self.dense(f"thought_{layer}", [max(0.0, one) ** 2 for one in wide])
            x = [a + b for a, b in zip(x, thought, strict=True)]
        known = self.norm("last_norm", x) + now
        hidden = self.dense("mix", known + self.w["chosen.embeddings"][pitch])
        return self.dense("pitch_head", known), self.dense(
            "duration_head", [max(0.0, one) for one in hidden]
        )


def test_only_distances_count_not_places() -> None:
    """The law of rotary positions: a product of turned vectors knows how far apart they are."""
    rng = np.random.default_rng(0)
    query, key = rng.normal(size=(2, SIZE)).astype(np.float32)

    def product(at: int, before: int) -> float:
        def turned(x: Any, place: int) -> Any:
            cosines, sines = turns(np.asarray([place], dtype=np.float32), SIZE)
            left, right = np.split(x, 2)
            both = [left * cosines[0] - right * sines[0], right * cosines[0] + left * sines[0]]
            return np.concatenate(both)

        return float(turned(query, at) @ turned(key, before))

    assert product(9, 4) == pytest.approx(product(105, 100), abs=1e-4)
    assert product(9, 4) != pytest.approx(product(9, 5), abs=1e-2)


def test_beyond_the_window_the_oldest_step_is_forgotten() -> None:
    network = Transformer(random_weights())
    seen = random_steps(WINDOW + DEPTH * WINDOW // 100, batch=1)
    whole, later = network.start(1), network.start(1)
    for now in seen:
        network.step(now, whole)
    assert whole.keys.shape[3] == WINDOW
    assert whole.n_steps == len(seen) > WINDOW
    for now in seen[:3]:
        network.step(now, later)
    assert np.array_equal(later.keys[:, :, :, 3:], np.zeros_like(later.keys[:, :, :, 3:]))
    assert not (whole.keys[:, :, :, :3] == later.keys[:, :, :, :3]).all()  # written over


def test_huge_weights_give_no_nan_and_no_warning() -> None:
    network = Transformer({name: value * 1e3 for name, value in random_weights().items()})
    memory = network.start(1)
    for now in random_steps(4, batch=1):
        logits, _ = network.step(now, memory)
    assert np.isfinite(logits).all()


def test_the_size_is_read_from_the_weights() -> None:
    network = Transformer(random_weights())
    assert (network.n_layers, network.width) == (DEPTH, WIDTH)
    assert network.start(7).values.shape == (DEPTH, 7, HEADS, WINDOW, SIZE)
