"""What training reads: who carries a tag, who speaks against it, who belongs together."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from songloom.learn import examples as reading
from songloom.learn.examples import Examples, Tag, examples_of
from songloom.library.models import Credit, Track, User
from songloom.library.services.bin import bin_track
from songloom.library.services.tagging import artist_named
from tests.learn.conftest import Measured
from tests.shelf import person

pytestmark = pytest.mark.django_db


def tag(examples: Examples, value: str) -> Tag:
    return next(each for each in examples.tags if each.value == value)


def group(examples: Examples, track: Track) -> int:
    return int(examples.groups[examples.ids.index(track.pk)])


def test_a_tag_knows_its_carriers(owner: User, measured: Measured) -> None:
    calm = [measured(tags={"tag": ["calm"]}) for _ in range(3)]
    measured(tags={"tag": ["lively"]})
    assert tag(examples_of(owner), "calm").carriers == {track.pk for track in calm}


def test_two_spellings_are_one_tag(owner: User, measured: Measured) -> None:
    measured(tags={"tag": ["Calm"]})
    measured(tags={"tag": [" calm "]})
    (only,) = examples_of(owner).tags
    assert len(only.carriers) == 2


def test_the_same_word_in_two_fields_is_two_tags(owner: User, measured: Measured) -> None:
    measured(tags={"tag": ["Folk"], "genre": ["Folk"]})
    assert {each.field for each in examples_of(owner).tags} == {"tag", "genre"}


def test_rows_and_groups_stand_in_the_same_order(owner: User, measured: Measured) -> None:
    for _ in range(5):
        measured()
    examples = examples_of(owner)
    assert len(examples.ids) == len(examples.matrix) == len(examples.groups) == 5
    assert examples.ids == sorted(examples.ids)


def test_songs_with_a_guest_in_common_belong_together(owner: User, measured: Measured) -> None:
    ann = measured(tags={"artist": ["Ann"]})
    bo = measured(tags={"artist": ["Bo"]})
    duet = measured(tags={"artist": ["Ann", "Bo"]})
    other = measured(tags={"artist": ["Cy"]})
    examples = examples_of(owner)
    assert group(examples, ann) == group(examples, bo) == group(examples, duet)
    assert group(examples, other) != group(examples, ann)


def test_songs_of_one_album_belong_together(owner: User, measured: Measured) -> None:
    one, two = (measured(tags={"album": ["Sampler"]}) for _ in range(2))
    examples = examples_of(owner)
    assert group(examples, one) == group(examples, two)


def test_a_composer_in_common_binds_nothing(owner: User, measured: Measured) -> None:
    """Two bands that play the same tune do not sound alike for it."""
    one, two = measured(), measured()
    for track in (one, two):
        artist = artist_named("Trad.")
        Credit.objects.create(track=track, artist=artist, role=Credit.Role.COMPOSER)
    examples = examples_of(owner)
    assert group(examples, one) != group(examples, two)


def test_a_link_through_a_song_that_is_not_measured_does_not_bind(
    owner: User, measured: Measured
) -> None:
    ann, bo = measured(tags={"artist": ["Ann"]}), measured(tags={"artist": ["Bo"]})
    measured(tags={"artist": ["Ann", "Bo"]}, is_measured=False)
    examples = examples_of(owner)
    assert group(examples, ann) != group(examples, bo)


def test_songs_without_a_value_of_the_field_say_nothing_against_it(
    owner: User, measured: Measured
) -> None:
    for _ in range(12):
        measured(tags={"tag": ["calm"]})
        measured(tags={"tag": ["lively"]})
    for _ in range(7):
        measured()
    examples = examples_of(owner)
    chosen, labels = examples.chosen(tag(examples, "calm"))
    assert chosen.sum() == 24
    assert labels.sum() == 12


def test_where_one_tag_alone_is_in_use_all_other_songs_stand_against_it(
    owner: User, measured: Measured
) -> None:
    for _ in range(12):
        measured(tags={"tag": ["calm"]})
    for _ in range(15):
        measured()
    examples = examples_of(owner)
    chosen, labels = examples.chosen(tag(examples, "calm"))
    assert chosen.sum() == 27
    assert labels.sum() == 12


def test_songs_in_the_bin_teach_nothing(owner: User, measured: Measured) -> None:
    kept, thrown = measured(tags={"tag": ["calm"]}), measured(tags={"tag": ["calm"]})
    bin_track(thrown)
    assert tag(examples_of(owner), "calm").carriers == {kept.pk}


def test_each_user_learns_from_what_he_may_hear(owner: User, measured: Measured) -> None:
    other = person("bo")
    hidden = measured(tags={"tag": ["secret"]}, by=other, is_private=True)
    assert examples_of(owner).tags == []
    assert examples_of(other).ids == [hidden.pk]


def test_only_the_most_frequent_tags_are_learnt(
    owner: User, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_TAGS", 2)
    for n, value in ((1, "rare"), (3, "common"), (2, "middling")):
        for _ in range(n):
            measured(tags={"tag": [value]})
    assert [each.value for each in examples_of(owner).tags] == ["common", "middling"]


def test_the_number_of_queries_does_not_grow_with_the_library(
    owner: User, measured: Measured, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(8):
        measured(tags={"tag": ["calm"], "genre": ["Folk"], "album": ["One"]})
    examples_of(owner)  # the matrix is in memory now
    with django_assert_num_queries(6):
        examples_of(owner)
