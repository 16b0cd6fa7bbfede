"""The network without Keras: weights from safetensors, three LSTM layers in numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from songloom.core.score.neural.encoding import OFFSETS, Ints

Floats = NDArray[np.float32]
Weights = dict[str, Floats]


class State:
    """Hidden and cell state of every layer for a batch of melodies: (layers, batch, units)."""

    def __init__(self, n_layers: int, batch: int, units: int) -> None:
        self.hidden = np.zeros((n_layers, batch, units), dtype=np.float32)
        self.cell = np.zeros((n_layers, batch, units), dtype=np.float32)


class Heads:
    """What every body ends in: logits of the pitch, then of its duration."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def pitches(self, known: Floats) -> Floats:
        """Pitch logits (batch, N_PITCHES)."""
        return known @ self.weights["pitch_head.kernel"] + self.weights["pitch_head.bias"]

    def durations(self, known: Floats, pitch: Ints) -> Floats:
        """Duration logits (batch, N_DURATIONS) once the pitch symbol (batch,) is chosen."""
        weights = self.weights
        mixed = np.concatenate([known, weights["chosen.embeddings"][pitch]], axis=1)
        hidden = np.maximum(mixed @ weights["mix.kernel"] + weights["mix.bias"], 0)
        logits: Floats = hidden @ weights["duration_head.kernel"] + weights["duration_head.bias"]
        return logits


class Network:
    """The forward pass, one step at a time for a batch."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.heads = Heads(weights)
        self.n_layers = sum(name.endswith(".recurrent_kernel") for name in weights)
        self.units = weights["lstm_0.recurrent_kernel"].shape[0]

    def start(self, batch: int) -> State:
        return State(self.n_layers, batch, self.units)

    def step(self, seen: Ints, state: State) -> tuple[Floats, Floats]:
        """Advance by one step.

        seen     (batch, fields) int32 categories as Position.features() gives them
        returns  pitch logits (batch, N_PITCHES), and what the duration head needs (batch, n)
        """
        now: Floats = self.weights["table.embeddings"][seen + OFFSETS].sum(axis=1)
        value = now
        for layer in range(self.n_layers):
            value = self._cell(layer, value, state)
        known = np.concatenate([value, now], axis=1)
        return self.heads.pitches(known), known

    def durations(self, known: Floats, pitch: Ints) -> Floats:
        """Duration logits (batch, N_DURATIONS) once the pitch symbol (batch,) is chosen."""
        return self.heads.durations(known, pitch)

    def _cell(self, layer: int, value: Floats, state: State) -> Floats:
        weights, units = self.weights, self.units
        gates = value @ weights[f"lstm_{layer}.kernel"] + weights[f"lstm_{layer}.bias"]
        gates += state.hidden[layer] @ weights[f"lstm_{layer}.recurrent_kernel"]
        sigmoids = 1 / (1 + np.exp(-np.clip(gates, -60, 60)))
        candidate = np.tanh(gates[:, 2 * units : 3 * units])
        state.cell[layer] = (
            sigmoids[:, units : 2 * units] * state.cell[layer] + sigmoids[:, :units] * candidate
        )
        state.hidden[layer] = sigmoids[:, 3 * units :] * np.tanh(state.cell[layer])
        hidden: Floats = state.hidden[layer]
        return hidden


def read_weights(path: str | Path) -> Weights:
    """Tensors of a safetensors file by name; such a file cannot run code."""
    from safetensors.numpy import load_file

    return dict(load_file(str(path)))
