"""`songloom up`: one server and its workers as one supervised group of processes on one home."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from songloom.config.aside import done_aside
from songloom.config.children import Group
from songloom.config.crew import add_workers
from songloom.config.home import home_folder, prepare_folders, start_django
from songloom.config.safety import refuse_unsafe
from songloom.errors import Conflict, Locked, TryLater

START_WITHIN_S = 120.0
DRAIN_S = 29.0
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 - only told
Words = dict[str, str]


def up(
    *, home: str | None, host: str, port: int, n_workers: int, as_json: bool, words: Words
) -> int:
    """Blocks until Ctrl-C or SIGTERM; returns the exit status.

    words  what to tell people: `ready`, `setup` and `home`, each with its field
    Raises Locked, Conflict for a port that is taken, BadValue for unsafe settings.
    """
    if home:
        os.environ["SONGLOOM_HOME"] = str(Path(home).expanduser().absolute())
    answer_to(host)
    kept = home_folder()
    prepare_folders(kept)
    with only_server(kept):
        listening = bind(host, port)
        known = done_aside(lambda: prepare(host))  # this process watches for weeks: it stays small
        url = known["public_url"] or address(host, listening.getsockname()[1])
        setup_url = f"{url}/setup/{known['token']}" if known["token"] else None
        by_broker: bool = known["by_broker"]
        group = group_of(listening.fileno(), n_workers, known["queues"], by_broker=by_broker)
        return serve(group, lambda: told(url, setup_url, kept, as_json=as_json, words=words))


def answer_to(host: str) -> None:
    """A server bound to one address answers to it, unless somebody named the hosts themselves."""
    if host not in EVERYWHERE and not os.environ.get("SONGLOOM_ALLOWED_HOSTS", "").strip():
        own = f"[{host}]" if ":" in host else host
        os.environ["SONGLOOM_ALLOWED_HOSTS"] = ",".join(dict.fromkeys((*LOOPBACK, own)))


def prepare(host: str) -> dict[str, Any]:
    """Tables are there, nothing is unsafe; on an empty library demo pieces wait to be composed.

    returns  the address that people use if one is set, and a token while there is no administrator
    """
    start_django()
    from django.conf import settings

    from songloom.jobs.registry import QUEUES
    from songloom.library.models import Track
    from songloom.library.services.setup import issue_token

    refuse_unsafe(settings, host=host)
    if settings.DEMO and not Track.objects.exists():
        from songloom.generate import services

        services.demo()
    told = {"public_url": settings.PUBLIC_URL, "token": issue_token()}
    by_broker = bool(settings.BROKER_URL)
    return told | {"queues": QUEUES if by_broker else (), "by_broker": by_broker}


def group_of(fd: int, n_workers: int, queues: list[str], *, by_broker: bool) -> Group:
    """One server on the bound socket, and its workers."""
    group = Group.with_pipe()
    group.add("server", "-m", "songloom.config.server", str(fd), pass_fds=(fd,))
    add_workers(group, queues, n_workers, by_broker=by_broker)
    return group


def serve(group: Group, when_ready: Callable[[], AbstractContextManager[None]]) -> int:
    """Start the group, say so, watch over it, end it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: group.stop())
    is_ready = group.start(within_s=START_WITHIN_S)
    if is_ready:
        with when_ready():
            group.watch()
    asked = group.n_stops > 0
    group.end(drain_s=DRAIN_S)
    if not (is_ready or asked):
        raise TryLater("the server or a worker did not start; its last words stand above")
    return 0


@contextmanager
def only_server(home: Path) -> Iterator[None]:
    """Hold the lock of the home. Raises Locked when another server does."""
    with (home / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            pid = lock.read().strip() or "unknown"
            raise Locked(f"another server (process {pid}) already runs on this home") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def bind(host: str, port: int) -> Any:
    """A bound socket that stays open: a server that is started again inherits it."""
    import uvicorn

    try:
        return uvicorn.Config("", host=host, port=port, log_config=None, log_level=60).bind_socket()
    except SystemExit:
        raise Conflict(
            f"port {port} on {host} cannot be used: another program has it, or it is not allowed; "
            "choose another with --port"
        ) from None


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds the server."""
    name = EVERYWHERE.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


@contextmanager
def told(
    url: str, setup_url: str | None, home: Path, *, as_json: bool, words: Words
) -> Iterator[None]:
    """Say where it answers: to people, to scripts, and to verbs that name an address."""
    kept = home / "address"
    kept.write_text(url)
    if as_json:
        ready = {"url": url, "setup_url": setup_url, "home": str(home), "pid": os.getpid()}
        print(json.dumps(ready, ensure_ascii=False), flush=True)
    else:
        print(words["ready"] % {"url": url})
        if setup_url:
            print(words["setup"] % {"url": setup_url})
        print(words["home"] % {"home": home}, flush=True)
    try:
        yield
    finally:
        kept.unlink(missing_ok=True)
