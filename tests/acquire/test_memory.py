"""Memory does not grow with a table: what is held is a batch, whether rows come in or go out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.only_on("sqlite")]
FEW, MANY = 6_000, 18_000  # the few fill SQLite's cache
CHILD = """
import json, resource, sys
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

def step(table):
    came = import_table(place / table, owner=owner, is_strict=True)
    yield came.n_new, peak_bytes()
    yield index_new(), peak_bytes()
    for form in ("csv", "jsonl"):
        found = rows.rows_of(Track.objects.visible_to(owner), owner)
        yield writing.write(found, place / f"out.{form}"), peak_bytes()

few, many = list(step("few.csv")), list(step("many.csv"))
row = next(rows.rows_of(Track.objects.visible_to(owner), owner))
print(json.dumps([few, many, sys.getsizeof(row) + sum(map(sys.getsizeof, row.values()))]))
"""


def write(path: Path, first: int, n: int) -> None:
    rows = (f"Song {i},Artist {i % 50},Album {i % 200},3:{i % 60:02},流行; Jazz,calm\n"
            for i in range(first, first + n))  # fmt: skip
    path.write_text("title,artists,album,duration,genres,tags\n" + "".join(rows))


def test_four_times_as_many_rows_take_no_more_memory(tmp_path: Path) -> None:
    """Strictly, which does all that a plain import does, and more."""
    write(tmp_path / "few.csv", 0, FEW)
    write(tmp_path / "many.csv", FEW, MANY)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SONGLOOM_")}
    ended = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        env=clean | {"SONGLOOM_HOME": str(tmp_path / "home"), "SONGLOOM_DEMO": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    few, many, row_bytes = json.loads(ended.stdout)
    every = FEW + MANY
    assert [n for n, _ in few] == [FEW] * 4
    assert [n for n, _ in many] == [MANY, MANY, every, every]
    assert many[-1][1] - few[-1][1] < (MANY - FEW) * row_bytes / 3  # a third of the rows between
