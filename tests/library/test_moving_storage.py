"""A library moves from the home to a real S3 server and back, and no byte is lost on the way."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from songloom.errors import BadValue, StorageAway
from songloom.library import storage
from songloom.library.keep import moving
from songloom.library.keep.moving import Progress
from songloom.library.storage import Shelf, Store
from songloom.library.storage.local import HomeStore
from tests.library.conftest import Keep
from tests.weed import BUCKET, Weed


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> HomeStore:
    settings.HOME = tmp_path / "home"
    settings.MEDIA, settings.CACHE = settings.HOME / "media", settings.HOME / "cache"
    for folder in ("tmp", "media/audio"):
        (settings.HOME / folder).mkdir(parents=True)
    return HomeStore(settings.MEDIA)


@pytest.fixture
def far(weed: Weed, home: HomeStore, tmp_path: Path) -> Store:
    return storage.store_at(weed.url(f"move-{tmp_path.name}"))


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def quietly(_: Progress) -> None:
    """Whoever wants no progress."""


def fill(store: Store, folder: Path, *contents: bytes, shelf: Shelf = "audio") -> list[str]:
    """Keep these bytes; their hashes."""
    names = []
    for content in contents:
        (folder / "in").write_bytes(content)
        names.append(hashlib.sha256(content).hexdigest())
        store.keep(folder / "in", names[-1], shelf)
    return names


def shelves_of(store: Store) -> dict[str, bytes]:
    return {
        entry.key: b"".join(store.pieces(entry.name, shelf))
        for shelf in storage.SHELVES
        for entry in store.entries(shelf)
    }


def test_every_shelf_goes_there_and_comes_back_bit_by_bit(
    home: HomeStore, far: Store, notes: Path, tmp_path: Path
) -> None:
    for at, shelf in enumerate(storage.SHELVES):
        fill(home, tmp_path, os.urandom(1_000 + at), os.urandom(70_000 + at), shelf=shelf)
    before = shelves_of(home)
    there = moving.move(home, far, notes=notes, told=quietly)
    assert there == {
        "from": home.name,
        "to": far.name,
        "moved": 2 * len(storage.SHELVES),
        "already": 0,
        "bytes": sum(map(len, before.values())),
        "problems": [],
        "ok": True,
    }
    assert shelves_of(far) == shelves_of(home) == before
    again = HomeStore(tmp_path / "other disk")
    assert moving.move(far, again, notes=notes, told=quietly)["moved"] == there["moved"]
    assert shelves_of(again) == before
    assert not notes.exists()
    assert not list((tmp_path / "home" / "tmp").iterdir())


def test_a_second_move_copies_what_is_new_and_compares_the_rest(
    home: HomeStore, far: Store, notes: Path, tmp_path: Path
) -> None:
    fill(home, tmp_path, b"one", b"two")
    moving.move(home, far, notes=notes, told=quietly)
    (third,) = fill(home, tmp_path, b"three")
    done = moving.move(home, far, notes=notes, told=quietly)
    assert (done["moved"], done["already"]) == (1, 2)
    assert far.is_there(third, "audio")


def test_what_was_compared_is_not_read_again_when_a_move_is_taken_up(
    home: HomeStore, far: Store, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, tmp_path, *(b"%d" % i for i in range(6)))

    def breaks(so_far: Progress) -> None:
        if so_far.moved == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.move(home, far, notes=notes, told=breaks)
    assert len(shelves_of(far)) == 3
    read: list[str] = []
    pieces = type(far).pieces

    def watched(self: Store, sha256: str, shelf: Shelf) -> object:
        read.append(sha256)
        return pieces(self, sha256, shelf)

    monkeypatch.setattr(type(far), "pieces", watched)
    done = moving.move(home, far, notes=notes, told=quietly)
    assert (done["moved"], done["already"], done["ok"]) == (3, 3, True)
    assert len(read) == 3


def test_notes_of_another_move_mean_nothing(
    home: HomeStore, far: Store, notes: Path, tmp_path: Path
) -> None:
    (name,) = fill(home, tmp_path, b"one")
    notes.write_text(f"elsewhere → nowhere\naudio/{name[:2]}/{name}\n")
    assert moving.move(home, far, notes=notes, told=quietly)["moved"] == 1
    assert far.is_there(name, "audio")


def test_a_copy_that_is_there_but_wrong_is_made_anew(
    home: HomeStore, far: Store, weed: Weed, notes: Path, tmp_path: Path
) -> None:
    (name,) = fill(home, tmp_path, b"right")
    moving.move(home, far, notes=notes, told=quietly)
    key = f"move-{tmp_path.name}/audio/{name[:2]}/{name}"
    for other in (b"wrong", b"longer than it was"):
        weed.client().put_object(Bucket=BUCKET, Key=key, Body=other)
        done = moving.move(home, far, notes=notes, told=quietly)
        assert (done["moved"], done["ok"]) == (1, True)
        assert b"".join(far.pieces(name, "audio")) == b"right"


@pytest.mark.parametrize("outward", [True, False], ids=["from home", "from afar"])
def test_a_source_that_rotted_is_named_and_never_copied(
    home: HomeStore, far: Store, weed: Weed, notes: Path, tmp_path: Path, outward: bool
) -> None:
    source, target = (home, far) if outward else (far, HomeStore(tmp_path / "other"))
    good, bad = fill(source, tmp_path, b"good", b"once good")
    if outward:
        home.path(bad, "audio").write_bytes(b"rotten")
    else:
        key = f"move-{tmp_path.name}/audio/{bad[:2]}/{bad}"
        weed.client().put_object(Bucket=BUCKET, Key=key, Body=b"rotten")
    done = moving.move(source, target, notes=notes, told=quietly)
    assert not done["ok"]
    assert done["problems"] == [{"code": "changed_file", "path": f"audio/{bad[:2]}/{bad}"}]
    assert (target.is_there(good, "audio"), target.is_there(bad, "audio")) == (True, False)
    assert notes.exists()  # to be taken up when it is mended


def test_drafts_of_a_killed_process_are_left_behind(
    home: HomeStore, far: Store, notes: Path, tmp_path: Path
) -> None:
    (name,) = fill(home, tmp_path, b"song")
    home.path(name, "audio").with_name(f".{name}.1.abcd").write_bytes(b"so")
    assert moving.move(home, far, notes=notes, told=quietly)["moved"] == 1
    assert len(shelves_of(far)) == 1


def test_the_way_is_told_in_bytes(home: HomeStore, far: Store, notes: Path, tmp_path: Path) -> None:
    fill(home, tmp_path, b"12345", b"123")
    seen: list[tuple[int, int]] = []
    moving.move(
        home, far, notes=notes, told=lambda so_far: seen.append((so_far.done_bytes, so_far.n_all))
    )
    assert seen[0] == (0, 2)
    assert seen[-1] == (8, 2)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_one_place_is_not_moved_onto_itself(home: HomeStore, notes: Path) -> None:
    with pytest.raises(BadValue, match="same place"):
        moving.move(home, HomeStore(home.root), notes=notes, told=quietly)


def test_a_target_that_is_away_stops_the_move_and_loses_nothing(
    home: HomeStore, notes: Path, tmp_path: Path
) -> None:
    (name,) = fill(home, tmp_path, b"song")
    away = storage.store_at("s3://k:s@bucket?endpoint=http://127.0.0.1:9")
    with pytest.raises(StorageAway):
        moving.move(home, away, notes=notes, told=quietly)
    assert home.is_there(name, "audio")


@pytest.mark.django_db
def test_rows_need_no_change_when_their_bytes_have_moved(
    keep: Keep, home: HomeStore, weed: Weed, notes: Path, settings: Settings, tmp_path: Path
) -> None:
    from songloom.library.keep.verify import verify
    from songloom.library.services.storing import at_hand

    track = keep(b"a song that moves")
    url = weed.url(f"rows-{tmp_path.name}")
    moving.move(home, storage.store_at(url), notes=notes, told=quietly)
    settings.STORAGE_URL = url
    assert verify(is_deep=True) == {"ok": True, "problems": [], "repaired": 0}
    with at_hand(track.files.get()) as path:
        assert path.read_bytes() == b"a song that moves"


# --- the verb ---------------------------------------------------------------------------------


def songloom(home: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "songloom", *words]


def test_the_verb_survives_being_killed_and_ends_the_work_later(weed: Weed, tmp_path: Path) -> None:
    place = tmp_path / "home"
    store = HomeStore(place / "media")
    names = fill(store, tmp_path, *(os.urandom(1_000) for _ in range(150)))
    url = weed.url(f"killed-{tmp_path.name}")
    given = os.environ | {"SONGLOOM_HOME": str(place)}
    command = songloom(place, "move-storage", "home", url, "--json")
    first = subprocess.Popen(
        command, env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not weed.keys(f"killed-{tmp_path.name}"):
        assert time.monotonic() < deadline
        assert first.poll() is None, "it ended before it began"
        time.sleep(0.01)
    first.send_signal(signal.SIGKILL)
    first.wait()
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["moved"] + document["already"] == 150
    assert document["ok"]
    assert "secret" not in done.stdout + done.stderr
    assert {Path(key).name for key in weed.keys(f"killed-{tmp_path.name}")} == set(names)
    assert not (place / "move-storage.notes").exists()
    deep, now = songloom(place, "verify", "--deep", "--json"), given | {"SONGLOOM_STORAGE_URL": url}
    verified = subprocess.run(deep, env=now, stdout=-1, check=True)
    assert json.loads(verified.stdout) == {"ok": True, "problems": [], "repaired": 0}
