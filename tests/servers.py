"""Database servers for tests: those of this machine if they let us in, else private ones.

A private server lies in a folder of its own, listens on a free port of this machine alone, writes
nothing durably, and is gone with the block.
"""

from __future__ import annotations

import atexit
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.databases import SERVERS

Command = list[str]
START_WITHIN_S = 120
FREE = {"mysql": "mysql", "postgres": "postgres"}  # who runs it, when we are root
PROGRAMS = {"mysql": "mariadbd", "postgres": "postgres"}
USERS = {"mysql": "root", "postgres": "postgres"}
END = {"mysql": signal.SIGTERM, "postgres": signal.SIGINT}
_found: dict[str, str] = {}  # kind → the address in this process
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def programs(name: str) -> str | None:
    """Where a server's program is; Debian keeps PostgreSQL's off the path."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(kept[-1]) if kept else shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")


def answers(kind: str, url: str) -> bool:
    """Whether it lets us in, and lets us make databases."""
    try:
        connect(kind, _admin(kind, url)).close()
    except Exception:  # whatever it is, it is no server for us
        return False
    return True


def connect(kind: str, database: dict[str, Any]) -> Any:
    """A plain connection to one database, with every statement committed."""
    given: dict[str, Any] = {"host": database["HOST"], "user": database["USER"] or None}
    if database["PORT"]:
        given["port"] = int(database["PORT"])
    if database["PASSWORD"]:
        given["password"] = database["PASSWORD"]
    if kind == "mysql":
        import pymysql

        return pymysql.connect(**given, database=database["NAME"], autocommit=True)
    import psycopg

    return psycopg.connect(**given, dbname=database["NAME"], autocommit=True, connect_timeout=5)


def url_of(kind: str) -> str:
    """The server of this kind that answers here, else a private one that ends with this process.

    Where neither can be had the test is left out, under CI it fails.
    """
    import pytest

    if kind not in _found:
        kept = ExitStack()
        atexit.register(kept.close)
        _found[kind] = kept.enter_context(server(kind))
    if not _found[kind]:
        if os.environ.get("CI"):
            raise RuntimeError(f"no {kind} server answers at {SERVERS[kind]}, none is installed")
        pytest.skip(f"no {kind} server answers and none is installed")
    return _found[kind]


def private(kind: str) -> Private:
    """A server that a test may stop. Where it is not installed: left out, under CI a failure."""
    import pytest

    if programs(PROGRAMS[kind]) is None:
        if os.environ.get("CI"):
            raise RuntimeError(f"{PROGRAMS[kind]} is not installed")
        pytest.skip(f"{PROGRAMS[kind]} is not installed")
    return Private(kind)


@contextmanager
def fresh_database(kind: str) -> Iterator[str]:
    """The address of an empty database of its own, gone with the block."""
    url = url_of(kind)
    name = f"test_songloom_{os.getpid()}_{secrets.token_hex(4)}"
    admin = _admin(kind, url)
    force = " WITH (FORCE)" if kind == "postgres" else ""
    _execute(kind, admin, f"CREATE DATABASE {name}")
    try:
        yield f"{url}/{name}"
    finally:
        _execute(kind, admin, f"DROP DATABASE {name}{force}")


def _admin(kind: str, url: str) -> dict[str, Any]:
    """The database of a server from which others are made."""
    from songloom.config.databases import database_of

    return database_of(f"{url}/{'mysql' if kind == 'mysql' else 'postgres'}", home=Path("/"))


def _execute(kind: str, database: dict[str, Any], sql: str) -> None:
    connection = connect(kind, database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
    finally:
        connection.close()


@contextmanager
def server(kind: str) -> Iterator[str]:
    """The address of a server of this kind, without a database; "" when there is none to be had."""
    if answers(kind, SERVERS[kind]):
        yield SERVERS[kind]
    elif programs(PROGRAMS[kind]) is None:
        yield ""
    else:
        with Private(kind) as private:
            yield private.url


class Private:
    """A server of one kind in a folder of its own; may stop and start again with the same rows.

    host  the address of this machine on which it listens; its neighbours there are let in
    """

    def __init__(self, kind: str, host: str = "127.0.0.1") -> None:
        self.kind, self.host = kind, host
        self.folder = Path(tempfile.mkdtemp(prefix=f"songloom-{kind}-", dir="/tmp"))  # short paths
        if os.geteuid() == 0:
            shutil.chown(self.folder, FREE[kind])
        self.port = _free_port(host)
        self.process: subprocess.Popen[bytes] | None = None
        {"mysql": self._make_mysql, "postgres": self._make_postgres}[kind]()

    @property
    def url(self) -> str:
        """Without a database."""
        return f"{self.kind}://{USERS[self.kind]}@{self.host}:{self.port}"

    def __enter__(self) -> Private:
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            command = self._command()
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **_as(self.kind))
        deadline = time.monotonic() + START_WITHIN_S
        while not answers(self.kind, self.url):
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = (self.folder / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{command[0]} did not start:\n{said}")
            time.sleep(0.1)

    def stop(self) -> None:
        """As an administrator does; PostgreSQL hangs up on who is connected instead of waiting."""
        if self.process is not None:
            self.process.send_signal(END[self.kind])
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
            self.process.kill()
            self.process.wait()
            self.process = None

    def make_database(self, name: str) -> str:
        """The address of a new, empty database."""
        _execute(self.kind, _admin(self.kind, self.url), f"CREATE DATABASE {name}")
        return f"{self.url}/{name}"

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_postgres(self) -> None:
        initdb = programs("initdb")
        assert initdb is not None
        data = self.folder / "data"
        made = ["-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        _run([initdb, *made, "--locale=C.UTF-8"], "postgres")
        with (data / "pg_hba.conf").open("a") as let_in:
            let_in.write("host all all samenet trust\n")

    def _make_mysql(self) -> None:
        install = programs("mariadb-install-db")
        assert install is not None
        root = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        _run([install, "--no-defaults", f"--datadir={self.folder}/data", *root], "mysql")

    def _command(self) -> Command:
        data, program = f"{self.folder}/data", programs(PROGRAMS[self.kind])
        assert program is not None
        if self.kind == "postgres":
            quick = [part for setting in QUICK for part in ("-c", setting)]
            heard = ["-c", f"listen_addresses={self.host}", "-p", str(self.port)]
            return [program, "-D", data, *heard, "-k", str(self.folder), *quick]
        heard = [f"--bind-address={self.host}", f"--port={self.port}", f"--socket={self.folder}/s"]
        quick = ["--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--innodb-doublewrite=0"]
        start = [program, "--no-defaults", f"--datadir={data}", *heard, *quick]
        return [*start, f"--pid-file={self.folder}/pid"]


def _as(kind: str) -> dict[str, Any]:
    """Neither server likes to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": FREE[kind], "group": pwd.getpwnam(FREE[kind]).pw_gid, "cwd": "/tmp"}


def _run(command: Command, kind: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **_as(kind))
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port
