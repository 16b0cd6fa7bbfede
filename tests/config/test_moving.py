"""A library goes round all kinds of databases and comes back the same, row by row."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.servers import fresh_database

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow

# Where kinds of databases differ: writing, case and accents, spaces at the end, sizes of numbers,
# null and empty, JSON numbers, moments to the microsecond, bytes.
FILL = """
from songloom.config.home import start_django
start_django()
from datetime import UTC, datetime, timedelta
from songloom.jobs import enqueue
from songloom.jobs.models import Job
from songloom.library.models import *
from songloom.library.services import opinions, people, playlists
from tests.search.library import make_track, make_user
user = make_user()
features = {"tempo_bpm": 0.1 + 0.2, "a": 1e22, "b": -0.0, "c": 3.0, "深": ["😀", None]}
tracks = [
    make_track(user, "青花瓷", tags={"artist": ["周杰倫"], "album": ["我很忙"]}, features=features),
    make_track(user, "a", tags={"artist": ["a"]}, lyrics="x" * 100_000, prompt="tail  "),
    make_track(user, "á", tags={"artist": ["á"]}, replaygain_db=-7.030000000000001),
    make_track(user, "😀 and 😁", tags={"artist": ["😀", "😁"]}, size_bytes=9_007_199_254_740_993),
    make_track(user, "no sound", duration_s=None, year=None),
    *(make_track(user, f"many {i}") for i in range(30)),
]
Track.objects.filter(pk=tracks[0].pk).update(
    created_at=datetime(2003, 7, 31, 23, 59, 59, 999_999, UTC), binned_at=None)
opinions.rate(user, tracks[0], 5)
opinions.star(user, tracks[1])
playlists.make_playlist(user, "Ünïcode ß", tracks)
people.make_app_password(user, "phone")
people.make_api_key(user, "script")
Preference.write("budget", {"cores": 1.5, "on": True, "none": [None]})
enqueue("search.rebuild", {}, key="all", owner=user)
Job.objects.update(result={"track_ids": [str(tracks[0].pk)]}, progress=1 / 3)
"""


def run(*argv: str, home: Path, url: str = "") -> subprocess.CompletedProcess[str]:
    given = {"SONGLOOM_HOME": str(home), "SONGLOOM_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *argv], env=os.environ | given, capture_output=True, text=True, check=False
    )


def songloom(*argv: str, home: Path, url: str = "") -> tuple[int, dict[str, Any]]:
    ended = run("-m", "songloom", *argv, "--json", home=home, url=url)
    assert "Traceback" not in ended.stderr
    return ended.returncode, json.loads(ended.stdout)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a small library with all that databases might spell differently."""
    home = tmp_path_factory.mktemp("filled")
    ended = run("-c", FILL, home=home)
    assert ended.returncode == 0, ended.stderr
    songloom("search", "x", home=home)  # makes the local owner, as whom the command line looks
    return home


HOP = """
import json, sys
from songloom.config.moving import move_database
document = move_database(sys.argv[1], sys.argv[2], lambda *_: None)
from django.db import connections
from songloom.library.models import User
from songloom.search.services import search
connections["default"] = connections["target"]  # look into what came of it
found = search("qhc", User.objects.get(username="ming"))
print(json.dumps([document["tables"], [track.title for track in found.tracks]]))
"""
EMPTY = """
from songloom.config.home import start_django
start_django()
from django.db import connection
from songloom.library.keep.moving_rows import tables
with connection.cursor() as cursor, connection.constraint_checks_disabled():
    for model in reversed(tables()):
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
"""


@contextmanager
def six_ways(home: Path) -> Iterator[list[str]]:
    """Seven stations, so that one step after the other goes each of the six directions once.

    Making the tables costs more than all else. Each server makes them once, and its database is
    emptied before the second visit; those of SQLite begin as a copy of an empty one.
    """
    with ExitStack() as stack:
        mysql, postgres = (stack.enter_context(fresh_database(k)) for k in ("mysql", "postgres"))
        empty = home / "empty.sqlite3"
        with sqlite3.connect(home / "db.sqlite3") as kept, sqlite3.connect(empty) as db:
            kept.backup(db)
        kept.close()
        db.close()
        ended = run("-c", EMPTY, home=home, url=f"sqlite:///{empty}")
        assert ended.returncode == 0, ended.stderr
        for name in ("second", "third"):
            shutil.copy(empty, home / f"{name}.sqlite3")
        at = [f"sqlite:///{home}/{name}.sqlite3" for name in ("db", "second", "third")]
        yield [at[0], postgres, mysql, at[1], mysql, postgres, at[2]]


def hop(source: str, target: str, home: Path, *, is_second: bool) -> list[dict[str, Any]]:
    """Move, and find a song in the target; returns what was counted of each table."""
    if is_second:
        assert run("-c", EMPTY, home=home, url=target).returncode == 0
    ended = run("-c", HOP, source, target, home=home)
    assert ended.returncode == 0, ended.stderr
    tables, found = json.loads(ended.stdout)
    assert found == ["青花瓷"]
    counted: list[dict[str, Any]] = tables
    return counted


