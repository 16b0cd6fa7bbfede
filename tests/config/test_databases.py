"""What an address of a database means, what is refused, and that no password is ever shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from songloom.config import databases
from songloom.config.databases import (
    database_of,
    shown,
    stay_connected,
    stay_connected_by_thread,
)
from songloom.errors import BadValue

HOME = Path("/home/ann/songs")


def read(url: str) -> dict[str, Any]:
    return database_of(url, home=HOME)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite://", "/home/ann/songs/db.sqlite3"),
        ("sqlite:////srv/my%20songs.db", "/srv/my songs.db"),
        ("sqlite:///rel.db", str(Path("rel.db").absolute())),
    ],
)
def test_sqlite_is_a_file_and_without_a_path_that_of_the_home(url: str, path: str) -> None:
    assert read(url)["NAME"] == path


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "mysql", "mariadb"])
def test_user_password_host_port_and_name_are_read_and_decoded(scheme: str) -> None:
    found = read(f"{scheme}://ann:p%40ss%2Fword@db.example.org:6543/song%20s")
    named = {name: found[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
    assert named == {
        "USER": "ann",
        "PASSWORD": "p@ss/word",
        "HOST": "db.example.org",
        "PORT": "6543",
        "NAME": "song s",
    }
    assert found["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize("scheme", ["postgres", "mysql"])
def test_without_a_host_it_is_this_machine_by_number(scheme: str) -> None:
    assert read(f"{scheme}:///songs")["HOST"] == "127.0.0.1"


def test_a_socket_of_this_machine_may_stand_for_the_host() -> None:
    assert read("postgres:///songs?host=/var/run/postgresql")["HOST"] == "/var/run/postgresql"
    assert read("mysql:///songs?unix_socket=/run/my.sock")["HOST"] == "/run/my.sock"


def test_options_of_the_driver_are_handed_on() -> None:
    assert read("postgres://h/songs?sslmode=require")["OPTIONS"]["sslmode"] == "require"
    assert read("mysql://h/songs?ssl_ca=/etc/ca.pem")["OPTIONS"]["ssl_ca"] == "/etc/ca.pem"


@pytest.mark.parametrize(
    ("url", "is_plain"),
    [
        ("mysql://root@127.0.0.1:3306/songs", True),
        ("mysql://root@[::1]/songs", True),
        ("mysql://localhost/songs", True),
        ("mysql:///songs?unix_socket=/run/my.sock", True),
        ("mysql://127.0.0.1/songs?ssl_ca=/etc/ca.pem", False),
        ("mysql://db.example.org/songs", False),
        ("mysql://127.0.0.1.example.org/songs", False),
    ],
)
def test_only_what_stays_on_this_machine_is_not_encrypted(url: str, *, is_plain: bool) -> None:
    assert read(url)["OPTIONS"].get("ssl_disabled", False) is is_plain


def test_mariadb_speaks_four_byte_characters_strictly_and_reads_what_is_committed() -> None:
    options = read("mysql://root@localhost/songs")["OPTIONS"]
    assert options["charset"] == "utf8mb4"
    assert options["isolation_level"] == "read committed"
    assert "STRICT_TRANS_TABLES" in options["init_command"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("oracle://h/x", "not oracle:"),
        ("just words", "takes sqlite:///PATH, postgres://"),
        ("postgres://h:5432/", "name of the database"),
        ("mysql://h/a/b", "name of the database"),
        ("postgres://h:many/x", "cannot be read"),
        ("postgres://h/x?service=y", "'service' is no option here"),
        ("mysql://h/x?local_infile=1", "'local_infile' is no option here"),
        ("sqlite://tmp/x.db", "three slashes"),
    ],
)
def test_an_address_that_cannot_be_is_refused_by_name(url: str, words: str) -> None:
    with pytest.raises(BadValue, match="SONGLOOM_DATABASE_URL") as refused:
        read(url)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["oracle://ann:geheim@h/x", "postgres://ann:geheim@h:many/x", "mysql://ann:geheim@h/"],
)
def test_no_refusal_repeats_a_password(url: str) -> None:
    with pytest.raises(BadValue) as refused:
        read(url)
    assert "geheim" not in str(refused.value)


def test_an_address_is_shown_without_password_and_options() -> None:
    assert shown("postgres://ann:geheim@h:1/x?sslkey=/k") == "postgres://ann@h:1/x"
    assert shown("mysql://h/x") == "mysql://h/x"
    assert shown("sqlite:////srv/a.db") == "sqlite:////srv/a.db"


@pytest.mark.parametrize(("scheme", "extra"), [("postgres", "postgres"), ("mysql", "mysql")])
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, scheme: str, extra: str) -> None:
    monkeypatch.setattr(databases, "find_spec", lambda name: None)
    with pytest.raises(BadValue, match=rf"pip install 'songloom\[{extra}\]'"):
        read(f"{scheme}://h/x")


def test_a_server_process_shares_a_pool_on_postgresql_only() -> None:
    postgres, mysql, sqlite = read("postgres://h/x"), read("mysql://h/x"), read("sqlite://")
    for each in (postgres, mysql, sqlite):
        stay_connected(each)
    assert postgres["OPTIONS"]["pool"]["max_size"] >= 10
    assert postgres["CONN_MAX_AGE"] == 0  # Django's condition for a pool
    assert "pool" not in mysql["OPTIONS"]
    assert mysql["CONN_MAX_AGE"] == 0
    assert sqlite == read("sqlite://")


def test_a_worker_keeps_one_connection_for_each_lane() -> None:
    postgres, mysql, sqlite = read("postgres://h/x"), read("mysql://h/x"), read("sqlite://")
    for each in (postgres, mysql, sqlite):
        stay_connected_by_thread(each)
    assert "pool" in postgres["OPTIONS"]
    assert mysql["CONN_MAX_AGE"] > 0
    assert mysql["CONN_HEALTH_CHECKS"]
    assert sqlite == read("sqlite://")
