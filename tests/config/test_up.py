"""`songloom up` from outside: one group of processes, which survives kills and ends cleanly."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.config.living import Up, children_of, run_songloom, until

pytestmark = pytest.mark.slow
CLEAN = {"ok": True, "problems": [], "repaired": 0}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with Up(tmp_path_factory.mktemp("a home") / "with space") as running:
        yield running


def test_the_ready_line_says_what_the_contract_says(up: Up) -> None:
    assert set(up.ready) == {"url", "setup_url", "home", "pid"}
    assert up.ready["home"] == str(up.home)
    assert up.ready["pid"] == up.process.pid
    assert up.ready["setup_url"].startswith(f"{up.url}/setup/")


def test_the_home_is_private(up: Up) -> None:
    assert stat.S_IMODE(up.home.stat().st_mode) == 0o700
    for name in ("secret_key", "setup_token"):
        assert stat.S_IMODE((up.home / name).stat().st_mode) == 0o600
    token = up.ready["setup_url"].rpartition("/")[2]
    assert token not in (up.home / "setup_token").read_text()  # a hash, not the token


def test_a_second_server_on_the_same_home_is_refused(up: Up) -> None:
    done = run_songloom(up.home, "up", "--json", "--port", "0")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "locked"
    assert str(up.process.pid) in json.loads(done.stdout)["error"]["message"]


def test_a_port_that_is_taken_is_a_clear_error(up: Up, tmp_path: Path) -> None:
    port = up.url.rpartition(":")[2]
    done = run_songloom(tmp_path / "other", "up", "--json", "--port", port)
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert (error["code"], port in error["message"]) == ("conflict", True)


def test_a_killed_server_answers_again_and_nobody_is_refused_meanwhile(up: Up) -> None:
    (server,) = children_of(up.process.pid, "config.server")
    os.kill(server, signal.SIGKILL)
    for _ in range(5):  # the socket stays open while the server starts again
        assert httpx.get(f"{up.url}/healthz", timeout=120).status_code == 200
    assert children_of(up.process.pid, "config.server") != [server]
    assert verified(up.home) == CLEAN


def test_a_killed_worker_is_replaced_though_nobody_asks(up: Up) -> None:
    (worker,) = children_of(up.process.pid, "config.worker")
    os.kill(worker, signal.SIGKILL)
    until(lambda: children_of(up.process.pid, "config.worker") not in ([], [worker]))
    assert verified(up.home) == CLEAN


def test_a_killed_worker_s_job_is_taken_up_however_long_its_lease(tmp_path: Path) -> None:
    """The next worker finds that the process is gone; the dead one's late end would be refused."""
    with Up(tmp_path / "home") as up:
        asked = ("generate", "piano, 600 s", "--no-wait", "--json")
        assert run_songloom(up.home, *asked).returncode == 0
        with contextlib.closing(sqlite3.connect(up.home / "db.sqlite3", timeout=60)) as rows:
            job = "FROM jobs_job WHERE kind = 'generate.compose'"

            def seen() -> tuple[str, int, int]:
                found = rows.execute(f"SELECT state, attempts, fence {job}").fetchone()
                return (found[0], found[1], found[2])

            until(lambda: seen() == ("running", 1, 1), within_s=120)
            (worker,) = children_of(up.process.pid, "config.worker")
            os.kill(worker, signal.SIGKILL)
            rows.execute("UPDATE jobs_job SET lease_until = '2999-01-01' WHERE state = 'running'")
            rows.commit()
            until(lambda: seen() == ("running", 2, 2), within_s=120)
    assert verified(up.home) == CLEAN


def verified(home: Path) -> object:
    """What `verify` says of this home, whoever works in it."""
    return json.loads(run_songloom(home, "verify", "--json").stdout)


def test_health_and_readiness_are_told(up: Up) -> None:
    assert httpx.get(f"{up.url}/healthz", timeout=20).status_code == 200
    until(lambda: httpx.get(f"{up.url}/readyz", timeout=20).status_code == 200)


def test_a_foreign_host_name_is_refused(up: Up) -> None:
    answer = httpx.get(f"{up.url}/healthz", headers={"host": "evil.example"}, timeout=20)
    assert answer.status_code == 400


def test_the_server_keeps_the_heavy_libraries_out(up: Up) -> None:
    """What it maps into memory: no decoder, no statistics, no network training."""
    (server,) = children_of(up.process.pid, "config.server")
    maps = Path(f"/proc/{server}/maps").read_text()
    for heavy in ("/av/", "/scipy/", "/sklearn/", "/numba/", "/keras/", "/jax/"):
        assert heavy not in maps


def test_a_verb_beside_the_server_uses_its_worker(up: Up) -> None:
    done = run_songloom(up.home, "jobs", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"jobs": []})


def test_sigterm_ends_everything_with_status_0_and_a_new_start_is_quick(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Up(home) as first:
        below = children_of(first.process.pid, "songloom")
        assert len(below) == 2
        assert first.stop(signal.SIGTERM) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in below)
    with Up(home) as second:
        assert second.ready["setup_url"] != first.ready["setup_url"]
        assert second.stop(signal.SIGINT) == 0


def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    with Up(tmp_path / "home") as running:
        below = children_of(running.process.pid, "songloom")
        running.process.kill()
        running.process.wait()
        until(lambda: not any(is_alive(pid) for pid in below), within_s=15)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_with_an_administrator_there_is_no_setup_link(tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = ("user", "add", "ann", "--admin", "--password-stdin")
    added = run_songloom(home, *words, given="12345678")
    assert added.returncode == 0
    with Up(home) as running:
        assert running.ready["setup_url"] is None


def test_a_listener_who_stalls_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with Up(tmp_path / "home") as running:
        host, port = running.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as stalled:
            stalled.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")  # never finished
            started = time.monotonic()
            assert running.stop(signal.SIGTERM) == 0
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("name", "value", "host"),
    [
        ("SONGLOOM_ALLOWED_HOSTS", "*", "127.0.0.1"),
        ("SONGLOOM_SECRET_KEY", "short", "127.0.0.1"),
        ("SONGLOOM_RATE_LIMITS", "off", "0.0.0.0"),
    ],
)
def test_unsafe_settings_are_refused_before_anything_listens(
    tmp_path: Path, name: str, value: str, host: str
) -> None:
    done = run_songloom(tmp_path / "home", "up", "--host", host, "--port", "0", env={name: value})
    assert done.returncode == 1
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_cannot_be_made_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = run_songloom(tmp_path / "file" / "home", "up", "--json", "--port", "0")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"]
    assert "Traceback" not in done.stderr


def test_wrong_usage_is_status_2(tmp_path: Path) -> None:
    for arguments in (("--port", "x"), ("--workers", "-1"), ("--nothing",)):
        done: subprocess.CompletedProcess[str] = run_songloom(tmp_path, "up", *arguments)
        assert done.returncode == 2
