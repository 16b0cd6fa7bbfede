"""The melody model in Keras: one embedding of the step's categories, LSTM(64) × 3, two heads.

Keras is imported here and in train.py alone; everything else runs the weights in numpy.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from songloom.core.score.neural.encoding import FIELDS, N_DURATIONS, N_PITCHES, N_ROWS
from songloom.core.score.neural.lstm import Weights

EMBEDDING, UNITS, DEPTH, PITCH_EMBEDDING = 96, 64, 3, 32


class Table(layers.Embedding):  # type: ignore[misc]  # Keras has no types
    """An embedding whose gradient is one array on every back end.

    TensorFlow gives the gradient row by row as rows were looked up; Keras's Adam then adds up the
    squares of the parts, not the square of their sum, and its first step was 23 times too long.
    """

    def call(self, rows: Any) -> Any:
        """Vectors of the rows; the product is what makes the gradient whole."""
        return keras.ops.take(self.embeddings * 1.0, rows, axis=0)


def build(*, dropout: float = 0.25) -> Any:
    """Logits of the next pitch, and of its duration once the pitch is known.

    inputs   seen (batch, steps, fields) int32 rows of the table; pitch (batch, steps) int32
    returns  keras.Model with outputs (batch, steps, N_PITCHES) and (batch, steps, N_DURATIONS)
    """
    seen = keras.Input((None, len(FIELDS)), dtype="int32", name="seen")
    pitch = keras.Input((None,), dtype="int32", name="pitch")
    table = Table(N_ROWS, EMBEDDING, name="table")
    now = layers.Lambda(lambda rows: keras.ops.sum(rows, axis=2), name="now")(table(seen))
    state = now
    for index in range(DEPTH):
        state = layers.Dropout(dropout)(state)
        state = layers.LSTM(UNITS, return_sequences=True, name=f"lstm_{index}")(state)
    known = layers.Dropout(dropout)(layers.Concatenate()([state, now]))
    pitch_logits = layers.Dense(N_PITCHES, name="pitch_head")(known)
    chosen = Table(N_PITCHES, PITCH_EMBEDDING, name="chosen")(pitch)
    mixed = layers.Concatenate()([known, chosen])
    mixed = layers.Dropout(dropout)(layers.Dense(UNITS, activation="relu", name="mix")(mixed))
    duration_logits = layers.Dense(N_DURATIONS, name="duration_head")(mixed)
    return keras.Model([seen, pitch], [pitch_logits, duration_logits])


def weights_of(model: Any) -> Weights:
    """The weights by name, as runtime.py and the safetensors file know them."""
    named: Weights = {}
    for layer in model.layers:
        for variable in layer.weights:
            name = variable.path.split("/")[-1]
            named[f"{layer.name}.{name}"] = np.asarray(variable.numpy(), dtype=np.float32)
    return named


def give_weights(model: Any, named: Weights) -> None:
    """The way back: put weights by name into a model of the same shape."""
    for layer in model.layers:
        for variable in layer.weights:
            variable.assign(named[f"{layer.name}.{variable.path.split('/')[-1]}"])
