"""Weighs the signs of keys anew: `python benchmarks/learn_ears.py`.

Draws pieces, hears them, and fits a logistic model, whose weights go into `keys`. Nothing that
`bench_accuracy.py` judges by is drawn here: its seed is another, and Debian's music is left out.
Beats, tempo and bars are learnt by `learn_beats.py`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from benchmarks.truth.made import sound
from benchmarks.truth.pieces import Piece, piece
from benchmarks.truth.scores import note_number
from benchmarks.truth.sounding import FONTS
from numpy.typing import NDArray
from scipy.optimize import minimize

from songloom.core.features import keys
from songloom.core.features.heard import LONG, SHORT, WAVES, Heard, hear

Doubles = NDArray[np.float64]
CUTS = 2  # so often each piece is heard again with both ends cut off: songs fade out


@dataclass
class Choice:
    """Several candidates, (candidates, signs), of which one is right."""

    signs: Doubles
    right: int


def drawn(seed: int, n_pieces: int) -> Iterator[tuple[Piece, Heard]]:
    for i in range(n_pieces):
        made = piece(np.random.default_rng([seed, i]))
        audio, rate = sound(made, FONTS[i % 2])
        yield made, hear([audio], rate, len(audio), gather={WAVES, SHORT, LONG})


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pieces", type=int, default=320)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    key: list[Choice] = []
    for made, heard in drawn(given.seed, given.pieces):
        key += list(key_choices(made, heard, rng))
    print("keys", chosen_by(key, 0.02).round(1).tolist())


if __name__ == "__main__":
    main()
