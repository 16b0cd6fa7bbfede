"""Real processes killed in the middle, and two at once: nothing lost, doubled or half."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acquire.sounds import make_song

N_SONGS = 12
SONGLOOM = [sys.executable, "-m", "songloom"]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SONGLOOM_")}
    return {**kept, "SONGLOOM_HOME": str(tmp_path / "home"), "SONGLOOM_LOG_LEVEL": "WARNING"}


@pytest.fixture
def music(tmp_path: Path) -> Path:
    for seed in range(N_SONGS):
        make_song(tmp_path / "music" / f"{seed:02d} song.flac", seed=seed, seconds=0.5)
    return tmp_path / "music"


def run(home: dict[str, str], *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [*SONGLOOM, *arguments, "--json"], env=home, capture_output=True, text=True, timeout=180
    )
    assert done.stdout, done.stderr
    return dict(json.loads(done.stdout))


def rows(home: dict[str, str], table: str) -> int:
    """How many rows there are, asked beside whoever writes."""
    path = Path(home["SONGLOOM_HOME"], "db.sqlite3")
    if not path.exists():
        return 0
    with sqlite3.connect(path, timeout=20) as connection:
        try:
            return int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def killed_after(home: dict[str, str], n_tracks: int, *arguments: str) -> None:
    """Start a command and kill it, all of its processes, once there are so many tracks."""
    process = subprocess.Popen(
        [*SONGLOOM, *arguments],
        env=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while rows(home, "library_track") < n_tracks:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def work_left(home: dict[str, str]) -> None:
    """A worker does what the killed command had queued and nobody waits for."""
    worker = subprocess.Popen([*SONGLOOM, "worker"], env=home, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    try:
        while rows(home, "jobs_job WHERE state IN ('queued', 'running')"):
            assert time.monotonic() < deadline
            assert worker.poll() is None
            time.sleep(0.05)
    finally:
        worker.terminate()
        worker.wait(60)


def stored(home: dict[str, str]) -> list[str]:
    folder = Path(home["SONGLOOM_HOME"], "media", "audio")
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
def test_adding_a_folder_killed_half_way_and_done_again(home: dict[str, str], music: Path) -> None:
    run(home, "jobs")  # prepares the home
    killed_after(home, 3, "add", str(music))
    assert 3 <= rows(home, "library_track") < N_SONGS
    document = run(home, "add", str(music))
    assert len(document["added"]) + len(document["existing"]) >= N_SONGS - 3
    assert rows(home, "library_track") == rows(home, "library_file") == N_SONGS
    names = stored(home)
    assert len(names) == N_SONGS
    assert not any(name.startswith(".") for name in names)  # no half-written file
    assert run(home, "verify")["problems"] == []


@pytest.mark.slow
def test_a_scan_killed_half_way_and_done_again(home: dict[str, str], music: Path) -> None:
    run(home, "folder", "add", str(music))
    killed_after(home, 3, "scan")
    document = run(home, "scan")
    assert document["refused"] == []
    assert rows(home, "library_track") == rows(home, "library_file") == N_SONGS
    work_left(home)
    assert run(home, "search", "song")["total"] == N_SONGS
    assert run(home, "verify")["problems"] == []


@pytest.mark.slow
def test_two_commands_that_add_the_same_folder_at_once(home: dict[str, str], music: Path) -> None:
    run(home, "jobs")
    both = [
        subprocess.Popen([*SONGLOOM, "add", str(music), "--json"], env=home, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    documents = [json.loads(process.communicate(timeout=240)[0]) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert all(document["refused"] == [] for document in documents)
    assert rows(home, "library_track") == rows(home, "library_file") == N_SONGS
    assert len(stored(home)) == N_SONGS
