"""Which take a piece is: numbers that stay, titles that tell them apart."""

from __future__ import annotations

import pytest

from songloom.errors import NotFound
from songloom.generate.models import Generation
from songloom.generate.services import compared, start, takes_of
from songloom.library.models import Track, User
from tests.generate.conftest import Composed
from tests.generate.test_revising import PROMPT, taken, track_of

NAMED = "piano, 6 s, called “Harbour Light”"


def test_takes_have_numbers_changes_and_what_they_were_made_from(
    composed: Composed, mei: User
) -> None:
    (piece,) = composed(PROMPT, seed=3)
    first = taken(track_of(piece), mei, {"change": "mute", "part": "bass"})
    second = taken(track_of(first), mei, {"change": "transpose", "semitones": 2})
    found = takes_of(piece)
    assert [(one.generation, one.number, one.base) for one in found] == [
        (piece, 1, None),
        (first, 2, 1),
        (second, 3, 2),
    ]
    assert [one.said("en") for one in found] == ["", "without bass", "2 semitones higher"]
    assert [track_of(one.generation).title for one in found] == [
        piece.title,
        f"{piece.title} · take 2: without bass",
        f"{piece.title} · take 3: 2 semitones higher",
    ]
    assert [one.what for one in compared(piece, first)] == ["gone"]
    again = taken(track_of(piece), mei, {"change": "mute", "part": "bass"})
    assert again.track == first.track, "the same change again is the same take"
    assert Track.objects.filter(generations__owner=mei).distinct().count() == 3
    Generation.objects.filter(pk=first.pk).update(midi_sha256="0" * 64)
    with pytest.raises(NotFound):
        compared(piece, Generation.objects.get(pk=first.pk))


def test_pieces_of_a_title_that_was_given_are_numbered(mei: User) -> None:
    first, _job = start(NAMED, owner=mei, seed=1, count=2)
    second, _job = start(NAMED, owner=mei, seed=9)
    again, _job = start(NAMED, owner=mei, seed=2)
    assert [one.choices["take"] for one in (*first, *second, *again)] == [1, 2, 3, 2]
    drawn, _job = start("piano, 6 s", owner=mei, seed=1)
    assert drawn[0].choices == {}, "its title is drawn by the seed"


def test_the_second_piece_of_a_given_title_says_so(composed: Composed) -> None:
    made = [*composed(NAMED, seed=1), *composed(NAMED, seed=2)]
    assert [track_of(one).title for one in made] == ["Harbour Light", "Harbour Light · take 2"]
