"""Verify finds what is broken, says so by code, and repairs only what no row speaks of."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from songloom.library.keep.verify import OLD_S, verify
from songloom.library.models import Rendition, Track
from songloom.library.services import bin as bin_
from songloom.library.services import storing
from tests.library.conftest import Keep


@pytest.fixture(autouse=True)
def empty_home(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"
    settings.MEDIA = settings.HOME / "media"
    (settings.HOME / "tmp").mkdir(parents=True)


def _path(track: Track) -> Path:
    return storing.path_of(track.files.get())


def _age(path: Path) -> None:
    old = time.time() - OLD_S - 60
    os.utime(path, (old, old))


def _codes(document: dict[str, object]) -> list[str]:
    return [problem["code"] for problem in document["problems"]]  # type: ignore[attr-defined]


def test_a_sound_library_is_sound(keep: Keep) -> None:
    keep()
    assert verify(is_deep=True) == {"ok": True, "problems": [], "repaired": 0}


def test_a_lost_file_is_named_by_its_id(keep: Keep) -> None:
    track = keep()
    _path(track).unlink()
    found = verify()
    assert not found["ok"]
    assert found["problems"] == [{"code": "missing_file", "id": str(track.files.get().pk)}]


def test_changed_bytes_are_found_by_a_deep_look_alone(keep: Keep) -> None:
    track = keep()
    _path(track).write_bytes(b"rotten")
    assert verify()["ok"]
    assert _codes(verify(is_deep=True)) == ["changed_file"]


def test_an_orphan_is_found_and_removed_only_when_asked(keep: Keep) -> None:
    kept = _path(keep())
    orphan = kept.with_name("f" * 64)
    orphan.write_bytes(b"nobody's")
    _age(orphan)
    assert _codes(verify()) == ["orphan"]
    assert orphan.exists()
    repaired = verify(repair=True)
    assert (repaired["ok"], repaired["repaired"]) == (True, 1)
    assert not orphan.exists()
    assert kept.exists()


def test_bytes_on_their_way_in_are_left_alone(keep: Keep, settings: Settings) -> None:
    young = _path(keep()).with_name("e" * 64)
    young.write_bytes(b"arriving")
    (settings.HOME / "tmp" / "upload").write_bytes(b"half")
    assert verify(repair=True) == {"ok": True, "problems": [], "repaired": 0}
    _age(settings.HOME / "tmp" / "upload")
    assert _codes(verify(repair=True)) == ["stale_temp"]
    assert young.exists()


def test_a_lost_rendition_is_forgotten_by_repair_since_it_can_be_made_again(keep: Keep) -> None:
    track = keep()
    Rendition.objects.create(
        track=track,
        owner=track.owner,
        recipe={"version": 1, "edits": []},
        recipe_key="k",
        format="mp3",
        sha256="a" * 64,
        size_bytes=1,
        duration_s=1.0,
    )
    assert _codes(verify()) == ["missing_rendition"]
    assert verify(repair=True)["ok"]
    assert not Rendition.objects.exists()


def test_forgetting_a_track_leaves_no_orphan(keep: Keep) -> None:
    track = keep()
    path = _path(track)
    bin_.forget_track(track)
    assert not path.exists()
    assert verify(is_deep=True)["ok"]
