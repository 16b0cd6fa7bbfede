"""Composed tunes beside real ones: can a classifier tell them apart, and is anything copied?

The tunes never trained on are the reference (metre and mode as they come); for each of them one
tune is composed in its metre and mode and as long. Both are cut to the same number of bars, moved
to the tonic C, and become numbers. The very last note is left out on both sides, for a piece holds
it until its accompaniment has ended; the figure with it stands beside. The area under the curve is that of the better of two
classifiers, in five folds; 0.5 is a coin, 1.0 tells every one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import log2
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songloom.core.query.prompt_request import Request
from songloom.core.score.neural.corpus import read_corpus
from songloom.core.score.neural.encoding import Line
from songloom.core.score.neural.evaluate import notes_of_line
from songloom.core.score.neural.runtime import MelodyModel, UniformModel
from songloom.core.score.notes import Metre, Note
from songloom.core.score.piece import compose

HELD_OUT = Path(__file__).parents[1] / "src/songloom/assets/models/held_out.json"
BARS = 16
METRES = ("2/4", "3/4", "4/4", "2/2", "6/8", "9/8")
FEATURES = (
    "range", "middle", "pitch entropy", "move entropy", "size of moves", "steps", "same again",
    "leaps", "turns", "notes a bar", "length entropy", "longest", "off the beat", "rests",
    "bars again", "rhythms again", "tonic", "in scale",
)  # fmt: skip
Floats = NDArray[np.float64]


def features(notes: Sequence[Note], metre: Metre, scale: set[int]) -> list[float]:
    """What a listener might go by, in the order of FEATURES; notes with the tonic on C."""
    notes = joined([note for note in notes if note.onset_ticks < BARS * metre.bar_ticks])
    pitches = [note.pitch for note in notes]
    moves = [b - a for a, b in pairwise(pitches)]
    n_bars = notes[-1].onset_ticks // metre.bar_ticks + 1
    gaps = [max(0, b.onset_ticks - a.end_ticks) for a, b in pairwise(notes)]
    turns = [a * b < 0 for a, b in pairwise([move for move in moves if move])]
    return [
        max(pitches) - min(pitches), (float(np.mean(pitches)) - 66) % 12, entropy(p % 12 for p in pitches),
        entropy(moves), float(np.mean(np.abs(moves))), share(1 <= abs(m) <= 2 for m in moves),
        share(m == 0 for m in moves), share(abs(m) > 7 for m in moves), share(turns),
        len(notes) / n_bars, entropy(note.duration_ticks for note in notes),
        max(note.duration_ticks for note in notes) / metre.beat_ticks,
        share(note.onset_ticks % metre.beat_ticks for note in notes),
        sum(gaps) / notes[-1].end_ticks, again(notes, metre, with_pitch=True),
        again(notes, metre, with_pitch=False), share(p % 12 == 0 for p in pitches),
        share(p % 12 in scale for p in pitches),
    ]  # fmt: skip


def joined(notes: Sequence[Note]) -> list[Note]:
    """Notes up to the next where less than an eighth is between them: that is touch, no rest."""
    found = []
    for note, following in pairwise([*notes, notes[-1]]):
        gap = following.onset_ticks - note.end_ticks
        longer = note.duration_ticks + gap if 0 < gap < 12 else note.duration_ticks
        found.append(replace(note, duration_ticks=longer))
    return found


def share(flags: Any) -> float:
    found = [bool(flag) for flag in flags]
    return sum(found) / max(1, len(found))


def entropy(values: Any) -> float:
    counts = Counter(values)
    n = counts.total()
    return -sum(count / n * log2(count / n) for count in counts.values())


def again(notes: Sequence[Note], metre: Metre, *, with_pitch: bool) -> float:
    bars: dict[int, list[tuple[int, ...]]] = {}
    for note in notes:
        bar, place = divmod(note.onset_ticks, metre.bar_ticks)
        bars.setdefault(bar, []).append((place, note.duration_ticks, note.pitch * with_pitch))
    return 1 - len({tuple(bar) for bar in bars.values()}) / len(bars)


def composed_like(line: Line, seed: int, model: MelodyModel) -> list[Note]:
    """The tune of a whole piece in the metre, mode and number of bars of a real one."""
    metre = Metre(*line.metre)
    bpm = 120.0 if metre.is_compound else 108.0
    n_bars = min(max(line.n_bars, 8), BARS)
    seconds = (n_bars + 0.2) * metre.n_beats * 60 / bpm
    request = Request(
        key=0, mode=line.mode, metre=str(metre), bpm=bpm, seconds=seconds, instruments=(40, 24)
    )
    score = compose(request, seed, model)
    return list(score.parts[0].notes)


def told_apart(real: Floats, made: Floats) -> float:
    """Area under the curve of the better of two classifiers, each in five folds."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    seen = np.concatenate([real, made])
    truth = np.repeat([0, 1], [len(real), len(made)])
    judges = (
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000)),
        RandomForestClassifier(300, min_samples_leaf=3, random_state=0),
    )
    order = np.random.default_rng(0).permutation(len(truth))
    found = [
        roc_auc_score(
            truth[order],
            cross_val_predict(judge, seen[order], truth[order], cv=5, method="predict_proba")[:, 1],
        )
        for judge in judges
    ]
    return float(max(found))


