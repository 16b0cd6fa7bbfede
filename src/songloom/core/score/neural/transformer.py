"""The Transformer without Keras: three blocks in numpy, what was heard kept from step to step.

Positions are rotary: queries and keys are turned by their place, so that only distances count
(Su and others, "RoFormer", 2021). A kept key is turned once, when it is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from songloom.core.score.neural.encoding import OFFSETS, Ints
from songloom.core.score.neural.lstm import Floats, Heads, Weights

HEADS = 4
WINDOW = 400  # steps that are remembered: the longest tunes of the training had as many
SLOWEST_TURN = 1_000.0  # steps to the radian of the slowest pair
NORM_EPSILON = 1e-6


def turns(places: Any, width: int, ops: Any = np) -> tuple[Any, Any]:
    """Cosines and sines by which each pair of a head turns at each place: (places, width / 2)."""
    speeds = SLOWEST_TURN ** -(np.arange(0, width, 2, dtype=np.float32) / width)
    angles = places[:, None] * speeds[None, :].astype(np.float32)
    return ops.cos(angles), ops.sin(angles)


class Memory:
    """Keys and values of the last WINDOW steps of a batch: (layers, batch, heads, steps, width).

    The place of a step is its number modulo WINDOW: attention does not mind the order.
    """

    def __init__(self, n_layers: int, batch: int, width: int) -> None:
        shape = (n_layers, batch, HEADS, WINDOW, width // HEADS)
        self.keys, self.values = np.zeros((2, *shape), dtype=np.float32)
        self.n_steps = 0


class Transformer:
    """The forward pass, one step at a time for a batch."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.heads = Heads(weights)
        self.n_layers = sum(name.startswith("think_norm_") for name in weights)
        self.width = weights["table.embeddings"].shape[1]

    def start(self, batch: int) -> Memory:
        return Memory(self.n_layers, batch, self.width)

    def step(self, seen: Ints, state: Memory) -> tuple[Floats, Floats]:
        """Advance by one step.

        seen     (batch, fields) int32 categories as Position.features() gives them
        returns  pitch logits (batch, N_PITCHES), and what the duration head needs (batch, n)
        """
        now: Floats = self.weights["table.embeddings"][seen + OFFSETS].sum(axis=1)
        value = now
        for layer in range(self.n_layers):
            mixed = self._normed("hear_norm", layer, value) @ self.weights[f"hear_{layer}.kernel"]
            value = value + self._dense(f"heard_{layer}", self._attend(layer, mixed, state))
            wide = self._dense(f"think_{layer}", self._normed("think_norm", layer, value))
            value = value + self._dense(f"thought_{layer}", np.maximum(wide, 0) ** 2)
        state.n_steps += 1
        known = np.concatenate([_rms(value) * self.weights["last_norm.scale"], now], axis=1)
        return self.heads.pitches(known), known

    def durations(self, known: Floats, pitch: Ints) -> Floats:
        """Duration logits (batch, N_DURATIONS) once the pitch symbol (batch,) is chosen."""
        return self.heads.durations(known, pitch)

    def _attend(self, layer: int, mixed: Floats, state: Memory) -> Floats:
        batch, size = len(mixed), self.width // HEADS
        query, key, value = mixed.reshape(batch, 3, HEADS, size).transpose(1, 0, 2, 3)
        cosines, sines = turns(np.asarray([state.n_steps], dtype=np.float32), size)
        place = state.n_steps % WINDOW
        state.keys[layer, :, :, place] = _turned(key, cosines, sines)
        state.values[layer, :, :, place] = value
        n = min(state.n_steps + 1, WINDOW)
        keys, values = state.keys[layer, :, :, :n], state.values[layer, :, :, :n]
        scores = keys @ _turned(query, cosines, sines)[..., None] / np.float32(size**0.5)
        shares = np.exp(scores - scores.max(axis=2, keepdims=True))
        shares /= shares.sum(axis=2, keepdims=True)
        found: Floats = (shares.swapaxes(2, 3) @ values).reshape(batch, self.width)
        return found

    def _dense(self, name: str, value: Floats) -> Floats:
        return value @ self.weights[f"{name}.kernel"] + self.weights[f"{name}.bias"]

    def _normed(self, name: str, layer: int, value: Floats) -> Floats:
        return _rms(value) * self.weights[f"{name}_{layer}.scale"]


def _rms(value: Floats) -> Floats:
    mean: Floats = np.mean(value * value, axis=1, keepdims=True)
    normed: Floats = value / np.sqrt(mean + np.float32(NORM_EPSILON))
    return normed


def _turned(one: Floats, cosines: Floats, sines: Floats) -> Floats:
    left, right = np.split(one, 2, axis=-1)
    turned: Floats = np.concatenate(
        [left * cosines - right * sines, right * cosines + left * sines], axis=-1
    )
    return turned
