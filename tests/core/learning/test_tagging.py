"""A tag is learnt where there is something to learn, and a score is honest."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.learning.tagging import (
    FEWEST_EXAMPLES,
    FEWEST_GROUPS,
    Groups,
    Labels,
    TooFew,
    check_enough,
    learn,
    probabilities,
)
from songloom.core.learning.vectors import N_COLUMNS, Floats
from songloom.errors import Cancelled, TooFewExamples

N_TRACKS, TRACKS_A_GROUP = 120, 3


def library(seed: int = 1, *, strength: float = 2.0) -> tuple[Floats, Labels, Groups]:
    """Tracks in albums of three; the tag shows in two columns, more or less strongly."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(0, 1, (N_TRACKS, N_COLUMNS)).astype(np.float32)
    groups = np.arange(N_TRACKS) // TRACKS_A_GROUP
    labels = rng.random(N_TRACKS) < 0.3
    matrix[labels, 3] += strength
    matrix[labels, 20] -= strength
    return matrix, labels, groups


def test_a_tag_that_can_be_heard_scores_far_above_the_baseline() -> None:
    learnt = learn(*library())
    assert learnt.score > 0.8
    assert learnt.baseline == 0.5  # the majority finds all of one kind and none of the other
    assert learnt.score_std < 0.2


def test_shuffled_labels_score_at_the_baseline() -> None:
    matrix, labels, groups = library()
    rng = np.random.default_rng(5)
    scores = [learn(matrix, rng.permutation(labels), groups).score for _ in range(12)]
    error = np.std(scores) / np.sqrt(len(scores))
    assert abs(np.mean(scores) - 0.5) < 4 * error  # four standard errors
    assert np.mean(scores) < 0.6 < learn(matrix, labels, groups).score


def test_an_album_that_is_known_by_its_sound_does_not_leak() -> None:
    """The tag goes by album and has no sound of its own; each album has a sound of its own.

    Folds that cut through albums would score near 1; folds by album stay at the baseline.
    """
    rng = np.random.default_rng(3)
    groups = np.arange(N_TRACKS) // 6
    sounds = rng.normal(0, 3, (groups.max() + 1, N_COLUMNS))
    matrix = (sounds[groups] + rng.normal(0, 0.1, (N_TRACKS, N_COLUMNS))).astype(np.float32)
    labels = (groups % 2).astype(bool)
    leaking = learn(matrix, labels, np.arange(N_TRACKS)).score
    assert leaking > 0.95
    assert learn(matrix, labels, groups).score < 0.75


def test_the_same_songs_give_the_same_result() -> None:
    one, other = learn(*library()), learn(*library())
    assert (one.score, one.score_std) == (other.score, other.score_std)
    matrix = library()[0]
    assert np.array_equal(
        probabilities(one.pipeline, matrix), probabilities(other.pipeline, matrix)
    )


def test_what_cannot_be_said_of_some_songs_is_no_hindrance() -> None:
    matrix, labels, groups = library()
    matrix[np.random.default_rng(1).random(matrix.shape) < 0.1] = np.nan
    matrix[:, 7] = np.nan  # never measured at all
    assert learn(matrix, labels, groups).score > 0.75


def test_probabilities_are_shares_and_higher_for_songs_with_the_tag() -> None:
    matrix, labels, groups = library()
    sure = probabilities(learn(matrix, labels, groups).pipeline, matrix)
    assert ((sure >= 0) & (sure <= 1)).all()
    assert sure[labels].mean() > 0.7 > 0.3 > sure[~labels].mean()


@pytest.mark.parametrize("n_examples", range(FEWEST_EXAMPLES))
def test_too_few_songs_are_refused_with_the_number_that_is_missing(n_examples: int) -> None:
    labels = np.arange(60) < n_examples
    with pytest.raises(TooFew) as refused:
        check_enough(labels, np.arange(60))
    assert (refused.value.missing, refused.value.what) == (FEWEST_EXAMPLES - n_examples, "songs")
    assert isinstance(refused.value, TooFewExamples)
    assert str(FEWEST_EXAMPLES - n_examples) in str(refused.value)


def test_a_tag_that_nearly_every_song_has_lacks_others() -> None:
    labels = np.arange(60) < 57
    with pytest.raises(TooFew) as refused:
        check_enough(labels, np.arange(60))
    assert (refused.value.missing, refused.value.what) == (FEWEST_EXAMPLES - 3, "others")


def test_many_songs_of_one_album_are_too_few_albums() -> None:
    labels = np.arange(60) < 30
    groups = np.where(labels, 0, np.arange(60))
    with pytest.raises(TooFew) as refused:
        check_enough(labels, groups)
    assert (refused.value.missing, refused.value.what) == (FEWEST_GROUPS - 1, "groups")


def test_songs_without_the_tag_need_albums_too() -> None:
    labels = np.arange(60) < 30
    groups = np.where(labels, np.arange(60), 99)
    with pytest.raises(TooFew) as refused:
        check_enough(labels, groups)
    assert refused.value.what == "other_groups"


def test_just_enough_is_enough() -> None:
    matrix, _, _ = library()
    n = 2 * FEWEST_EXAMPLES
    labels = np.arange(n) < FEWEST_EXAMPLES
    groups = np.arange(n) % (2 * FEWEST_GROUPS)
    assert 0 <= learn(matrix[:n], labels, groups).score <= 1


@pytest.mark.parametrize("n_pauses", [1, 2, 5])
def test_learning_stops_at_the_next_fit_when_it_is_told_to(n_pauses: int) -> None:
    called = 0

    def pause() -> None:
        nonlocal called
        called += 1
        if called == n_pauses:
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        learn(*library(), pause=pause)
    assert called == n_pauses