def longest_copied(made: Sequence[Sequence[Note]], train: Sequence[Sequence[Note]]) -> int:
    """Most notes in a row (moves and lengths) that stand so in one training tune."""
    best = 0
    known: set[tuple[tuple[int, int], ...]] = set()
    length = 6
    figures = [figured(tune) for tune in made]
    while figures:
        known = {
            tuple(run[i : i + length])
            for run in map(figured, train)
            for i in range(len(run) - length + 1)
        }
        if not any(
            tuple(run[i : i + length]) in known
            for run in figures
            for i in range(len(run) - length + 1)
        ):
            break
        best, length = length + 1, length + 1
    return best


def figured(tune: Sequence[Note]) -> list[tuple[int, int]]:
    return [(b.pitch - a.pitch, a.duration_ticks) for a, b in pairwise(tune)]


def print_real(model: MelodyModel, folder: Path) -> None:
    corpus = read_corpus(folder, HELD_OUT)
    lines = [line for line in corpus.test if str(Metre(*line.metre)) in METRES]
    lines = [line for line in lines if line.mode in SCALE and line.n_bars >= 8]
    trained = [notes_of_line(line) for line in corpus.train]
    sung = [notes_of_line(line) for line in lines]
    real, real_held = table(sung, lines), table(sung, lines, is_held=True)
    print(f"\n{len(lines)} real test tunes, as many composed in their metres and modes")
    print(f"{'':<26}{'told apart (AUC)':>18}{'with last note':>16}{'longest copied run':>20}")
    for name, writer in (("composed", model), ("uniform", UniformModel())):
        tunes = [composed_like(line, seed, writer) for seed, line in enumerate(lines)]
        made = table(tunes, lines)
        held = told_apart(real_held, table(tunes, lines, is_held=True))
        run = longest_copied(tunes, trained)
        print(f"{name:<26}{told_apart(real, made):18.3f}{held:16.3f}{run:14} notes")
        if name == "composed":
            print_differences(real, made)
    copied = table(trained[: len(lines)], corpus.train[: len(lines)])
    run = longest_copied(trained[:5], trained)
    print(f"{'copies of training tunes':<26}{told_apart(real, copied):18.3f}{'':16}{run:14} notes")


SCALE = {
    "major": {0, 2, 4, 5, 7, 9, 11},
    "minor": {0, 2, 3, 5, 7, 8, 10, 11},
    "dorian": {0, 2, 3, 5, 7, 9, 10},
    "mixolydian": {0, 2, 4, 5, 7, 9, 10},
}


def table(
    tunes: Sequence[Sequence[Note]], lines: Sequence[Line], *, is_held: bool = False
) -> Floats:
    return np.asarray(
        [
            features(
                tune if is_held else tune[:-1],
                Metre(*line.metre),
                SCALE.get(line.mode, SCALE["major"]),
            )
            for tune, line in zip(tunes, lines, strict=True)
        ]
    )


def print_differences(real: Floats, made: Floats) -> None:
    """By how many of their deviations composed tunes differ, the largest first."""
    z = (made.mean(axis=0) - real.mean(axis=0)) / real.std(axis=0)
    for index in np.argsort(-np.abs(z))[:8]:
        a, b = real.mean(axis=0)[index], made.mean(axis=0)[index]
        print(f"    {FEATURES[index]:<18}{z[index]:+6.2f}   real {a:7.3f}   composed {b:7.3f}")
