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
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.databases import SERVERS

Command = list[str]
START_WITHIN_S = 120
FREE = {"mysql": "mysql", "postgres": "postgres"}  # who runs it, when we are root
_found: dict[str, str] = {}  # kind → the address in this process
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def programs(name: str) -> str | None:
    """Where a server's program is; Debian keeps PostgreSQL's off the path."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(kept[-1]) if kept else shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")


def answers(kind: str, url: str) -> bool:
    """Whether it lets us in, and lets us make databases."""
    from songloom.config.databases import database_of

    try:
        admin = "mysql" if kind == "mysql" else "postgres"
        database = database_of(f"{url}/{admin}", home=Path("/"))
        connect(kind, database).close()
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


@contextmanager
def fresh_database(kind: str) -> Iterator[str]:
    """The address of an empty database of its own, gone with the block."""
    from songloom.config.databases import database_of

    url = url_of(kind)
    name = f"test_songloom_{os.getpid()}_{secrets.token_hex(4)}"
    admin = database_of(f"{url}/{'mysql' if kind == 'mysql' else 'postgres'}", home=Path("/"))
    force = " WITH (FORCE)" if kind == "postgres" else ""
    _execute(kind, admin, f"CREATE DATABASE {name}")
    try:
        yield f"{url}/{name}"
    finally:
        _execute(kind, admin, f"DROP DATABASE {name}{force}")


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
    elif programs("mariadbd" if kind == "mysql" else "postgres") is None:
        yield ""
    else:
        with PRIVATE[kind]() as url:
            yield url


@contextmanager
def _private_postgres() -> Iterator[str]:
    with _folder("postgres") as folder, _port() as port:
        data = folder / "data"
        initdb, postgres = programs("initdb"), programs("postgres")
        assert initdb is not None
        assert postgres is not None
        made = ["-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        _run([initdb, *made, "--locale=C.UTF-8"], "postgres")
        quick = [part for setting in QUICK for part in ("-c", setting)]
        heard = ["-c", "listen_addresses=127.0.0.1", "-p", str(port), "-k", str(folder)]
        start = [postgres, "-D", str(data), *heard, *quick]
        with _running("postgres", start, folder, f"postgres://postgres@127.0.0.1:{port}") as url:
            yield url


@contextmanager
def _private_mysql() -> Iterator[str]:
    with _folder("mysql") as folder, _port() as port:
        data = folder / "data"
        install, mariadbd = programs("mariadb-install-db"), programs("mariadbd")
        assert install is not None
        assert mariadbd is not None
        root = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        _run([install, "--no-defaults", f"--datadir={data}", *root], "mysql")
        heard = ["--bind-address=127.0.0.1", f"--port={port}", f"--socket={folder}/s"]
        quick = ["--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--innodb-doublewrite=0"]
        start = [mariadbd, "--no-defaults", f"--datadir={data}", *heard, *quick]
        start.append(f"--pid-file={folder}/pid")
        with _running("mysql", start, folder, f"mysql://root@127.0.0.1:{port}") as url:
            yield url


PRIVATE: dict[str, Callable[[], Any]] = {"mysql": _private_mysql, "postgres": _private_postgres}


def _as(kind: str) -> dict[str, Any]:
    """Neither server likes to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": FREE[kind], "group": pwd.getpwnam(FREE[kind]).pw_gid, "cwd": "/tmp"}


def _run(command: Command, kind: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **_as(kind))
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


@contextmanager
def _folder(kind: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"songloom-{kind}-", dir="/tmp"))  # sockets: short paths
    if os.geteuid() == 0:
        shutil.chown(folder, FREE[kind])
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    yield port


@contextmanager
def _running(kind: str, command: Command, folder: Path, url: str) -> Iterator[str]:
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("wb"))
        process = subprocess.Popen(command, stdout=log, stderr=log, **_as(kind))
        stack.callback(_end, process)
        deadline = time.monotonic() + START_WITHIN_S
        while not answers(kind, url):
            if process.poll() is not None or time.monotonic() > deadline:
                said = (folder / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{command[0]} did not start:\n{said}")
            time.sleep(0.2)
        yield url


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(30)
    process.kill()
    process.wait()
