"""Keep a piece or throw it away; requests are their owner's alone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from songloom.errors import NotFound
from songloom.generate import services
from songloom.generate.models import Generation
from songloom.library.models import Track, User
from tests.generate.conftest import Composed


def state(generation: Generation) -> str:
    return str(Generation.objects.get(pk=generation.pk).state)


def is_binned(generation: Generation) -> bool:
    assert generation.track is not None
    return Track.objects.get(pk=generation.track.pk).binned_at is not None


def test_a_discarded_piece_goes_into_the_bin_and_comes_back_when_kept(composed: Composed) -> None:
    (generation,) = composed("piano, 6 s", seed=1)
    services.discard(generation)
    assert state(generation) == "discarded"
    assert is_binned(generation)
    services.keep(generation)
    assert state(generation) == "kept"
    assert not is_binned(generation)


def test_discarding_twice_is_like_once(composed: Composed) -> None:
    (generation,) = composed("piano, 6 s", seed=1)
    services.discard(services.discard(generation))
    assert is_binned(generation)


def test_a_piece_that_another_request_kept_stays_in_the_library(composed: Composed) -> None:
    (first,) = composed("piano, 6 s", seed=1)
    (again,) = composed("piano, 6 s", seed=1)
    assert first.track_id == again.track_id
    services.keep(first)
    services.discard(again)
    assert not is_binned(again)
    services.discard(first)
    assert is_binned(first)


def test_a_waiting_piece_can_be_kept_or_discarded_before_it_is_made(mei: User) -> None:
    (generation,), _ = services.start("piano", owner=mei)
    services.discard(generation)
    assert state(generation) == "discarded"
    services.keep(generation)
    assert state(generation) == "kept"


def test_requests_are_seen_by_their_owner_and_administrators_only(
    mei: User, otto: User, admin: User
) -> None:
    (generation,), _ = services.start("piano", owner=mei)
    assert services.generation_of(generation.pk, mei) == generation
    assert services.generation_of(str(generation.pk), admin) == generation
    for stranger in (otto, AnonymousUser()):
        with pytest.raises(NotFound):
            services.generation_of(generation.pk, stranger)
        assert not Generation.objects.visible_to(stranger).exists()


@pytest.mark.parametrize("wanted", ["", "x", "1", "0b51d1f4-3b1c-4b5f-9d3f-0c8e3a6f2a11"])
def test_an_unknown_request_is_not_found(wanted: str, mei: User) -> None:
    with pytest.raises(NotFound):
        services.generation_of(wanted, mei)


def test_a_forgotten_track_leaves_its_request_behind(composed: Composed) -> None:
    from songloom.library.services.bin import forget_track

    (generation,) = composed("piano, 6 s", seed=1)
    assert generation.track is not None
    forget_track(generation.track)
    generation.refresh_from_db()
    assert generation.track is None
    assert generation.prompt == "piano, 6 s"


def test_a_batch_is_listed_in_its_order(mei: User) -> None:
    generations, _ = services.start("piano", owner=mei, seed=1, count=4)
    services.start("flute", owner=mei, seed=1)
    assert services.batch_of(generations[2]) == generations
