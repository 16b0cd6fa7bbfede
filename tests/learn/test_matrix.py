"""The matrix of measured songs: complete, in order, and fresh."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from songloom.core.learning.vectors import N_COLUMNS, vector
from songloom.learn.matrix import table
from songloom.library.ids import uuid7
from songloom.library.models import Features
from tests.learn.conftest import Measured, write_features

pytestmark = pytest.mark.django_db


def test_an_empty_library_has_an_empty_matrix() -> None:
    assert table().ids == []
    assert table().raw.shape == table().standardised.shape == (0, N_COLUMNS)


def test_every_measured_song_has_its_row(measured: Measured) -> None:
    songs = [measured(brightness=float(i)) for i in range(4)]
    measured(is_measured=False)
    known = table()
    assert known.ids == sorted(song.pk for song in songs)
    for song in songs:
        row = known.row(song.pk)
        assert row is not None
        expected = vector(Features.objects.get(track=song).values)
        assert np.array_equal(known.raw[row], expected, equal_nan=True)


def test_a_song_that_is_not_there_has_no_row(measured: Measured) -> None:
    song = measured()
    assert table().row(uuid7()) is None
    assert table().rows([uuid7(), song.pk]) == [0]


def test_a_song_measured_again_has_a_new_row(measured: Measured) -> None:
    song = measured(brightness=0.0)
    before = table().raw.copy()
    write_features(song, brightness=3.0)
    assert not np.array_equal(table().raw, before)


def test_a_song_removed_is_removed_also_when_another_came(measured: Measured) -> None:
    """The number of rows alone would not tell."""
    gone = measured()
    table()
    gone.delete()
    new = measured()
    assert table().ids == [new.pk]


def test_what_did_not_change_is_not_read_again(
    measured: Measured, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    measured()
    first = table()
    with django_assert_num_queries(1):
        assert table() is first
