"""What SONGLOOM_DATABASE_URL names, as Django's settings of one database.

sqlite:///PATH                          an absolute path makes four slashes
postgres://USER:PASSWORD@HOST/NAME      extra [postgres]
mysql://USER:PASSWORD@HOST/NAME         MariaDB or MySQL, extra [mysql]
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from songloom.errors import BadValue

Database = dict[str, Any]  # what Django's DATABASES holds for one alias
CONNECT_WITHIN_S = 5
LOCK_WITHIN_S = 20  # a lock is waited for, never reported first
# Who waits for a connection longer than that is told to come again; a server that is away is asked
# anew after `reconnect_timeout`, so that its return is noticed.
POOL = {"min_size": 1, "max_size": 20, "timeout": 5, "reconnect_timeout": 2}
ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
STRICT = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
NAMES = "sqlite:///PATH, postgres://USER:PASSWORD@HOST/NAME or mysql://USER:PASSWORD@HOST/NAME"


def database_of(url: str, *, home: Path, named: str = "SONGLOOM_DATABASE_URL") -> Database:
    """Settings of the database that `url` names. Raises BadValue, which never holds a password.

    home   where SQLite's file lies when the address names none
    named  what to call the address in a refusal
    """
    try:
        parts = urlsplit(url)
        made = SCHEMES[parts.scheme](parts, home)
    except KeyError:
        raise BadValue(f"{named} takes {NAMES}, not {url.partition(':')[0][:20]}:") from None
    except ValueError as exc:  # also of a port that is no number
        raise BadValue(f"{named} cannot be read: {exc}") from None
    except BadValue as exc:
        raise BadValue(f"{named}: {exc}") from None
    return made


def shown(url: str) -> str:
    """An address without its password, for people and logs."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return url
    user, at, place = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}{at}{place}", query="").geturl()


def stay_connected(database: Database) -> None:
    """For a process that lives long and never forks: connections are kept for the next user.

    PostgreSQL has a pool that threads share. MariaDB has none, and with one connection kept for
    each thread a server would keep as many as it ever had threads: only a worker does that.
    """
    if database["ENGINE"].endswith("postgresql"):
        database["OPTIONS"]["pool"] = POOL
        database["CONN_HEALTH_CHECKS"] = True  # one that broke while nobody used it is replaced


def stay_connected_by_thread(database: Database) -> None:
    """As `stay_connected`, for a process whose few threads live as long as it does."""
    stay_connected(database)
    if not is_sqlite(database) and "pool" not in database["OPTIONS"]:
        database |= {"CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True}


def is_sqlite(database: Database) -> bool:
    return str(database["ENGINE"]).endswith("sqlite3")


def _sqlite(parts: SplitResult, home: Path) -> Database:
    if parts.netloc:
        raise BadValue("a path on this machine begins after three slashes: sqlite:///PATH")
    path = Path(unquote(parts.path[1:])).absolute() if parts.path else home / "db.sqlite3"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": LOCK_WITHIN_S,
            "transaction_mode": "IMMEDIATE",  # a deferred one fails when it turns to write
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000;",
        },
        "TEST": {"NAME": str(home / "test.sqlite3")},
    }


def _postgres(parts: SplitResult, home: Path) -> Database:
    _needs("psycopg", "postgres")
    asked = _asked(parts, "host", "sslmode", "sslrootcert", "sslcert", "sslkey")
    options = {
        "connect_timeout": CONNECT_WITHIN_S,
        "options": f"-c lock_timeout={LOCK_WITHIN_S}s",
    }
    return _served("django.db.backends.postgresql", parts, asked.pop("host", "")) | {
        "OPTIONS": options | asked
    }


def _mysql(parts: SplitResult, home: Path) -> Database:
    _needs("pymysql", "mysql")
    asked = _asked(parts, "unix_socket", "ssl_ca", "ssl_cert", "ssl_key")
    options = {
        "charset": "utf8mb4",
        "connect_timeout": CONNECT_WITHIN_S,
        "isolation_level": "read committed",
        "init_command": f"SET SESSION sql_mode='{STRICT}', "
        f"innodb_lock_wait_timeout={LOCK_WITHIN_S}",
    }
    served = _served("songloom.config.mysql", parts, asked.pop("unix_socket", ""))
    if served["HOST"] in ON_THIS_MACHINE or served["HOST"].startswith("/"):
        # Nobody listens in between, and PyMySQL reads every certificate of the machine for each
        # connection that may be encrypted: 41 ms of processor instead of 0.3.
        options |= {"ssl_disabled": True} if not asked else {}
    return served | {"OPTIONS": options | asked}


SCHEMES: dict[str, Callable[[SplitResult, Path], Database]] = {
    "sqlite": _sqlite,
    "postgres": _postgres,
    "postgresql": _postgres,
    "mysql": _mysql,
    "mariadb": _mysql,
}


def _served(engine: str, parts: SplitResult, socket: str) -> Database:
    """`socket` is the path of a socket on this machine, instead of a host."""
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        raise BadValue("the name of the database stands after the host: …@HOST/NAME")
    return {
        "ENGINE": engine,
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or socket or "127.0.0.1",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # under ASGI a kept connection is one more for every request at once
    }


def _asked(parts: SplitResult, *known: str) -> dict[str, str]:
    """The options after `?`. One that is not known would do nothing unseen, so it is refused."""
    asked = dict(parse_qsl(parts.query))
    if unknown := sorted(asked.keys() - set(known)):
        raise BadValue(f"{unknown[0][:40]!r} is no option here; known are {', '.join(known)}")
    return asked


def _needs(module: str, extra: str) -> None:
    if find_spec(module) is None:
        raise BadValue(f"this database needs an extra: pip install 'songloom[{extra}]'")
