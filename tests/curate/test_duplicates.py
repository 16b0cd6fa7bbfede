"""What lies in the library twice is shown, with what speaks for it, to whoever may hear both."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from songloom.analyse import prints
from songloom.core.features.acoustid import encoded
from songloom.core.features.fingerprint import Items
from songloom.curate import services
from songloom.library.models import Fingerprint, Track, User
from tests.shelf import person

pytestmark = pytest.mark.django_db


def drawn(seed: int, n: int = 400) -> Items:
    """The fingerprint of a recording that chance made up."""
    return np.random.default_rng(seed).integers(0, 2**32, n, dtype=np.uint32)


def worn(items: Items, share: float = 0.03) -> Items:
    """The same with some bits turned, as another encoding does."""
    rng = np.random.default_rng(7)
    turned = rng.random((items.size, 32)) < share
    return items ^ np.packbits(turned, axis=1).view(np.uint32).ravel()


def track(title: str, items: Items | None, *, owner: User, **more: object) -> Track:
    given = {"duration_s": 60.0, "origin": "uploaded", **more}
    made = Track.objects.create(title=title, owner=owner, **given)
    prints.write(made, None if items is None else encoded(items))
    return made


@pytest.fixture
def owner(db: None) -> User:
    return person("mei")


def found(user: User) -> list[list[str]]:
    among = Track.objects.visible_to(user)
    return [[track.title for track in group] for group, _ in services.duplicates(among).groups]


def test_the_same_recording_is_shown_once_with_its_evidence(owner: User) -> None:
    first = track("One", drawn(1), owner=owner)
    track("Other", drawn(2), owner=owner)
    later = track("One again", worn(drawn(1))[80:], owner=owner, duration_s=50.0)
    told = services.duplicates(Track.objects.visible_to(owner)).document()
    (group,) = told["groups"]
    assert [one["title"] for one in group["tracks"]] == ["One", "One again"]
    (evidence,) = group["evidence"]
    assert (evidence["track"], evidence["other"]) == (str(first.pk), str(later.pk))
    assert evidence["agreement"] == pytest.approx(0.97, abs=0.01)
    assert evidence["later_s"] == pytest.approx(80 * 1_365 / 11_025, abs=0.1)
    assert evidence["overlap_s"] == pytest.approx(320 * 1_365 / 11_025, abs=0.1)
    assert told["n_compared"] == 3
    assert Track.objects.count() == 3


def test_three_of_a_kind_are_one_group_beside_another(owner: User) -> None:
    for title, items in (("A", drawn(1)), ("b", drawn(2)), ("A2", worn(drawn(1))),
                         ("b2", worn(drawn(2))), ("A3", drawn(1))):  # fmt: skip
        track(title, items, owner=owner)
    assert found(owner) == [["A", "A2", "A3"], ["b", "b2"]]


def test_a_part_of_a_recording_is_not_the_recording(owner: User) -> None:
    track("Whole", drawn(1), owner=owner, duration_s=300.0)
    track("Half a minute", drawn(1)[:250], owner=owner, duration_s=33.0)
    assert found(owner) == []


def test_nobody_learns_of_what_he_may_not_hear(owner: User) -> None:
    other = person("bo")
    track("Mine", drawn(1), owner=owner)
    track("Hidden", drawn(1), owner=other, is_private=True)
    assert found(owner) == []
    assert found(other) == [["Mine", "Hidden"]]


def test_a_track_without_a_fingerprint_is_not_compared(owner: User) -> None:
    track("Not measured", None, owner=owner)
    told = services.duplicates(Track.objects.visible_to(owner))
    assert (told.groups, told.n_compared) == ([], 0)


def test_measuring_again_replaces_or_forgets_the_fingerprint(owner: User) -> None:
    song = track("Song", drawn(1), owner=owner)
    prints.write(song, encoded(drawn(2)))
    assert bytes(Fingerprint.objects.get().items) == drawn(2).astype("<u4").tobytes()
    prints.write(song, None)
    assert not Fingerprint.objects.exists()


def test_the_queries_do_not_grow_with_the_library(
    owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for seed in range(12):
        track(f"Song {seed}", drawn(seed % 6), owner=owner)
    with django_assert_num_queries(3):
        assert len(services.duplicates(Track.objects.visible_to(owner)).groups) == 6
