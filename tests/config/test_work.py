"""`songloom worker` as people start it: whatever carries the jobs, none is lost, none doubled."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.config.living import SONGLOOM, environment, run_songloom, until
from tests.jobs.brokers import NoBroker, address

pytestmark = pytest.mark.slow
LONG_S = 120  # of noise: measuring takes seconds, so that it can be killed half-way
PATIENCE_S = 240.0


class Work:
    """A running `songloom worker --json`; ended, by force if need be, on leaving."""

    def __init__(self, home: Path, *arguments: str, env: dict[str, str] | None = None) -> None:
        self.home = home
        self.env = env or {}
        self.process = subprocess.Popen(
            [*SONGLOOM, "worker", "--json", *arguments],
            env=environment(home, self.env),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.ready: dict[str, Any] = json.loads(self.process.stdout.readline())

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def __enter__(self) -> Work:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()  # its workers follow: their lifeline ends
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def rows(home: Path, words: str) -> list[tuple[Any, ...]]:
    """What the home's database says, read from outside."""
    with sqlite3.connect(f"file:{home}/db.sqlite3?mode=ro", uri=True, timeout=20) as database:
        found = database.execute(words).fetchall()
    database.close()
    return found


def unfinished(home: Path) -> int:
    words = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')"
    return int(rows(home, words)[0][0])


@pytest.fixture(scope="module")
def long_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("long") / "noise.flac"
    noise = np.random.default_rng(5).normal(0, 0.05, (LONG_S * 44_100, 1)).astype(np.float32)
    soundfile.write(place, noise, 44_100)
    return place


@pytest.fixture(params=["embedded", "rabbitmq", "redis"])
def carried(request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment that says what carries the jobs."""
    if request.param == "embedded":
        return {}
    try:
        return {"SONGLOOM_BROKER_URL": address(request.param)}
    except NoBroker as exc:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(exc))


def test_a_worker_killed_while_it_measures_loses_nothing(
    tmp_path: Path, long_song: Path, carried: dict[str, str]
) -> None:
    """Nobody serves the interactive queue here: the command brings the song in by itself."""
    home = tmp_path / "home"
    one = "SELECT id, state, worker, attempts FROM jobs_job WHERE kind = 'analyse.extract'"
    with Work(home, "--queue", "analysis", "--concurrency", "2", env=carried) as work:
        assert work.ready["queues"] == ["analysis"]
        adding = [*SONGLOOM, "add", str(long_song), "--json"]
        with subprocess.Popen(adding, env=environment(home, carried), stdout=-1) as command:
            until(lambda: [row[1] for row in rows(home, one)] == ["running"], within_s=PATIENCE_S)
            ((pk, _, first, _),) = rows(home, one)
            os.kill(int(first.rpartition(":")[2]), signal.SIGKILL)
            assert rows(home, one) == [(pk, "running", first, 1)]
            said, _ = command.communicate(timeout=PATIENCE_S)
        assert len(json.loads(said)["added"]) == 1
        ((_, state, second, attempts),) = [row for row in rows(home, one) if row[0] == pk]
        assert (state, attempts) == ("done", 2)
        assert second != first
        until(lambda: unfinished(home) == 0, within_s=PATIENCE_S)
        assert work.stop() == 0
    assert rows(home, "SELECT count(*) FROM library_track") == [(1,)]
    assert rows(home, "SELECT count(*) FROM library_features") == [(1,)]
    verified = run_songloom(home, "verify", "--deep", "--json", env=carried)
    assert json.loads(verified.stdout) == {"ok": True, "problems": [], "repaired": 0}
