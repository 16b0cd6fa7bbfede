"""Weighs the signs of tempo, bars and keys anew: `python benchmarks/learn_ears.py`.

Draws pieces and drum patterns, hears them, and fits three logistic models. What it prints goes into
`tempi.WEIGHTS`, `bars.WEIGHTS` and `keys`. Nothing that `bench_accuracy.py` judges by is drawn here:
its seed is another, and Debian's music is left out.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import log2
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from benchmarks.truth.made import on_kit, sound
from benchmarks.truth.pieces import Piece, drum_piece, piece
from benchmarks.truth.scores import note_number
from benchmarks.truth.sounding import FONTS
from numpy.typing import NDArray
from scipy.optimize import minimize

from songloom.core.features import bars, keys, tempi
from songloom.core.features.heard import LONG, SHORT, WAVES, Heard, hear

Doubles = NDArray[np.float64]
SAME_OCTAVES = 0.03
PENALTY = 0.5  # on the square of a weight, its sign in standard deviations
CUTS = 2  # so often each piece is heard again with both ends cut off: songs fade out


@dataclass
class Choice:
    """Several candidates, (candidates, signs), of which one is right."""

    signs: Doubles
    right: int


def drawn(seed: int, n_pieces: int, n_drums: int) -> Iterator[tuple[Piece, Heard]]:
    for i in range(n_pieces + n_drums):
        rng = np.random.default_rng([seed, i])
        made = piece(rng) if i < n_pieces else drum_piece(rng)
        by_kit = i >= n_pieces and i % 2 == 0
        play = partial(on_kit, made, rng) if by_kit else partial(sound, made, FONTS[i % 2])
        audio, rate = play()
        yield made, hear([audio], rate, len(audio), gather={WAVES, SHORT, LONG})


def tempo_choice(made: Piece, heard: Heard) -> Choice | None:
    signs = tempi.signs_of(heard.onsets)
    off = [abs(log2(bpm / made.bpm)) for bpm in signs]
    if not off or min(off) > SAME_OCTAVES:
        return None
    return Choice(
        np.array([[of[name] for name in tempi.WEIGHTS] for of in signs.values()]),
        int(np.argmin(off)),
    )


def bar_rows(made: Piece, heard: Heard) -> tuple[Doubles, NDArray[np.bool_]]:
    """(beats, 3 · SIGNS) of the true beats, and which begin a bar."""
    beats_s = np.array([at_s for at_s in made.beats_s if at_s < heard.duration_s - 0.1])
    notes, _ = heard.pitch_classes
    notes_s = np.arange(1.0, len(notes) + 1) * heard.pitch_frame_s
    found = bars.signs(beats_s, heard.onsets, notes, notes_s)
    firsts = np.array(made.downbeats_s)
    is_first = np.array([np.abs(firsts - at_s).min() < 0.02 for at_s in beats_s])
    rows = found.transpose(1, 0, 2).reshape(len(beats_s), -1)
    return np.asarray(rows, dtype=np.float64), is_first


def key_choices(made: Piece, heard: Heard, rng: np.random.Generator) -> Iterator[Choice]:
    notes, _ = heard.pitch_classes
    right = note_number(made.key[0]) + 12 * (made.key[1] == "minor")
    for n in range(1 + CUTS):
        start, stop = (0.0, 1.0) if n == 0 else (rng.uniform(0, 0.25), rng.uniform(0.65, 0.9))
        part = slice(int(start * len(notes)), int(stop * len(notes)))
        yield Choice(key_signs(notes[part], heard.chord_path[part]), right)


def key_signs(notes: NDArray[np.floating], path: NDArray[np.intp]) -> Doubles:
    """(24, 6) what `keys.key_of` weighs, in the order of its weights."""
    total = notes.sum(axis=0)
    shares = keys.normalised(total / max(float(total.sum()), 1e-9))
    chords = keys.chord_shares(path)
    rows = [
        keys.profiles(keys.MAJOR, keys.MINOR) @ shares,
        keys.profiles(keys.SHARE_MAJOR, keys.SHARE_MINOR) @ shares,
        keys.own_triads() @ chords,
        chords,
        keys.chord_shares(path[: keys.BEGINNING_FRAMES]),
        keys.chord_shares(path[-keys.END_FRAMES :]),
    ]
    return np.stack(rows, axis=1)


def chosen_by(choices: list[Choice], penalty: float) -> Doubles:
    """Weights of a softmax over candidates; penalised in standard deviations of the signs."""
    spread = np.concatenate([choice.signs for choice in choices]).std(axis=0) + 1e-6

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        total, slope = penalty * float(weights @ weights), 2 * penalty * weights
        for choice in choices:
            signs = choice.signs / spread
            odds = signs @ weights
            share = np.exp(odds - odds.max())
            share /= share.sum()
            total -= float(np.log(share[choice.right] + 1e-12))
            slope = slope - signs[choice.right] + share @ signs
        return total, slope

    found = minimize(loss, np.zeros(spread.size), jac=True, method="L-BFGS-B").x
    return np.asarray(found / spread)


def told_apart(rows: Doubles, is_first: NDArray[np.bool_]) -> tuple[Doubles, float]:
    """Weights and offset of a logistic regression."""

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        odds = rows @ weights[:-1] + weights[-1]
        off = 1 / (1 + np.exp(-odds)) - is_first
        total = float((np.logaddexp(0, odds) - is_first * odds).sum())
        slope = np.append(rows.T @ off + 2 * weights[:-1], off.sum())
        return total + float(weights[:-1] @ weights[:-1]), slope

    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return np.asarray(found[:-1]), float(found[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pieces", type=int, default=320)
    parser.add_argument("--drums", type=int, default=230)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    tempo, key, rows, firsts = [], [], [], []
    for made, heard in drawn(given.seed, given.pieces, given.drums):
        tempo += [choice for choice in [tempo_choice(made, heard)] if choice]
        if made.style != "drums":
            key += list(key_choices(made, heard, rng))
            found, is_first = bar_rows(made, heard)
            rows.append(found)
            firsts.append(is_first)
    print("tempi.WEIGHTS")
    for name, weight in zip(tempi.WEIGHTS, chosen_by(tempo, PENALTY), strict=True):
        print(f'    "{name}": {weight:.2f},')
    weights, seldom = told_apart(np.concatenate(rows), np.concatenate(firsts))
    print("bars.WEIGHTS", weights.reshape(bars.WEIGHTS.shape).round(2).tolist(), round(seldom, 2))
    print("keys", chosen_by(key, 0.02).round(1).tolist())


if __name__ == "__main__":
    main()
