"""What a tag sounds like: a linear classifier, and how good it is on albums it never heard.

scikit-learn is imported inside the functions: whoever only shows results does not pay for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songloom.core.learning.vectors import Floats
from songloom.errors import TooFewExamples

METRIC = "balanced accuracy"  # the mean of the shares found among songs with and without the tag
FEWEST_EXAMPLES = 10
FEWEST_GROUPS = 3
MOST_FOLDS = 5
REGULARISATION = 0.1
Groups = NDArray[np.intp]
Labels = NDArray[np.bool_]
Folds = list[tuple[NDArray[np.intp], NDArray[np.intp]]]  # (train, test) rows


@dataclass(frozen=True)
class Learnt:
    """A fitted pipeline and what it scored on folds that share no album and no artist with it."""

    pipeline: Any
    n_examples: int
    score: float
    score_std: float
    baseline: float


class TooFew(TooFewExamples):
    """Not enough to learn from: `missing` more are needed of `what`."""

    def __init__(self, missing: int, what: str) -> None:
        words = {
            "songs": "songs with this tag",
            "others": "songs without this tag",
            "groups": "songs with this tag, by other artists and on other albums",
            "other_groups": "songs without this tag, by other artists and on other albums",
        }
        super().__init__(f"{missing} more {words[what]} needed")
        self.missing, self.what = missing, what


def check_enough(labels: Labels, groups: Groups) -> None:
    """Raise TooFew when a score could not be trusted."""
    for of, songs, spread in ((labels, "songs", "groups"), (~labels, "others", "other_groups")):
        n, n_groups = int(of.sum()), len(set(groups[of].tolist()))
        if n < FEWEST_EXAMPLES:
            raise TooFew(FEWEST_EXAMPLES - n, songs)
        if n_groups < FEWEST_GROUPS:
            raise TooFew(FEWEST_GROUPS - n_groups, spread)


def learn(
    matrix: Floats,
    labels: Labels,
    groups: Groups,
    *,
    seed: int = 0,
    pause: Callable[[], None] = lambda: None,
) -> Learnt:
    """Fit one tag and score it by cross-validation.

    matrix  (tracks, features) float32, NaN where nothing can be said
    labels  (tracks,) whether a track has the tag
    groups  (tracks,) tracks of one group never stand on both sides of a fold
    pause   called before each fit; what it raises ends the learning
    Raises TooFew. The same input and seed give the same result.
    """
    from sklearn.dummy import DummyClassifier
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    check_enough(labels, groups)
    pause()
    folds = _folds(labels, groups, seed)
    with threadpool_limits(1):  # small matrices: more threads only wait for each other
        scores = _scores(_pipeline(), matrix, labels, folds, pause)
        pause()
        fitted = _pipeline().fit(matrix, labels)
    baselines = _scores(DummyClassifier(strategy="most_frequent"), matrix, labels, folds, pause)
    return Learnt(
        pipeline=fitted,
        n_examples=int(labels.sum()),
        score=float(np.mean(scores)),
        score_std=float(np.std(scores)),
        baseline=float(np.mean(baselines)),
    )


def probabilities(pipeline: Any, matrix: Floats) -> NDArray[np.float64]:
    """How sure a pipeline is of its tag: (tracks,) in [0, 1]."""
    found: NDArray[np.float64] = pipeline.predict_proba(matrix)[:, 1]
    return found


def _pipeline() -> Any:
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    return Pipeline(
        [
            ("impute", SimpleImputer(keep_empty_features=True)),
            ("scale", StandardScaler()),
            ("decide", LogisticRegression(C=REGULARISATION, class_weight="balanced", max_iter=500)),
        ]
    )


def _folds(labels: Labels, groups: Groups, seed: int) -> Folds:
    """Folds that all hold songs with and without the tag, on both sides."""
    from sklearn.model_selection import StratifiedGroupKFold

    fewest = min(len(set(groups[of].tolist())) for of in (labels, ~labels))
    for n_folds in range(min(MOST_FOLDS, fewest), 1, -1):
        cut = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
        folds = list(cut.split(labels, labels, groups))
        if all(len(set(labels[side].tolist())) == 2 for fold in folds for side in fold):
            return folds
    raise TooFew(1, "groups")


def _scores(
    model: Any, matrix: Floats, labels: Labels, folds: Folds, pause: Callable[[], None]
) -> list[float]:
    from sklearn.base import clone
    from sklearn.metrics import balanced_accuracy_score

    scores = []
    for train, test in folds:
        pause()
        found = clone(model).fit(matrix[train], labels[train]).predict(matrix[test])
        scores.append(float(balanced_accuracy_score(labels[test], found)))
    return scores