def test_a_library_goes_all_six_ways_and_is_the_same_row_by_row(filled: Path) -> None:
    with six_ways(filled) as urls:
        told = [
            hop(source, target, filled, is_second=target in urls[: at + 1])
            for at, (source, target) in enumerate(pairwise(urls))
        ]
    assert [tables == told[0] for tables in told] == [True] * 6  # by counts and checksums
    first, second, third = (dump(filled / f"{name}.sqlite3") for name in ("db", "second", "third"))
    for name, rows in first.items():  # and row by row, as SQLite itself has them
        assert rows == second[name] == third[name], name
    counted = {table["table"]: table["rows"] for table in told[0]}
    assert counted == {name: len(rows) for name, rows in first.items() if name in counted}
    assert counted["library_track"] == 35
    assert counted["library_playlistentry"] == 35
    assert counted["library_apppassword"] == counted["jobs_job"] == counted["library_features"] == 1
    assert sum(counted.values()) > 300


def dump(path: Path) -> dict[str, set[tuple[Any, ...]]]:
    """Every row as SQLite itself has it, without asking Django."""
    with sqlite3.connect(path) as db:
        kinds = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = [name for (name,) in db.execute(kinds) if not name.startswith("search_text")]
        left_out = {"django_migrations", "sqlite_sequence"}
        found = {
            name: {tuple(map(_told, row)) for row in db.execute(f"SELECT * FROM {name}")}
            for name in set(tables) - left_out
        }
    db.close()
    return found


def _told(value: object) -> object:
    """JSON by its meaning: PostgreSQL sorts keys, writes 3.0 as it pleases, and knows no -0.0."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        read = json.loads(value, parse_float=_number, parse_int=_number)
        return json.dumps(read, sort_keys=True)
    return value


def _number(text: str) -> float:
    return float(text) + 0.0


def test_what_comes_next_gets_a_number_of_its_own(filled: Path) -> None:
    """PostgreSQL counts apart from the rows that were copied."""
    script = (
        "from songloom.config.home import start_django; start_django()\n"
        "from songloom.library.models import Genre\n"
        "Genre.objects.create(name='new', name_key='new')"
    )
    with fresh_database("postgres") as url:
        source = f"sqlite:///{filled}/db.sqlite3"
        assert songloom("move-database", source, url, home=filled)[0] == 0
        assert run("-c", script, home=filled, url=url).stderr == ""


def test_a_target_with_rows_is_refused_and_keeps_them(filled: Path, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/other.sqlite3"
    source = f"sqlite:///{filled}/db.sqlite3"
    assert songloom("user", "add", "x", "--admin", home=tmp_path, url=target)[0] in (0, 1)
    assert songloom("move-database", source, target, home=filled)[0] == 0
    before = dump(tmp_path / "other.sqlite3")
    status, document = songloom("move-database", source, target, home=filled)
    assert (status, document["error"]["code"]) == (1, "conflict")
    assert "not empty" in document["error"]["message"]
    assert dump(tmp_path / "other.sqlite3") == before


def test_a_row_that_the_target_cannot_hold_leaves_it_empty(filled: Path, tmp_path: Path) -> None:
    """PostgreSQL refuses the zero character, which SQLite keeps."""
    copy = tmp_path / "copy.sqlite3"
    with sqlite3.connect(filled / "db.sqlite3") as kept, sqlite3.connect(copy) as db:
        kept.backup(db)
        db.execute("UPDATE library_track SET prompt = 'a' || char(0) WHERE title = 'á'")
    with fresh_database("postgres") as url:
        status, document = songloom("move-database", f"sqlite:///{copy}", url, home=filled)
        assert (status, document["error"]["code"]) == (1, "refused")
        assert "library_track" in document["error"]["message"]
        again = songloom("move-database", f"sqlite:///{filled}/db.sqlite3", url, home=filled)
        assert again[0] == 0  # nothing of the first try was in the way


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        ("sqlite:////nowhere/a.db", "sqlite:////nowhere/b.db", "no_such_file"),
        ("sqlite:////same.db", "sqlite:////same.db", "bad_value"),
        ("oracle://h/x", "sqlite:////b.db", "bad_value"),
        ("sqlite:////a.db", "postgres://ann:geheim@h", "bad_value"),
    ],
)
def test_addresses_that_cannot_be_are_refused(
    tmp_path: Path, source: str, target: str, code: str
) -> None:
    status, document = songloom("move-database", source, target, home=tmp_path)
    assert (status, document["error"]["code"]) == (1, code)
    assert "geheim" not in str(document)


def test_people_are_told_how_far_it_is_and_what_to_set(filled: Path, tmp_path: Path) -> None:
    source, target = f"sqlite:///{filled}/db.sqlite3", f"sqlite:///{tmp_path}/new.sqlite3"
    ended = run("-m", "songloom", "move-database", source, target, home=filled)
    assert ended.returncode == 0, ended.stderr
    assert "library_track 35/35" in ended.stderr
    assert f"SONGLOOM_DATABASE_URL={target}" in ended.stdout
