"""`songloom up`: one server and its workers as one supervised group of processes on one home."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from songloom.config.children import Group
from songloom.config.home import start_django
from songloom.config.safety import refuse_unsafe
from songloom.errors import Conflict, Locked, TryLater

START_WITHIN_S = 120.0
DRAIN_S = 29.0


def up(*, home: str | None, host: str, port: int, n_workers: int, as_json: bool) -> int:
    """Blocks until Ctrl-C or SIGTERM; returns the exit status.

    Raises Locked, Conflict for a port that is taken, BadValue for unsafe settings.
    """
    if home:
        os.environ["SONGLOOM_HOME"] = str(Path(home).expanduser().absolute())
    start_django()
    from django.conf import settings

    refuse_unsafe(settings, host=host)
    with only_server(Path(settings.HOME)):
        listening = bind(host, port)
        url = settings.PUBLIC_URL or address(host, listening.getsockname()[1])
        group = Group.with_pipe()
        fd = listening.fileno()
        group.add("server", "-m", "songloom.config.server", str(fd), pass_fds=(fd,))
        for number in range(n_workers):
            group.add(f"worker {number + 1}", "-m", "songloom.config.worker")
        return serve(group, url, as_json=as_json)


def serve(group: Group, url: str, *, as_json: bool) -> int:
    """Start the group, say so, watch over it, end it."""
    from django.conf import settings

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: group.stop())
    setup_url = first_steps(url)
    is_ready = group.start(within_s=START_WITHIN_S)
    if is_ready:
        with told_address(Path(settings.HOME), url):
            tell(url, setup_url, Path(settings.HOME), as_json=as_json)
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


@contextmanager
def told_address(home: Path, url: str) -> Iterator[None]:
    """For verbs that name an address (`play-url`), as long as somebody answers there."""
    kept = home / "address"
    kept.write_text(url)
    try:
        yield
    finally:
        kept.unlink(missing_ok=True)


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
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104
    name = reachable.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


def first_steps(url: str) -> str | None:
    """The setup link while there is no administrator; demo pieces while the library is empty."""
    from django.conf import settings

    from songloom.library.models import Track
    from songloom.library.services.setup import issue_token

    if settings.DEMO and not Track.objects.exists():
        from songloom.generate import services

        services.demo()
    token = issue_token()
    return None if token is None else f"{url}/setup/{token}"


def tell(url: str, setup_url: str | None, home: Path, *, as_json: bool) -> None:
    if as_json:
        ready = {"url": url, "setup_url": setup_url, "home": str(home), "pid": os.getpid()}
        print(json.dumps(ready, ensure_ascii=False), flush=True)
        return
    from django.utils.translation import gettext as _

    print(_("Songloom is ready: %(url)s") % {"url": url})
    if setup_url:
        print(
            _("Create the first administrator (this link works once): %(url)s") % {"url": setup_url}
        )
    print(_("Everything lies in %(home)s. Ctrl-C stops it.") % {"home": home}, flush=True)
