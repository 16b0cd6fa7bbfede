"""`songloom.open(home)`: from an empty folder to a table, as a new Python process does it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import songloom
from songloom.errors import Conflict, NotFound
from tests.conftest import HOME


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh process that knows nothing of this one's home."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SONGLOOM_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_empty_folder_becomes_a_library(tmp_path: Path) -> None:
    home = tmp_path / "my music"
    done = python(f"""
        import songloom
        library = songloom.open({str(home)!r})
        print(len(library), *library.to_dataframe().columns[:5])
        print(songloom.open({str(home)!r}), songloom.open())
    """)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "0 频率 时长 艺术家 专辑名 发行日期"
    assert second == "<Library: 0 tracks> <Library: 0 tracks>"
    assert (home / "db.sqlite3").is_file()


def test_it_works_inside_an_event_loop_as_cells_of_a_notebook_run(tmp_path: Path) -> None:
    done = python(f"""
        import asyncio, songloom

        async def cell():
            return len(songloom.open({str(tmp_path)!r}).to_dataframe())

        print(asyncio.run(cell()))
    """)
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr


def test_the_home_of_the_environment_is_the_usual_one(tmp_path: Path) -> None:
    done = python("import songloom; songloom.open()", SONGLOOM_HOME=str(tmp_path / "home"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "home" / "db.sqlite3").is_file()


def test_reading_the_version_starts_nothing() -> None:
    done = python("import songloom, sys; print(sorted({'django', 'pandas'} & set(sys.modules)))")
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


@pytest.mark.django_db
def test_one_process_has_one_home(tmp_path: Path) -> None:
    assert len(songloom.open(HOME)) == 0
    with pytest.raises(Conflict, match="restart Python"):
        songloom.open(tmp_path)
    assert os.environ["SONGLOOM_HOME"] == str(HOME)


@pytest.mark.django_db
def test_a_user_can_be_named() -> None:
    with pytest.raises(NotFound):
        songloom.open(user="nobody")
