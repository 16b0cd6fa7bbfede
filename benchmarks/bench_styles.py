"""Can styles be told apart? `python benchmarks/bench_styles.py [--seeds N]`.

Each style is asked for by its name alone; a classifier sees numbers of the score, in five folds
over seeds: once with what plays (families of instruments, drums), once by the notes alone.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from songloom.core.query.prompt import parse
from songloom.core.score.neural.runtime import load
from songloom.core.score.notes import Note
from songloom.core.score.piece import Score, compose

MODEL = Path(__file__).parents[1] / "src/songloom/assets/models/transformer/melody.safetensors"
STYLES = (
    "waltz", "jig", "reel", "march", "lullaby", "ballad", "hymn", "ragtime", "blues", "pop",
    "ambient", "lo-fi", "cinematic", "古风",
)  # fmt: skip
N_PLACES, N_FAMILIES, N_BY_NOTES = 12, 16, 30


def numbers(score: Score) -> list[float]:
    """By the notes: tempo, metre, tune, where in the bar what begins; then who plays."""
    metre = score.layout.metre
    parts = {part.name: part.notes for part in score.parts}
    tune = parts.get("melody", ())
    pitches = Counter((note.pitch - score.choices.key) % 12 for note in tune)
    under = [note for name in ("chords", "bass", "pad") for note in parts.get(name, ())]
    by_notes = [
        score.layout.beat_bpm, metre.n_beats, float(metre.is_compound),
        len(tune) / score.layout.n_bars, len(under) / score.layout.n_bars,
        float(np.mean([note.duration_ticks for note in under or tune])),
        *(pitches[tone] / max(1, len(tune)) for tone in range(12)),
        *places(under, metre.bar_ticks),
    ]  # fmt: skip
    families = Counter(part.program // 8 for part in score.parts if part.name != "drums")
    drums = Counter(note.pitch for note in parts.get("drums", ()))
    played = [float(families[family]) for family in range(N_FAMILIES)]
    return [*by_notes, *played, *(drums[d] / score.layout.n_bars for d in (36, 38, 42, 49, 51))]


def places(notes: Sequence[Note], bar_ticks: int) -> list[float]:
    """Share of onsets in each twelfth of the bar."""
    counts = Counter(note.onset_ticks % bar_ticks * N_PLACES // bar_ticks for note in notes)
    return [counts[place] / max(1, len(notes)) for place in range(N_PLACES)]


def told_apart(seen: NDArray[np.float64], truth: list[str]) -> tuple[float, list[str]]:
    """Accuracy, and the guesses."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    judge = RandomForestClassifier(300, random_state=0)
    guesses = cross_val_predict(judge, seen, truth, cv=folds)
    return float(np.mean(guesses == np.asarray(truth))), [str(guess) for guess in guesses]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    n_seeds = parser.parse_args().seeds
    model = load(MODEL)
    truth, rows = [], []
    for style in STYLES:
        for seed in range(1, n_seeds + 1):
            score = compose(
                parse(f"{style}, 20 s" if style.isascii() else f"{style}，20秒"), seed, model
            )
            truth.append(style)
            rows.append(numbers(score))
    seen = np.asarray(rows)
    with_players, guesses = told_apart(seen, truth)
    by_notes, _ = told_apart(seen[:, :N_BY_NOTES], truth)
    print(f"{len(STYLES)} styles, {n_seeds} pieces each; by chance {1 / len(STYLES):.2f}")
    print(f"told apart {with_players:.3f}; by the notes alone {by_notes:.3f}")
    wrong = Counter((a, b) for a, b in zip(truth, guesses, strict=True) if a != b)
    for (style, taken_for), n in wrong.most_common(6):
        print(f"  {style} taken for {taken_for}: {n}")


if __name__ == "__main__":
    main()
