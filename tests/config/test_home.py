"""The home is made by the first verb, private, once, and whoever comes at the same time waits."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from songloom.config.home import FOLDERS, home_folder, prepare_folders

START = """
import sys
from songloom.config.home import start_django

start_django()
print("ready", *sorted({"numpy", "scipy", "av", "pandas", "sklearn"} & set(sys.modules)))
"""  # what only jobs need is imported when one runs: every command starts two fifths sooner


def started(home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "SONGLOOM_HOME": str(home), **more}
    command = [sys.executable, "-c", START]
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_folder_and_the_key_are_made_and_private(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home with space"
    prepare_folders(home)
    assert mode_of(home) == 0o700
    assert all((home / folder).is_dir() for folder in FOLDERS)
    assert mode_of(home / "secret_key") == 0o600
    assert len((home / "secret_key").read_text()) >= 50


def test_a_second_time_nothing_changes(tmp_path: Path) -> None:
    prepare_folders(tmp_path)
    key = (tmp_path / "secret_key").read_text()
    (tmp_path / "media" / "audio" / "kept").write_text("x")
    prepare_folders(tmp_path)
    assert (tmp_path / "secret_key").read_text() == key
    assert (tmp_path / "media" / "audio" / "kept").read_text() == "x"


def test_two_homes_have_two_keys(tmp_path: Path) -> None:
    for name in ("a", "b"):
        prepare_folders(tmp_path / name)
    assert (tmp_path / "a" / "secret_key").read_text() != (
        tmp_path / "b" / "secret_key"
    ).read_text()


def test_many_at_once_agree_on_one_key(tmp_path: Path) -> None:
    home = tmp_path / "home"
    seen: list[str] = []

    def prepare() -> None:
        prepare_folders(home)
        seen.append((home / "secret_key").read_text())

    threads = [threading.Thread(target=prepare) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1
    assert not list(home.glob(".secret_key.*"))  # no draft is left


@pytest.mark.parametrize("given", ["", "  "])
def test_without_a_wish_the_home_is_the_users_own(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("SONGLOOM_HOME", given)
    monkeypatch.setenv("HOME", "/home/ann")
    assert home_folder() == Path("/home/ann/.local/share/songloom")


@pytest.mark.parametrize(
    ("given", "expected"),
    [("/music", "/music"), ("~/m", "/home/ann/m"), ("rel", f"{Path.cwd()}/rel")],
)
def test_a_wish_is_made_absolute(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: str
) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("SONGLOOM_HOME", given)
    assert home_folder() == Path(expected)


@pytest.mark.slow
def test_the_first_start_makes_the_tables_and_two_at_once_do_not_quarrel(tmp_path: Path) -> None:
    home = tmp_path / "home"
    said: list[subprocess.CompletedProcess[str]] = []
    threads = [threading.Thread(target=lambda: said.append(started(home))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(each.returncode, each.stdout, each.stderr) for each in said] == [
        (0, "ready\n", "")
    ] * 3
    with sqlite3.connect(home / "db.sqlite3") as db:
        tables = {
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        }
        (journal,) = db.execute("PRAGMA journal_mode").fetchone()
    db.close()
    assert {"library_track", "library_user", "jobs_job", "django_migrations"} <= tables
    assert journal == "wal"


@pytest.mark.slow
def test_a_database_elsewhere_is_prepared_where_it_is(tmp_path: Path) -> None:
    elsewhere = tmp_path / "other disk" / "library.sqlite3"
    elsewhere.parent.mkdir()
    done = started(tmp_path / "home", SONGLOOM_DATABASE_URL=f"sqlite:///{elsewhere}")
    assert (done.returncode, done.stdout) == (0, "ready\n")
    assert elsewhere.stat().st_size > 0
    assert not (tmp_path / "home" / "db.sqlite3").exists()
