"""Tracks as rows of a table."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songloom.core.features import FEATURES_VERSION
from songloom.library.exchange.columns import COLUMNS
from songloom.library.exchange.rows import batches, rows_of
from songloom.library.models import Features, Track, User
from songloom.library.services.tagging import set_fields
from tests.library.conftest import Keep


def test_a_row_says_all_that_a_table_has_columns_for(keep: Keep, owner: User) -> None:
    track = keep(
        title="千里之外",
        artist=["周杰伦", "费玉清"],
        album="依然范特西",
        date="2006-09-05",
        genre=["流行", "R&B"],
        composer="周杰伦",
        tracknumber="3/10",
        discnumber="1",
    )
    set_fields(track, {"tag": ["安静"], "mood": ["mild"]})
    values = {"dominant_hz": 220.5, "key": "A", "tempo_bpm": None}
    Features.objects.create(track=track, version=FEATURES_VERSION, values=values)
    (row,) = rows_of(Track.objects.all(), owner)
    assert row.keys() == {column.name for column in COLUMNS}
    assert (
        row
        | {
            "artists": ["周杰伦", "费玉清"],
            "composer": ["周杰伦"],
            "album": "依然范特西",
            "date": "2006-09-05",
            "genres": ["R&B", "流行"],
            "tags": ["mood=mild", "安静"],
            "tracknumber": 3,
            "discnumber": 1,
            "dominant_hz": 220.5,
            "key": "A",
            "tempo_bpm": None,
            "duration_s": 12.5,
            "is_generated": False,
            "id": str(track.pk),
        }
        == row
    )


def test_what_is_not_known_is_none_or_empty(keep: Keep, owner: User) -> None:
    keep(title="Blue")
    (row,) = rows_of(Track.objects.all(), owner)
    assert {row[name] for name in ("album", "date", "dominant_hz", "prompt", "key")} == {None}
    assert [row[name] for name in ("artists", "genres", "tags", "lineage")] == [[], [], [], []]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 10])
def test_pages_hold_each_track_once_in_the_order_of_ids(keep: Keep, size: int) -> None:
    made = sorted(keep(bytes([n]), title=f"Song {n}").pk for n in range(4))
    read = [track.pk for page in batches(Track.objects.all(), size) for track in page]
    assert read == made


@pytest.mark.parametrize("n_tracks", [1, 15])
def test_a_batch_costs_a_constant_number_of_queries(keep: Keep, owner: User, n_tracks: int) -> None:
    for n in range(n_tracks):
        keep(bytes([n]), title=f"Song {n}", artist=f"Artist {n}", album=f"Album {n}", genre="x")
    with CaptureQueriesContext(connection) as made:
        assert len(list(rows_of(Track.objects.all(), owner))) == n_tracks
    assert len(made) == 6  # ids, tracks, credits, genres, free tags, lineage nodes
