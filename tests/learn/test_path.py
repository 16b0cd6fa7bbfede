"""A way from song to song: both ends are there, the steps between are small, none comes twice."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.learning.neighbours import along, distances
from songloom.learn.path import path_between
from songloom.library.models import Track, User
from tests.learn.conftest import Measured
from tests.shelf import person

pytestmark = pytest.mark.django_db


def test_a_path_goes_by_what_lies_between(owner: User, measured: Measured) -> None:
    dark, bright = measured("Dark", brightness=-3.0), measured("Bright", brightness=3.0)
    for name, brightness in (("Darkish", -1.5), ("Middle", 0.0), ("Brightish", 1.5)):
        measured(name, brightness=brightness)
    found = path_between(dark, bright, among=Track.objects.visible_to(owner), count=5)
    assert [track.title for track, _ in found] == [
        "Dark",
        "Darkish",
        "Middle",
        "Brightish",
        "Bright",
    ]
    away = [distance for _, distance in found if distance is not None]
    assert away[0] == 0.0
    assert len(away) == 5
    assert away == sorted(away)


@pytest.mark.parametrize("count", [2, 3, 25])
def test_a_path_is_no_longer_than_asked_and_visits_nothing_twice(
    owner: User, measured: Measured, count: int
) -> None:
    songs = [measured(brightness=float(n)) for n in range(-2, 3)]
    found = path_between(songs[0], songs[-1], among=Track.objects.visible_to(owner), count=count)
    keys = [track.pk for track, _ in found]
    assert (keys[0], keys[-1]) == (songs[0].pk, songs[-1].pk)
    assert len(keys) == len(set(keys)) == min(count, len(songs))


def test_what_one_may_not_hear_is_passed_by(owner: User, measured: Measured) -> None:
    start, end = measured("A", brightness=-2.0), measured("B", brightness=2.0)
    measured("Hidden", is_private=True)
    found = path_between(start, end, among=Track.objects.visible_to(person("bo")), count=9)
    assert [track.title for track, _ in found] == ["A", "B"]


def test_an_end_that_is_not_measured_is_there_without_a_distance(
    owner: User, measured: Measured
) -> None:
    start, end = measured("A"), measured("B", is_measured=False)
    assert path_between(start, end, among=Track.objects.all()) == [(start, 0.0), (end, None)]
    assert path_between(start, start, among=Track.objects.all()) == [(start, 0.0)]


def test_the_points_of_the_line_are_at_even_steps() -> None:
    """On a line of five equal steps the nearest to each point is the row that lies there."""
    table = np.zeros((5, np.size(column_count())), dtype=np.float32)
    table[:, 0] = np.arange(5)
    nearest = [int(order[0]) for order in along(table, 0, 4, 3)]
    assert nearest == [1, 2, 3]
    assert distances(table, 0)[4] == pytest.approx(4 * distances(table, 0)[1])


def column_count() -> np.ndarray:
    from songloom.core.learning.neighbours import column_weights

    return column_weights()
