"""Rows written by value are the rows that instances would have made, on every database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from songloom.library.ids import name_key, uuid7
from songloom.library.inserting import insert, insert_missing
from songloom.library.models import Artist, Credit, Features, Genre, Track, User

pytestmark = pytest.mark.django_db
TRACK = ("id", "title", "owner_id", "duration_s", "is_private", "origin")
ODD = ["千里之外", "a'b\"c\\d%s", "🎵", "é\n\t", "x" * 300, ""]


def values(row: Any) -> dict[str, Any]:
    """Every column but the key and the moments."""
    moments = {"id", "created_at", "updated_at", "measured_at"}
    names = {field.attname for field in row._meta.concrete_fields} - moments
    return {name: getattr(row, name) for name in names}


def test_a_row_by_value_is_the_row_that_an_instance_makes(owner: User) -> None:
    given = {"title": "千里之外", "owner_id": owner.pk, "duration_s": 2.5, "is_private": True}
    by_hand = Track.objects.create(**given, origin="imported")
    pk = uuid7()
    insert(Track, ("id", *given, "origin"), [(pk, *given.values(), "imported")])
    assert values(Track.objects.get(pk=pk)) == values(Track.objects.get(pk=by_hand.pk))


def test_moments_that_the_model_fills_are_now(owner: User) -> None:
    before = timezone.now()
    insert(Track, TRACK, [(uuid7(), "x", owner.pk, None, False, "imported")])
    track = Track.objects.get()
    assert before <= track.created_at <= timezone.now()
    assert before <= track.updated_at <= timezone.now()


@pytest.mark.parametrize("text", ODD)
def test_text_comes_back_as_it_went(owner: User, text: str) -> None:
    insert(Track, TRACK, [(uuid7(), text, owner.pk, 1.5, False, "imported")])
    assert Track.objects.get().title == text


def test_documents_and_nothing_come_back_as_they_went(owner: User) -> None:
    track = Track.objects.create(title="x", owner=owner, origin="imported")
    said = {"tempo_bpm": 90.5, "key": "A", "deep": [1, {"千": None}]}
    row = (track.pk, 0, said, None)
    insert(Features, ("track_id", "version", "values", "tempo_bpm"), [row])
    found = Features.objects.get()
    assert (found.values, found.tempo_bpm, found.reasons, found.peaks) == (said, None, {}, [])


def test_numbers_of_rows_rise_in_the_order_given(owner: User) -> None:
    track = Track.objects.create(title="x", owner=owner, origin="imported")
    artists = [Artist.objects.create(name=n, name_key=name_key(n)) for n in "abcde"]
    rows = [(track.pk, artist.pk, "artist", place) for place, artist in enumerate(artists)]
    insert(Credit, ("track_id", "artist_id", "role", "position"), rows)
    assert list(Credit.objects.order_by("pk").values_list("position", flat=True)) == [0, 1, 2, 3, 4]


def test_what_is_there_is_left_out_where_that_is_asked_for_and_refused_elsewhere() -> None:
    kept = Genre.objects.create(name="Jazz", name_key="jazz")
    rows = [("JAZZ", "jazz"), ("Rock", "rock"), ("ROCK", "rock")]
    insert_missing(Genre, ("name", "name_key"), rows)
    assert set(Genre.objects.values_list("name", flat=True)) == {"Jazz", "Rock"}
    assert Genre.objects.get(name="Jazz").pk == kept.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Genre, ("name", "name_key"), rows[:1])


def test_a_row_that_cannot_be_leaves_none_of_its_batch() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Genre, ("name", "name_key"), [("a", "a"), ("b", "b"), ("c", "a")])
    assert not Genre.objects.exists()


def test_no_rows_ask_nothing_and_a_thousand_are_one_statement() -> None:
    with CaptureQueriesContext(connection) as asked:
        insert(Genre, ("name", "name_key"), [])
        assert len(asked) == 0
        insert(Genre, ("name", "name_key"), ((f"g{n}", f"g{n}") for n in range(1_000)))
        assert len([one for one in asked if "INSERT" in one["sql"]]) == 1
    assert Genre.objects.count() == 1_000


def test_a_field_that_there_is_not_is_refused(owner: User) -> None:
    with pytest.raises(ValueError, match="Track has no colour"):
        insert(Track, ("id", "colour"), [(uuid7(), "blue")])
