"""Memory does not grow with a table: what is held is a batch, whether rows come in or go out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pyarrow import csv, parquet

pytestmark = [pytest.mark.slow, pytest.mark.only_on("sqlite")]
FEW, MANY = 6_000, 18_000  # the few fill SQLite's cache
BEGINNING = """
import json, resource, sys
from itertools import islice
from pathlib import Path
from songloom.config.home import start_django
start_django()
from songloom.acquire.tables import import_table
from songloom.library.exchange import rows, writing
from songloom.library.models import Track, User
from songloom.search.indexing import index_new

owner, place = User.objects.create_user("mei"), Path(sys.argv[1])

def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

def row_bytes():
    row = next(rows.rows_of(Track.objects.visible_to(owner), owner))
    return sys.getsizeof(row) + sum(map(sys.getsizeof, row.values()))
"""
TEXT = """
def step(table):
    came = import_table(place / table, owner=owner, is_strict=True)
    yield came.n_new, peak_bytes()
    yield index_new(), peak_bytes()
    for form in ("csv", "jsonl"):
        found = rows.rows_of(Track.objects.visible_to(owner), owner)
        yield writing.write(found, place / f"out.{form}"), peak_bytes()

few, many = list(step("few.csv")), list(step("many.csv"))
print(json.dumps([few, many, row_bytes()]))
"""
PARQUET = """
def taken(table):
    return import_table(place / table, owner=owner).n_new, peak_bytes()

def written(n):
    found = rows.rows_of(Track.objects.visible_to(owner), owner)
    return writing.write(islice(found, n), place / "out.parquet"), peak_bytes()

few, many = taken("few.parquet"), taken("many.parquet")
print(json.dumps([few, many, written(few[0]), written(few[0] + many[0]), row_bytes()]))
"""


def write(path: Path, first: int, n: int) -> None:
    rows = (f"Song {i},Artist {i % 50},Album {i % 200},3:{i % 60:02},流行; Jazz,calm\n"
            for i in range(first, first + n))  # fmt: skip
    path.write_text("title,artists,album,duration,genres,tags\n" + "".join(rows))


def run(steps: str, place: Path) -> Any:
    """What a new process prints, in a new home."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SONGLOOM_")}
    ended = subprocess.run(
        [sys.executable, "-c", BEGINNING + steps, str(place)],
        env=clean | {"SONGLOOM_HOME": str(place / "home"), "SONGLOOM_DEMO": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_four_times_as_many_rows_take_no_more_memory(tmp_path: Path) -> None:
    """Strictly, which does all that a plain import does, and more."""
    write(tmp_path / "few.csv", 0, FEW)
    write(tmp_path / "many.csv", FEW, MANY)
    few, many, row_bytes = run(TEXT, tmp_path)
    every = FEW + MANY
    assert [n for n, _ in few] == [FEW] * 4
    assert [n for n, _ in many] == [MANY, MANY, every, every]
    assert many[-1][1] - few[-1][1] < (MANY - FEW) * row_bytes / 3  # a third of the rows between


def test_four_times_as_many_rows_of_parquet_take_no_more_memory(tmp_path: Path) -> None:
    """A group of rows is held; the few are more than a group. All are in before any goes out: what
    writing a group takes would hide what reading does."""
    for name, first, n in (("few", 0, FEW), ("many", FEW, MANY)):
        write(tmp_path / f"{name}.csv", first, n)
        table = csv.read_csv(tmp_path / f"{name}.csv")
        parquet.write_table(table, tmp_path / f"{name}.parquet", row_group_size=5_000)
    took_few, took_many, wrote_few, wrote_all, row_bytes = run(PARQUET, tmp_path)
    assert [took_few[0], took_many[0]] == [FEW, MANY]
    assert [wrote_few[0], wrote_all[0]] == [FEW, FEW + MANY]
    most = (MANY - FEW) * row_bytes / 3
    assert took_many[1] - took_few[1] < most / 2
    assert wrote_all[1] - wrote_few[1] < most
