"""Teaches the ear for beats: `python benchmarks/learn_beats.py hear|train|weigh FOLDER`, in this order.

hear   writes what `truth/lessons.py` tells into FOLDER, one small file a lesson; what is there stays
train  trains on those files and writes `beats.safetensors` and its card there (the extra [train])
weigh  fits the weights of `tempi` and `bars`, on lessons that were kept from training, and prints them

All are seeded; the first two go on where they were stopped. `hear` takes about 15 CPU-minutes and wants
Bach's chorales (JSB=FILE), `train` ten, `weigh` one.
"""

from __future__ import annotations

import argparse
import hashlib
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
from benchmarks.beats.examples import FEWEST_BEATS, paths
from benchmarks.learn_ears import Choice, chosen_by
from benchmarks.truth.lessons import is_for_choosing, lessons, write
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.optimize import minimize

from songloom.core.features import bars, tempi
from songloom.core.features.beat_ear import BeatOdds, beat_odds
from songloom.core.features.onsets import Onsets, onsets
from songloom.core.features.short import Frames

Doubles = NDArray[np.float64]

SAME_OCTAVES = 0.03
PENALTY = 0.5  # on the square of a weight, its sign in standard deviations
NAME = "beats.safetensors"
ORIGIN = (
    "Trained from nothing on music made here: drawn pieces, drum patterns and clicks, pieces of our composer, "
    "Bach's chorales, and the MIDI music of Simutrans and Freedoom, through three free soundfonts."
)


def hear(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = lessons(n_pieces=800, n_drums=200, n_composed=200, n_chorales=60, n_clicks=60)
    for name, lesson in told.items():
        write(name, lesson, folder)


def write_card(
    weights: Path, seed: int, *, n_learnt: int, n_kept: int, epochs: int, nats: float
) -> None:
    """What stands beside the weights."""
    content = weights.read_bytes()
    n_numbers = sum(value.size for value in load_file(weights).values())
    weights.with_suffix(".toml").write_text(f"""name = "Songloom beats"
version = "1"
file = "{NAME}"
licence = "GPL-3.0-or-later"
origin = "{ORIGIN}"
parameters = {n_numbers}
sha256 = "{hashlib.sha256(content).hexdigest()}"
size_bytes = {len(content)}

[training]
n_lessons = {n_learnt}
seed = {seed}
epochs = {epochs}

[test]
n_lessons = {n_kept}
nats_per_frame = {nats:.4f}
""")


@dataclass
class Kept:
    """What was heard of a lesson that was not trained on, and the truth about it."""

    onsets: Onsets
    odds: BeatOdds
    notes: Doubles
    notes_s: Doubles
    beats_s: Doubles
    firsts_s: Doubles


def kept_lessons(folder: Path) -> Iterator[Kept]:
    for path in paths(folder):
        if not is_for_choosing(path.stem):
            continue
        with np.load(path) as found:
            level, notes = found["level"], found["notes"].astype(np.float64)
            rate, beats_s = float(found["frame_rate"]), found["beats_s"]
            notes_s = np.arange(1.0, len(notes) + 1) * float(found["notes_frame_s"])
            if len(beats_s) >= FEWEST_BEATS:
                heard = onsets(Frames(rate, level, *np.zeros((7, 0), np.float32)))
                yield Kept(heard, beat_odds(level), notes, notes_s, beats_s, found["downbeats_s"])


def weigh(folder: Path) -> None:
    """Print the weights of the signs of tempo and bars."""
    choices, rows, firsts = [], [], []
    for kept in kept_lessons(folder):
        choices += [choice for choice in [tempo_choice(kept)] if choice]
        if kept.firsts_s.size:
            found, is_first = bar_rows(kept)
            rows.append(found)
            firsts.append(is_first)
    print(len(choices), "tempi,", len(rows), "with bars\ntempi.WEIGHTS")
    for name, weight in zip(tempi.WEIGHTS, chosen_by(choices, PENALTY), strict=True):
        print(f'    "{name}": {weight:.2f},')
    weights, seldom = told_apart(np.concatenate(rows), np.concatenate(firsts))
    print("bars.WEIGHTS", weights.reshape(bars.WEIGHTS.shape).round(2).tolist(), round(seldom, 2))


def tempo_choice(kept: Kept) -> Choice | None:
    signs = tempi.signs_of(kept.onsets, kept.odds)
    bpm = 60 / float(np.median(np.diff(kept.beats_s)))
    off = [abs(log2(candidate / bpm)) for candidate in signs]
    if not off or min(off) > SAME_OCTAVES:
        return None
    table = [[of[name] for name in tempi.WEIGHTS] for of in signs.values()]
    return Choice(np.array(table), int(np.argmin(off)))


def bar_rows(kept: Kept) -> tuple[Doubles, NDArray[np.bool_]]:
    """(beats, 3 · SIGNS) of the true beats, and which begin a bar."""
    beats_s = kept.beats_s
    found = bars.signs(beats_s, kept.onsets, kept.odds, kept.notes, kept.notes_s)
    is_first = np.array([np.abs(kept.firsts_s - at_s).min() < 0.02 for at_s in beats_s])
    rows = found.transpose(1, 0, 2).reshape(len(beats_s), -1)
    return np.asarray(rows, dtype=np.float64), is_first


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
    parser.add_argument("step", choices=["hear", "train", "weigh"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=45)
    given = parser.parse_args()
    if given.step == "train":
        from benchmarks.beats.training import train

        path = given.folder / NAME
        better = partial(write_card, path, given.seed)
        train(given.folder, path, seed=given.seed, epochs=given.epochs, better=better)
    else:
        {"hear": hear, "weigh": weigh}[given.step](given.folder)


if __name__ == "__main__":
    main()
