"""Verify finds what is broken, says so by code, and repairs only what no row speaks of."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from songloom.errors import StorageAway
from songloom.generate.models import Generation
from songloom.library import storage
from songloom.library.keep import verify as verifying
from songloom.library.keep.sweeping import OLD_S, sweep
from songloom.library.keep.verify import verify
from songloom.library.models import File, Rendition, Track, User
from songloom.library.services import bin as bin_
from tests import kept
from tests.kept import path_of
from tests.library.conftest import Keep
from tests.weed import BUCKET, Weed

CLEAN = {"ok": True, "problems": [], "repaired": 0}


@pytest.fixture(autouse=True)
def empty_home(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"
    settings.MEDIA = settings.HOME / "media"
    (settings.HOME / "tmp").mkdir(parents=True)


def _path(track: Track) -> Path:
    return path_of(track.files.get())


def _age(path: Path) -> None:
    old = time.time() - OLD_S - 60
    os.utime(path, (old, old))


def _codes(document: dict[str, object]) -> list[str]:
    return [problem["code"] for problem in document["problems"]]  # type: ignore[attr-defined]


def test_a_sound_library_is_sound(keep: Keep) -> None:
    keep()
    assert verify(is_deep=True) == CLEAN


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
    assert verify(repair=True) == CLEAN
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


def _score(owner: User, content: bytes = b"MThd") -> tuple[Generation, Path]:
    """A piece with its notes on the shelf."""
    sha256 = hashlib.sha256(content).hexdigest()
    storage.keep_bytes(content, sha256, "scores")
    made = Generation.objects.create(
        owner=owner, prompt="x", request={}, seed=1, midi_sha256=sha256
    )
    return made, kept.home_path(sha256, "scores")


def test_the_notes_of_a_piece_that_are_lost_are_named(owner: User) -> None:
    made, path = _score(owner)
    assert verify()["ok"]
    path.unlink()
    assert verify(repair=True)["problems"] == [{"code": "missing_score", "id": str(made.pk)}]


def test_notes_of_which_no_piece_speaks_are_orphans(owner: User) -> None:
    made, path = _score(owner)
    _age(path)
    assert verify()["ok"]
    made.delete()
    assert _codes(verify()) == ["orphan"]
    assert verify(repair=True)["ok"]
    assert not path.exists()


def test_repair_goes_on_past_a_folder_among_the_stored_files(keep: Keep) -> None:
    shelf = _path(keep()).parent
    empty, full, orphan = shelf / "aa", shelf / "somebody's", shelf / ("f" * 64)
    empty.mkdir()
    full.mkdir()
    (full / "notes.txt").write_text("mine")
    orphan.write_bytes(b"nobody's")
    for path in (empty, full, orphan):
        _age(path)
    found = verify(repair=True)
    assert (_codes(found), found["repaired"], found["ok"]) == (["orphan"] * 3, 2, False)
    assert (full / "notes.txt").read_text() == "mine"
    assert not empty.exists()
    assert not orphan.exists()


def _killed(work: str) -> None:
    """A real process that begins some work in this home and is killed in the middle of it."""
    code = f"""
import os, signal
from songloom.config.home import start_django
start_django()
{work}
"""
    process = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "SONGLOOM_HOME": str(django_settings.HOME)},
        check=False,
    )
    assert process.returncode == -signal.SIGKILL


def test_what_a_killed_process_left_half_way_is_gone_when_a_worker_starts(
    settings: Settings, db: None
) -> None:
    tmp = settings.HOME / "tmp"
    with storage.temporary(".flac") as mine:
        _killed(
            """
from songloom.library import storage
with storage.temporary(".flac") as path:
    path.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
        )
        covers = tmp / f"{storage.mark().rsplit('.', 2)[0]}.{_dead_pid()}.covers"
        covers.mkdir()
        (covers / "front.jpg").write_bytes(b"half")
        (tmp / "upload").write_bytes(b"arriving")
        assert len(list(tmp.iterdir())) == 4
        assert _codes(verify()) == ["stale_temp"] * 2
        assert sweep() == 2
        assert {path.name for path in tmp.iterdir()} == {mine.name, "upload"}
        assert sweep() == 0
        assert verify() == CLEAN


def _dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_an_old_folder_left_half_way_is_repaired_too(settings: Settings, db: None) -> None:
    left = settings.HOME / "tmp" / "cover-x"
    left.mkdir()
    (left / "front.jpg").write_bytes(b"half")
    _age(left)
    assert _codes(verify()) == ["stale_temp"]
    assert verify(repair=True) == {
        "ok": True,
        "problems": [{"code": "stale_temp", "path": "cover-x"}],
        "repaired": 1,
    }
    assert not left.exists()


# --- in a far storage -------------------------------------------------------------------------


@pytest.fixture
def far(weed: Weed, settings: Settings, tmp_path: Path) -> str:
    settings.CACHE = tmp_path / "cache"
    settings.STORAGE_URL = weed.url(prefix := f"verify-{tmp_path.name}")
    return prefix


def test_far_away_lost_and_changed_bytes_are_found_too(keep: Keep, far: str, weed: Weed) -> None:
    lost, changed = keep(b"lost"), keep(b"changed")
    assert verify(is_deep=True) == CLEAN
    kept.lose(lost.files.get().sha256)
    (key,) = weed.keys(far)
    weed.client().put_object(Bucket=BUCKET, Key=key, Body=b"rotten!")
    assert _codes(verify()) == ["missing_file"]
    found = {problem["code"]: problem["id"] for problem in verify(is_deep=True)["problems"]}
    assert found == {
        "missing_file": str(lost.files.get().pk),
        "changed_file": str(changed.files.get().pk),
    }


def test_far_away_orphans_and_uploads_that_never_ended_go_when_asked(
    keep: Keep, far: str, weed: Weed, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = keep()
    client = weed.client()
    orphan, half = f"{far}/audio/ff/{'f' * 64}", f"{far}/audio/ee/{'e' * 64}"
    client.put_object(Bucket=BUCKET, Key=orphan, Body=b"nobody's")
    client.create_multipart_upload(Bucket=BUCKET, Key=half)
    assert verify() == CLEAN  # both are young
    for limit in ("OLD_S", "OLD_UPLOAD_S"):
        monkeypatch.setattr(verifying, limit, -60)
    assert _codes(verify()) == ["orphan", "stale_upload"]
    assert len(weed.keys(far)) == 2
    assert verify(repair=True)["ok"]
    assert verify() == CLEAN
    assert weed.keys(far) == [
        f"{far}/audio/{track.files.get().sha256[:2]}/{track.files.get().sha256}"
    ]


def test_nothing_is_called_lost_while_the_storage_is_away(keep: Keep, settings: Settings) -> None:
    keep()
    settings.STORAGE_URL = "s3://k:s@bucket?endpoint=http://127.0.0.1:9"
    with pytest.raises(StorageAway):
        verify(repair=True)
    assert File.objects.count() == 1
