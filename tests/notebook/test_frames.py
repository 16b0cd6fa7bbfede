"""How rows become tables: kinds of columns, order, what is missing."""

from __future__ import annotations

import math

import pytest

from songloom.interfaces.notebook.frames import LISTS, features_frame, tracks_frame
from songloom.library.exchange.columns import titles
from songloom.library.models import Features, Track, User
from tests.notebook.conftest import Shelved


@pytest.mark.parametrize("header", ["zh", "en"])
def test_a_table_has_the_columns_of_an_export_but_for_the_lineage(
    mei: User, shelved: Shelved, header: str
) -> None:
    shelved("Blue")
    table = tracks_frame(Track.objects.all(), mei, header)
    assert list(table.columns) == titles(header)[:-1]


def test_numbers_are_numbers_words_are_words_and_yes_is_a_truth(
    mei: User, shelved: Shelved
) -> None:
    shelved("Blue", tracknumber="7")
    table = tracks_frame(Track.objects.all(), mei, "en")
    kinds = {name: str(kind) for name, kind in table.dtypes.items()}
    assert {kinds[name] for name in ("dominant_hz", "duration_s", "tracknumber")} == {"float64"}
    assert {kinds[name] for name in ("title", "key", "artists", "date")} == {"str"}
    assert kinds["is_generated"] == "bool"
    assert table.loc[0, "tracknumber"] == 7


def test_rows_stand_in_the_order_of_ids_in_both_tables(mei: User, shelved: Shelved) -> None:
    made = [str(shelved(f"Song {n}").pk) for n in (3, 1, 2)]
    assert list(tracks_frame(Track.objects.all(), mei, "zh")["id"]) == sorted(made)
    assert list(features_frame(Track.objects.all()).index) == sorted(made)


def test_a_list_that_is_too_short_is_filled_up_and_one_that_is_too_long_is_cut(
    shelved: Shelved,
) -> None:
    track = shelved("Blue")
    values = {"chroma": [0.5], "mfcc_mean": list(range(20)), "octave_energy_db": None}
    Features.objects.filter(track=track).update(values=values)
    (row,) = features_frame(Track.objects.all()).to_dict("records")
    assert row["chroma_C"] == 0.5
    assert math.isnan(row["chroma_B"])
    assert row["mfcc_mean_13"] == 12
    assert math.isnan(row["octave_energy_db_1"])
    assert math.isnan(row["tempo_bpm"])


def test_what_another_version_measured_is_left_out(shelved: Shelved) -> None:
    track = shelved("Blue")
    Features.objects.filter(track=track).update(version=0)
    assert len(features_frame(Track.objects.all())) == 0


def test_each_item_of_a_list_has_a_column_of_its_own(shelved: Shelved) -> None:
    shelved("Blue")
    columns = list(features_frame(Track.objects.all()).columns)
    assert len(columns) == len(set(columns))
    assert [c for c in columns if c.startswith("chroma_")] == [
        f"chroma_{pitch}" for pitch in LISTS["chroma"]
    ]
