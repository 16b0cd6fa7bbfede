"""A server that is away is waited for; one that will never let us in says so at once, in words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from songloom.config.connecting import place, refusal, wait_for
from songloom.config.databases import database_of
from songloom.errors import BadValue, TryLater
from tests.servers import url_of

POSTGRES = {"ENGINE": "django.db.backends.postgresql", "HOST": "h", "PORT": "5432", "NAME": "songs"}
MYSQL = {"ENGINE": "songloom.config.mysql", "HOST": "h", "PORT": "", "NAME": "songs"}


class Server:
    """Answers like a connection of Django's: with these errors in turn, then it lets us in."""

    vendor = "postgresql"

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.settings_dict = POSTGRES

    def ensure_connection(self) -> None:
        if self.errors:
            raise self.errors.pop(0)


def operational(*arguments: object) -> Exception:
    from django.db import OperationalError

    return OperationalError(*arguments)


def test_it_is_said_once_that_a_server_is_waited_for() -> None:
    said: list[str] = []
    wait_for(Server(*[operational("connection refused")] * 3), within_s=60, say=said.append)
    assert said == ["songloom: waiting for the database server at h:5432 …"]


def test_a_server_that_answers_is_not_spoken_of() -> None:
    said: list[str] = []
    wait_for(Server(), say=said.append)
    assert said == []


def test_one_that_stays_away_is_a_reason_to_try_later() -> None:
    away = Server(*[operational("connection refused")] * 99)
    with pytest.raises(TryLater, match="the database server at h:5432 does not answer"):
        wait_for(away, within_s=0, say=lambda sentence: None)


def test_one_that_refuses_is_asked_once() -> None:
    server = Server(operational('FATAL:  password authentication failed for user "ann"'))
    with pytest.raises(BadValue, match="refuses: FATAL:  password"):
        wait_for(server, within_s=60, say=lambda sentence: None)
    assert server.errors == []


@pytest.mark.parametrize(
    ("error", "database"),
    [
        (("connection to server failed: Connection refused",), POSTGRES),
        (("FATAL:  the database system is starting up",), POSTGRES),
        (("FATAL:  sorry, too many clients already",), POSTGRES),
        ((2003, "Can't connect to MySQL server on 'h'"), MYSQL),
        ((1040, "Too many connections"), MYSQL),
    ],
)
def test_what_may_pass_is_no_refusal(error: tuple[Any, ...], database: dict[str, Any]) -> None:
    assert refusal(operational(*error), database) == ""


@pytest.mark.parametrize(
    ("error", "database", "words"),
    [
        (('FATAL:  database "songs" does not exist',), POSTGRES, "CREATE DATABASE songs"),
        ((1049, "Unknown database 'songs'"), MYSQL, "CREATE DATABASE songs"),
        ((1045, "Access denied for user 'x'"), MYSQL, "refuses: Access denied"),
        (('FATAL:  role "ann" does not exist',), POSTGRES, 'refuses: FATAL:  role "ann"'),
    ],
)
def test_a_refusal_says_what_to_do(
    error: tuple[Any, ...], database: dict[str, Any], words: str
) -> None:
    assert words in refusal(operational(*error), database)


def test_a_place_holds_no_secret() -> None:
    database = database_of("postgres://ann:geheim@h:1/x", home=Path("/"))
    assert place(database) == "the database server at h:1"


def searched(home: Path, url: str) -> tuple[int, dict[str, Any], str]:
    ended = subprocess.run(
        [sys.executable, "-m", "songloom", "search", "x", "--json"],
        env=os.environ | {"SONGLOOM_HOME": str(home), "SONGLOOM_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, json.loads(ended.stdout), ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mysql", "postgres"])
def test_a_real_server_without_the_database_is_told_apart_from_none(
    kind: str, tmp_path: Path
) -> None:
    url = f"{url_of(kind)}/songloom_is_not_here"
    status, document, stderr = searched(tmp_path, url)
    assert status == 1
    assert document["error"]["code"] == "bad_value"
    assert "CREATE DATABASE songloom_is_not_here" in document["error"]["message"]
    assert stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mysql", "postgres"])
def test_a_real_server_that_does_not_know_us_says_so(kind: str, tmp_path: Path) -> None:
    server = url_of(kind).rpartition("@")[2]
    url = f"{kind}://songloom_nobody:geheim@{server}/x"
    status, document, stderr = searched(tmp_path, url)
    assert status == 1
    assert document["error"]["code"] == "bad_value"
    assert "songloom_nobody" in document["error"]["message"] or "CREATE" in str(document)
    assert "geheim" not in str(document) + stderr
    assert "Traceback" not in stderr


@pytest.mark.slow
def test_a_verb_waits_for_a_server_that_comes_late(tmp_path: Path) -> None:
    """What listens first closes every call, as a server that starts does; then nobody listens."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        n_calls = 0

        def hang_up() -> None:
            nonlocal n_calls
            while n_calls < 3:
                listening.accept()[0].close()
                n_calls += 1

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        script = (
            "import songloom.config.connecting as c; c.WAIT_S = 4.0\n"
            "from songloom.__main__ import main; main(['search', 'x', '--json'])"
        )
        ended = subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ
            | {
                "SONGLOOM_HOME": str(tmp_path),
                "SONGLOOM_DATABASE_URL": f"postgres://ann:geheim@127.0.0.1:{port}/x",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert n_calls >= 2  # it asked again
    assert json.loads(ended.stdout)["error"]["code"] == "database_away"
    assert ended.stderr == f"songloom: waiting for the database server at 127.0.0.1:{port} …\n"
