"""Songs that sound alike: the nearest of those that one may hear."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from songloom.core.features import FEATURES_VERSION
from songloom.learn import services
from songloom.learn.similar import CHUNK
from songloom.library.models import Features, Track, User
from tests.learn.conftest import Measured, write_features
from tests.shelf import person

pytestmark = pytest.mark.django_db


def titles(found: list[tuple[Track, float]]) -> list[str]:
    return [track.title for track, _ in found]


def test_the_nearest_stand_first_and_the_song_itself_is_left_out(
    owner: User, measured: Measured
) -> None:
    song = measured("Bright", brightness=2.0)
    for name, brightness in (("Dark", -2.0), ("Brightish", 1.8), ("Middle", 0.0)):
        measured(name, brightness=brightness)
    found = services.similar_to(song, among=Track.objects.visible_to(owner))
    assert titles(found) == ["Brightish", "Middle", "Dark"]
    distances = [distance for _, distance in found]
    assert distances == sorted(distances)
    assert distances[0] > 0


def test_the_same_sound_twice_is_at_no_distance(owner: User, measured: Measured) -> None:
    song, copy, _ = measured("One"), measured("Copy"), measured("Other")
    for track in (song, copy):
        write_features(track, seed=7)
    (nearest, distance), *_ = services.similar_to(song, among=Track.objects.visible_to(owner))
    assert (nearest, distance) == (copy, 0.0)


def test_only_what_one_may_hear_is_found(owner: User, measured: Measured) -> None:
    other = person("bo")
    song = measured("Mine")
    measured("Shared", by=other)
    measured("Hidden", by=other, is_private=True)
    measured("Thrown away", binned_at=timezone.now())
    assert titles(services.similar_to(song, among=Track.objects.visible_to(owner))) == ["Shared"]


def test_a_song_that_is_not_measured_has_no_neighbours_and_is_none(
    owner: User, measured: Measured
) -> None:
    quiet, song = measured("Not yet", is_measured=False), measured("Measured")
    visible = Track.objects.visible_to(owner)
    assert services.similar_to(quiet, among=visible) == []
    assert services.similar_to(song, among=visible) == []


def test_a_song_that_could_not_be_decoded_is_no_neighbour(owner: User, measured: Measured) -> None:
    song, broken = measured("Good"), measured("Broken")
    Features.objects.filter(track=broken).update(values={}, measured_at=timezone.now())
    assert services.similar_to(song, among=Track.objects.visible_to(owner)) == []


def test_measures_of_an_older_version_are_not_compared(owner: User, measured: Measured) -> None:
    song, old = measured("New"), measured("Old")
    Features.objects.filter(track=old).update(version=FEATURES_VERSION - 1)
    assert services.similar_to(song, among=Track.objects.visible_to(owner)) == []


@pytest.mark.parametrize(("limit", "n"), [(0, 0), (-1, 0), (2, 2), (100, 5)])
def test_a_limit_is_kept(owner: User, measured: Measured, limit: int, n: int) -> None:
    song, *_ = [measured() for _ in range(6)]
    assert len(services.similar_to(song, among=Track.objects.visible_to(owner), limit=limit)) == n


def test_a_song_measured_again_moves(owner: User, measured: Measured) -> None:
    song, near, far = measured(brightness=2.0), measured(brightness=2.0), measured(brightness=-2.0)
    visible = Track.objects.visible_to(owner)
    assert services.similar_to(song, among=visible)[0][0] == near
    write_features(near, brightness=-3.0)
    write_features(far, brightness=2.0)
    assert services.similar_to(song, among=visible)[0][0] == far


def test_a_song_that_was_forgotten_is_no_longer_found(owner: User, measured: Measured) -> None:
    song, gone, other = measured(), measured(), measured()
    visible = Track.objects.visible_to(owner)
    assert len(services.similar_to(song, among=visible)) == 2
    gone.delete()
    assert [track for track, _ in services.similar_to(song, among=visible)] == [other]


def test_hidden_songs_near_by_do_not_use_up_the_limit(owner: User, measured: Measured) -> None:
    other = person("bo")
    song = measured("Mine", brightness=2.0)
    hidden = [
        Track(title=f"Hidden {i}", duration_s=1.0, owner=other, origin="uploaded", is_private=True)
        for i in range(CHUNK + 5)
    ]
    Track.objects.bulk_create(hidden)
    values = Features.objects.get(track=song).values
    Features.objects.bulk_create(
        Features(track=track, version=FEATURES_VERSION, values=values) for track in hidden
    )
    measured("Far but visible", brightness=-2.0)
    found = services.similar_to(song, among=Track.objects.visible_to(owner), limit=1)
    assert titles(found) == ["Far but visible"]


def test_asking_again_costs_two_queries(
    owner: User, measured: Measured, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One asks whether anything was measured since, one fetches the tracks."""
    song, *_ = [measured() for _ in range(10)]
    visible = Track.objects.visible_to(owner)
    services.similar_to(song, among=visible)
    with django_assert_num_queries(2):
        services.similar_to(song, among=visible)


def test_asking_for_neighbours_loads_no_scikit_learn_and_no_scipy() -> None:
    """In a fresh process, as in the server."""
    code: Any = (
        "import sys, django; django.setup();"
        "from songloom.learn import services;"
        "from songloom.core.learning import neighbours, vectors;"
        "bad = {'sklearn', 'scipy', 'skops', 'keras'} & set(sys.modules);"
        "sys.exit(f'loaded {bad}' if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
