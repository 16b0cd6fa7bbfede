"""The melody models in Keras: one embedding of the step's categories, a body, two heads.

The body is LSTM(64) × 3 or a Transformer of three blocks with rotary positions. Keras is imported
here and in train.py alone; everything else runs the weights in numpy.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from songloom.core.score.neural.encoding import FIELDS, N_DURATIONS, N_PITCHES, N_ROWS
from songloom.core.score.neural.lstm import Weights
from songloom.core.score.neural.transformer import HEADS, NORM_EPSILON, turns

EMBEDDING, UNITS, DEPTH, PITCH_EMBEDDING = 96, 64, 3, 32
WIDTH, WIDER = 128, 512  # of a Transformer's block, and of what it thinks in
DROPOUT = {"lstm": 0.25, "transformer": 0.15}


class Table(layers.Embedding):  # type: ignore[misc]  # Keras has no types
    """An embedding whose gradient is one array on every back end.

    TensorFlow gives the gradient row by row as rows were looked up; Keras's Adam then adds up the
    squares of the parts, not the square of their sum, and its first step was 23 times too long.
    """

    def call(self, rows: Any) -> Any:
        """Vectors of the rows; the product is what makes the gradient whole."""
        return keras.ops.take(self.embeddings * 1.0, rows, axis=0)


class Attend(layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Causal attention of HEADS heads over (batch, steps, 3 × width): queries, keys, values."""

    def call(self, mixed: Any) -> Any:
        """What each step gathers from itself and those before it: (batch, steps, width)."""
        ops = keras.ops
        batch, steps, width = ops.shape(mixed)[0], ops.shape(mixed)[1], mixed.shape[-1] // 3
        apart = ops.reshape(mixed, (batch, steps, 3, HEADS, width // HEADS))
        query, key, value = (apart[:, :, index] for index in range(3))
        places = ops.arange(steps, dtype="float32")
        cosines, sines = turns(places, width // HEADS, ops)
        query, key = (self._turned(one, cosines, sines) for one in (query, key))
        scores = ops.einsum("bqhd,bkhd->bhqk", query, key) / (width // HEADS) ** 0.5
        is_past = places[:, None] >= places[None, :]
        shares = ops.softmax(ops.where(is_past, scores, -1e9), axis=-1)
        found = ops.einsum("bhqk,bkhd->bqhd", shares, value)
        return ops.reshape(found, (batch, steps, width))

    def _turned(self, one: Any, cosines: Any, sines: Any) -> Any:
        half = one.shape[-1] // 2
        left, right = one[..., :half], one[..., half:]
        cosines, sines = cosines[:, None, :], sines[:, None, :]
        return keras.ops.concatenate(
            [left * cosines - right * sines, right * cosines + left * sines], axis=-1
        )


def build(kind: str = "lstm", *, dropout: float | None = None) -> Any:
    """Logits of the next pitch, and of its duration once the pitch is known.

    kind     "lstm" or "transformer"
    inputs   seen (batch, steps, fields) int32 rows of the table; pitch (batch, steps) int32
    returns  keras.Model with outputs (batch, steps, N_PITCHES) and (batch, steps, N_DURATIONS)
    """
    share = DROPOUT[kind] if dropout is None else dropout
    seen = keras.Input((None, len(FIELDS)), dtype="int32", name="seen")
    pitch = keras.Input((None,), dtype="int32", name="pitch")
    table = Table(N_ROWS, EMBEDDING if kind == "lstm" else WIDTH, name="table")
    now = layers.Lambda(lambda rows: keras.ops.sum(rows, axis=2), name="now")(table(seen))
    state = BODIES[kind](now, share)
    known = layers.Dropout(share)(layers.Concatenate()([state, now]))
    pitch_logits = layers.Dense(N_PITCHES, name="pitch_head")(known)
    chosen = Table(N_PITCHES, PITCH_EMBEDDING, name="chosen")(pitch)
    mixed = layers.Concatenate()([known, chosen])
    mixed = layers.Dropout(share)(layers.Dense(UNITS, activation="relu", name="mix")(mixed))
    duration_logits = layers.Dense(N_DURATIONS, name="duration_head")(mixed)
    return keras.Model([seen, pitch], [pitch_logits, duration_logits])


def _lstm(state: Any, dropout: float) -> Any:
    for index in range(DEPTH):
        state = layers.Dropout(dropout)(state)
        state = layers.LSTM(UNITS, return_sequences=True, name=f"lstm_{index}")(state)
    return state


def _transformer(state: Any, dropout: float) -> Any:
    """Blocks of attention and thought, each on a normed copy, added to what runs through."""
    state = layers.Dropout(dropout)(state)
    for index in range(DEPTH):
        normed = _norm(f"hear_norm_{index}")(state)
        mixed = layers.Dense(3 * WIDTH, use_bias=False, name=f"hear_{index}")(normed)
        heard = layers.Dense(WIDTH, name=f"heard_{index}")(Attend()(mixed))
        state = layers.Add()([state, layers.Dropout(dropout)(heard)])
        normed = _norm(f"think_norm_{index}")(state)
        wide = layers.Dense(WIDER, activation="relu", name=f"think_{index}")(normed)
        thought = layers.Dense(WIDTH, name=f"thought_{index}")(wide * wide)
        state = layers.Add()([state, layers.Dropout(dropout)(thought)])
    return _norm("last_norm")(state)


def _norm(name: str) -> Any:
    return layers.RMSNormalization(epsilon=NORM_EPSILON, name=name)


BODIES = {"lstm": _lstm, "transformer": _transformer}


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
