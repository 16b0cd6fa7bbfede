"""Tables by the command line alone, in processes of their own, between homes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
WITHIN_S = 300
N_ROWS = 6_000


def environment(home: Path) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SONGLOOM_", "DJANGO_"))}
    return {**clean, "SONGLOOM_HOME": str(home), "SONGLOOM_DEMO": "0", "LANG": "C.UTF-8"}


def songloom(home: Path, *argv: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "songloom", *argv, "--json"],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    document: dict[str, Any] = json.loads(done.stdout)
    return document | {"status": done.returncode}


def table(path: Path, n: int) -> Path:
    rows = (
        f"{200 + at % 100} Hz;{at % 9 + 1}分{at % 60}秒;歌手{at % 50};专辑{at % 200};"
        f"20{at % 20:02}年;歌{at}\n"
        for at in range(n)
    )
    path.write_text("频率;时长;艺术家;专辑名;发行日期;歌名\n" + "".join(rows), encoding="gbk")
    return path


def test_a_table_goes_from_a_home_to_an_empty_one_and_is_the_same(tmp_path: Path) -> None:
    first, second = tmp_path / "first home", tmp_path / "second home"
    came = songloom(first, "csv", "import", str(table(tmp_path / "in.csv", 700)))
    assert (came["status"], came["imported"], came["refused"]) == (0, 700, [])
    assert songloom(first, "csv", "export", str(tmp_path / "one.csv"))["exported"] == 700
    again = songloom(second, "csv", "import", str(tmp_path / "one.csv"), "--strict")
    assert (again["imported"], again["refused"]) == (700, [])
    songloom(second, "csv", "export", str(tmp_path / "two.csv"))
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    found = songloom(second, "search", "ge 699")
    assert "歌699" in [track["title"] for track in found["tracks"]]
    assert songloom(second, "verify")["ok"] is True


def test_an_import_that_was_killed_is_done_by_the_next_one(tmp_path: Path) -> None:
    home, path = tmp_path / "home", table(tmp_path / "in.csv", N_ROWS)
    songloom(home, "search", "nothing")  # the home is prepared
    command = [sys.executable, "-m", "songloom", "csv", "import", str(path)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment(home), stdout=quiet, stderr=quiet) as running:
        deadline = time.monotonic() + WITHIN_S
        while not n_tracks(home) and time.monotonic() < deadline:
            time.sleep(0.05)
        running.send_signal(signal.SIGKILL)
    before = n_tracks(home)
    assert before > 0
    came = songloom(home, "csv", "import", str(path))
    assert came["status"] == 0
    assert n_tracks(home) == N_ROWS  # none lost, none doubled
    assert songloom(home, "verify")["ok"] is True


def n_tracks(home: Path) -> int:
    import sqlite3

    with sqlite3.connect(home / "db.sqlite3", timeout=60) as connection:
        return int(connection.execute("select count(*) from library_track").fetchone()[0])
