"""Rules that the database keeps, and who sees what."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from songloom.learn.models import Suggestion, TagModel
from songloom.library.models import User
from tests.learn.conftest import Measured
from tests.shelf import person

pytestmark = pytest.mark.django_db


def learnt(owner: User, **changed: Any) -> TagModel:
    row = {
        "field": "tag",
        "value": "calm",
        "value_key": "calm",
        "sha256": "0" * 64,
        "features_version": 1,
        "vector_version": 1,
        "n_examples": 10,
        "metric": "balanced accuracy",
        "score": 0.9,
        "score_std": 0.05,
        "baseline": 0.5,
    }
    return TagModel.objects.create(owner=owner, **{**row, **changed})


def test_a_tag_has_one_model_a_user(owner: User) -> None:
    learnt(owner)
    learnt(person("bo"))
    learnt(owner, field="mood")
    with pytest.raises(IntegrityError), transaction.atomic():
        learnt(owner)


def test_a_song_has_one_suggestion_a_tag(owner: User, measured: Measured) -> None:
    model, track = learnt(owner), measured()
    Suggestion.objects.create(track=track, model=model, probability=0.9)
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.create(track=track, model=model, probability=0.8)


@pytest.mark.parametrize("probability", [-0.1, 1.1])
def test_a_probability_is_a_share(owner: User, measured: Measured, probability: float) -> None:
    model, track = learnt(owner), measured()
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.create(track=track, model=model, probability=probability)


def test_a_model_that_goes_takes_its_suggestions_and_leaves_the_song(
    owner: User, measured: Measured
) -> None:
    model, track = learnt(owner), measured()
    Suggestion.objects.create(track=track, model=model, probability=0.9)
    model.delete()
    assert not Suggestion.objects.exists()
    track.refresh_from_db()


def test_a_song_that_goes_takes_its_suggestions_and_leaves_the_model(
    owner: User, measured: Measured
) -> None:
    model, track = learnt(owner), measured()
    Suggestion.objects.create(track=track, model=model, probability=0.9)
    track.delete()
    assert not Suggestion.objects.exists()
    model.refresh_from_db()


def test_suggestions_are_their_users_alone(owner: User, measured: Measured) -> None:
    one = Suggestion.objects.create(track=measured(), model=learnt(owner), probability=0.9)
    assert list(Suggestion.objects.visible_to(owner)) == [one]
    for other in (person("bo"), person("boss", is_admin=True), AnonymousUser()):
        assert not Suggestion.objects.visible_to(other).exists()


def test_what_was_taken_or_dismissed_is_not_open(owner: User, measured: Measured) -> None:
    model = learnt(owner)
    for state in Suggestion.State:
        Suggestion.objects.create(track=measured(), model=model, probability=0.9, state=state)
    assert [one.state for one in Suggestion.objects.open()] == [Suggestion.State.OPEN]


def test_the_surest_stands_first(owner: User, measured: Measured) -> None:
    model = learnt(owner)
    for probability in (0.7, 0.95, 0.8):
        Suggestion.objects.create(track=measured(), model=model, probability=probability)
    sure = list(Suggestion.objects.values_list("probability", flat=True))
    assert sure == sorted(sure, reverse=True)


def test_rows_say_what_they_are(owner: User, measured: Measured) -> None:
    model, track = learnt(owner), measured()
    one = Suggestion.objects.create(track=track, model=model, probability=0.9)
    assert str(model) == "tag=calm"
    assert str(one) == f"{track.pk}: {model.pk}"
