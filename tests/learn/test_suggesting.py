"""Suggestions: offered, taken or dismissed; never a tag by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from songloom.errors import NotAllowed
from songloom.learn import kept, services
from songloom.learn.models import Suggestion, TagModel
from songloom.learn.suggesting import LEAST_GAIN, SUREST, useful_models
from songloom.library.models import Track, User
from songloom.library.services.tagging import set_fields, tags_of
from tests.kept import home_path
from tests.learn.conftest import Measured, write_features
from tests.shelf import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def trained(owner: User, tagged_library: list[Track]) -> list[Track]:
    services.train(owner)
    return tagged_library


def offered(track: Track, user: User) -> list[str]:
    return [one.model.value for one in services.suggestions_for(track, user)]


def test_a_bright_song_without_a_tag_is_offered_the_tag_of_bright_songs(
    owner: User, trained: list[Track]
) -> None:
    dark, bright = trained[-2], trained[-1]
    assert offered(bright, owner) == ["lively"]
    assert offered(dark, owner) == ["calm"]


def test_a_song_that_carries_the_tag_is_not_offered_it(owner: User, trained: list[Track]) -> None:
    carriers = trained[:24]
    assert not Suggestion.objects.filter(track__in=carriers, model__value="lively").exists()


def test_every_suggestion_is_sure_enough(trained: list[Track]) -> None:
    sure = Suggestion.objects.values_list("probability", flat=True)
    assert sure
    assert all(SUREST <= probability <= 1 for probability in sure)


def test_taking_one_adds_a_tag_beside_the_others(owner: User, trained: list[Track]) -> None:
    bright = trained[-1]
    set_fields(bright, {"tag": ["mine"]})
    services.take(services.suggestions_for(bright, owner)[0], owner)
    assert tags_of(bright)["tag"] == ["mine", "lively"]
    assert offered(bright, owner) == []


def test_taking_a_genre_adds_a_genre(owner: User, measured: Measured) -> None:
    for _ in range(15):
        measured(brightness=1.0, tags={"genre": ["Folk"]})
        measured(brightness=-1.0, tags={"genre": ["Ambient"]})
    song = measured(brightness=1.5)
    services.train(owner)
    services.take(services.suggestions_for(song, owner)[0], owner)
    assert tags_of(Track.objects.get(pk=song.pk))["genre"] == ["Folk"]


def test_what_was_dismissed_is_not_offered_again(owner: User, trained: list[Track]) -> None:
    bright = trained[-1]
    services.dismiss(services.suggestions_for(bright, owner)[0], owner)
    services.train(owner)
    assert offered(bright, owner) == []


def test_nobody_takes_or_dismisses_for_others(owner: User, trained: list[Track]) -> None:
    other = person("bo")
    one = services.suggestions_for(trained[-1], owner)[0]
    with pytest.raises(NotAllowed):
        services.take(one, other)
    with pytest.raises(NotAllowed):
        services.dismiss(one, other)
    assert offered(trained[-1], owner) == ["lively"]


def test_a_suggestion_for_a_song_of_others_cannot_be_taken(
    owner: User, trained: list[Track], measured: Measured
) -> None:
    theirs = measured(brightness=1.5, by=person("bo"))
    services.suggest_for(owner, [theirs.pk])
    with pytest.raises(NotAllowed):
        services.take(services.suggestions_for(theirs, owner)[0], owner)


def test_suggestions_are_seen_by_whoever_they_were_made_for_alone(
    owner: User, trained: list[Track]
) -> None:
    assert offered(trained[-1], person("bo")) == []
    assert offered(trained[-1], person("boss", is_admin=True)) == []


def test_a_suggestion_that_no_longer_holds_goes_away(owner: User, trained: list[Track]) -> None:
    bright = trained[-1]
    write_features(bright, brightness=-1.0)
    services.suggest_for(owner, [bright.pk])
    assert offered(bright, owner) == ["calm"]


def test_asking_for_one_song_touches_no_other(owner: User, trained: list[Track]) -> None:
    others = Suggestion.objects.exclude(track=trained[-1])
    before = set(others.values_list("pk", "probability"))
    services.suggest_for(owner, [trained[-1].pk])
    assert set(others.values_list("pk", "probability")) == before


def test_a_model_that_knows_nothing_suggests_nothing(owner: User, trained: list[Track]) -> None:
    TagModel.objects.update(score=0.5 + LEAST_GAIN / 2)
    assert not useful_models(owner).exists()
    assert services.suggest_for(owner) == 0


def test_a_model_of_an_older_features_version_is_not_asked(
    owner: User, trained: list[Track]
) -> None:
    TagModel.objects.update(features_version=0)
    assert services.suggest_for(owner) == 0


def test_one_damaged_file_does_not_silence_the_others(
    owner: User, home: Path, trained: list[Track]
) -> None:
    calm = TagModel.objects.get(value="calm")
    home_path(calm.sha256, "models").write_bytes(b"damaged")
    kept._read.cache_clear()
    Suggestion.objects.all().delete()
    assert services.suggest_for(owner) > 0
    assert set(Suggestion.objects.values_list("model__value", flat=True)) == {"lively"}


def test_a_song_in_the_bin_is_offered_nothing(owner: User, trained: list[Track]) -> None:
    from songloom.library.services.bin import bin_track

    bin_track(trained[-1])
    assert offered(trained[-1], owner) == []
