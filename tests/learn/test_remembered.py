"""What a fresh process remembers of a large library: quick, and never believed blindly."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from pytest_django import DjangoAssertNumQueries

from songloom.core.learning.vectors import N_COLUMNS
from songloom.learn import matrix, remembered
from songloom.learn.matrix import table
from songloom.library.ids import uuid7
from songloom.library.models import Features
from tests.learn.conftest import Measured, write_features

pytestmark = pytest.mark.django_db
LAST = datetime(2026, 3, 5, 12, 30, 0, 123_456, tzinfo=UTC)


@pytest.fixture
def cache(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, and a process that has just started."""
    settings.CACHE = tmp_path
    monkeypatch.setattr(matrix, "WORTH_REMEMBERING", 1)
    monkeypatch.setattr(matrix, "_kept", matrix._Kept())
    return tmp_path


def start_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "_kept", matrix._Kept())


def vectors(n: int) -> remembered.Vectors:
    rows = np.random.default_rng(1).normal(0, 1, (n, N_COLUMNS)).astype(np.float32)
    rows[0, 0] = np.nan
    return {uuid7(): row for row in rows}


def test_what_was_written_is_read_back(cache: Path) -> None:
    given = vectors(5)
    remembered.write(given, LAST)
    back, last = remembered.read()
    assert last == LAST
    assert back.keys() == given.keys()
    assert all(np.array_equal(back[pk], given[pk], equal_nan=True) for pk in given)


def test_a_new_home_remembers_nothing(cache: Path) -> None:
    assert remembered.read() == ({}, None)


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04 cut off"])
def test_a_damaged_file_is_as_good_as_none(cache: Path, content: bytes) -> None:
    remembered.write(vectors(3), LAST)
    (path,) = cache.iterdir()
    path.write_bytes(content)
    assert remembered.read() == ({}, None)


def test_a_file_of_another_shape_is_as_good_as_none(cache: Path) -> None:
    remembered.write({pk: row[:-1] for pk, row in vectors(3).items()}, LAST)
    assert remembered.read() == ({}, None)


def test_a_file_that_would_run_code_is_as_good_as_none(cache: Path) -> None:
    remembered.write(vectors(3), LAST)
    (path,) = cache.iterdir()
    rows = np.asarray([{"a": 1}], dtype=object)
    np.savez(path, allow_pickle=True, ids=rows, rows=rows, last=rows)
    assert remembered.read() == ({}, None)


def test_a_cache_that_cannot_be_written_is_no_error(settings: LazySettings, tmp_path: Path) -> None:
    settings.CACHE = tmp_path / "away"
    remembered.write(vectors(3), LAST)
    assert remembered.read() == ({}, None)


def test_a_write_leaves_one_file(cache: Path) -> None:
    for n in (3, 4):
        remembered.write(vectors(n), LAST)
    assert len(list(cache.iterdir())) == 1


def test_a_fresh_process_knows_what_the_last_one_knew(
    cache: Path, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        measured()
    before = table()
    start_again(monkeypatch)
    after = table()
    assert after.ids == before.ids
    assert np.array_equal(after.raw, before.raw, equal_nan=True)


def test_a_fresh_process_reads_only_what_is_new(
    cache: Path,
    measured: Measured,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    old = [measured() for _ in range(4)]
    table()
    new = measured()
    Features.objects.filter(track__in=old[:3]).update(
        values={"tempo_bpm": 1.0}
    )  # unseen: no new time
    start_again(monkeypatch)
    with django_assert_num_queries(2):  # has anything changed, and what
        fresh = table()
    assert fresh.ids == sorted(track.pk for track in [*old, new])
    assert np.isfinite(fresh.raw[fresh.rows([old[0].pk])[0]]).sum() > 1


def test_a_song_measured_again_meanwhile_is_read_again(
    cache: Path, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    song, _ = measured(brightness=0.0), measured()
    before = table().raw.copy()
    write_features(song, brightness=3.0)
    start_again(monkeypatch)
    assert not np.array_equal(table().raw, before)


def test_a_song_removed_meanwhile_is_forgotten(
    cache: Path, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, stays = measured(), measured()
    table()
    gone.delete()
    start_again(monkeypatch)
    assert table().ids == [stays.pk]


def test_a_song_that_came_in_late_with_an_early_time_is_found(
    cache: Path, measured: Measured
) -> None:
    """Two workers: one began earlier and wrote later."""
    first = measured()
    table()
    late = measured()
    Features.objects.filter(track=late).update(measured_at=LAST)
    assert table().ids == sorted([first.pk, late.pk])


def test_a_small_library_leaves_no_file(
    cache: Path, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "WORTH_REMEMBERING", 200)
    measured()
    table()
    assert list(cache.iterdir()) == []
