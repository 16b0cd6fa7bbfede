"""The composer: both models' bits per note against its baselines, the character of its tunes, its speed.

`python benchmarks/bench_composer.py` measures what needs no corpus; with `--corpus DIR` (the
corpus folder of music21, which is not a dependency) also bits per note on the 201 test tunes.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from timeit import repeat

import numpy as np

from songloom.core.score.neural.card import measure, read_card
from songloom.core.score.neural.corpus import read_corpus
from songloom.core.score.neural.evaluate import Character, character
from songloom.core.score.neural.runtime import MelodyModel, UniformModel, load
from songloom.core.score.notes import Note

MODELS = Path(__file__).parents[1] / "src/songloom/assets/models"
CASES = (("major", "6/8", 72), ("minor", "4/4", 96))
N_TUNES, N_BARS = 20, 16
KINDS = ("transformer", "lstm")


def weights_of(kind: str) -> Path:
    return MODELS / kind / "melody.safetensors"


def composed(model: MelodyModel, mode: str, metre: str, n_bars: int = N_BARS) -> list[list[Note]]:
    return [
        model.compose(n_bars=n_bars, metre=metre, mode=mode, rng=np.random.default_rng(seed))
        for seed in range(N_TUNES)
    ]


def print_bits(corpus_folder: Path) -> None:
    corpus = read_corpus(corpus_folder, MODELS / "held_out.json")
    scores = {kind: measure(load(weights_of(kind)), corpus) for kind in KINDS}
    score = scores[KINDS[0]]
    n_notes = sum(line.n_notes for line in corpus.test)
    print(f"\nbits per note on {len(corpus.test)} tunes never trained on ({n_notes} notes)")
    rows = {kind: one.model for kind, one in scores.items()}
    rows |= {"n-gram": score.ngram, "uniform": score.uniform}
    for name, bits in rows.items():
        print(f"{name:<12}{bits:8.3f}")
    print(f"of a model's bits {score.order:.3f} pay for the number of bars and the pickup")


def print_character(kind: str, model: MelodyModel) -> None:
    heard = read_card(MODELS / KINDS[0] / "card.toml")["test"]
    print(f"\n{'tunes':<22}{'in scale':>10}{'moves off':>11}{'bars again':>12}")
    for mode, metre, bar_ticks in CASES:
        folk = Character(heard[mode]["in_scale"], np.asarray(heard[mode]["steps"]), 0.0)
        print(f"{mode + ' ' + metre + ' folk':<22}{folk.in_scale:10.3f}{0:11.3f}")
        for name, which in ((kind, model), ("uniform", UniformModel())):
            met = character(composed(which, mode, metre), mode=mode, bar_ticks=bar_ticks)
            print(
                f"{mode + ' ' + metre + ' ' + name:<22}{met.in_scale:10.3f}"
                f"{met.step_distance(folk):11.3f}{met.bars_repeated:12.3f}"
            )


def print_speed(kind: str, model: MelodyModel) -> None:
    loading_s = min(repeat(lambda: load(weights_of(kind)), number=1, repeat=10))
    print(f"\n{kind + ': load the weights':<22}{loading_s * 1e3:8.1f} ms")
    for n_candidates in (1, 4):

        def run(n: int = n_candidates) -> object:
            rng = np.random.default_rng(1)
            return model.compose(n_bars=60, metre="4/4", mode="major", rng=rng, n_candidates=n)

        best_s = min(repeat(run, number=1, repeat=5))  # the minimum: least disturbed
        print(f"{f'60 bars, best of {n_candidates}':<22}{best_s * 1e3:8.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, help="music21's corpus folder")
    chosen = parser.parse_args()
    for kind in KINDS:
        model = load(weights_of(kind))
        print_speed(kind, model)
        print_character(kind, model)
    if chosen.corpus:
        print_bits(chosen.corpus)


if __name__ == "__main__":
    main()
