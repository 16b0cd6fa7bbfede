"""Prepares the home: folders, secret key, tables. The first verb on an empty home does it."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from songloom.config.connecting import one_migrates, wait_for

FOLDERS = (
    "media/audio",
    "media/renditions",
    "media/covers",
    "soundfonts",
    "cache",
    "tmp",
)


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Two first verbs at once: one prepares, the other waits for it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def home_folder() -> Path:
    """Where everything lies: $SONGLOOM_HOME, else a folder of the user's."""
    given = os.environ.get("SONGLOOM_HOME", "").strip()
    return Path(given or Path.home() / ".local" / "share" / "songloom").expanduser().absolute()


def prepare_folders(home: Path) -> None:
    """Make the home and what lies in it; private to its owner. Safe to run twice."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(home / ".prepare.lock"):
        for folder in FOLDERS:
            (home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        key = home / "secret_key"
        if not key.exists():
            draft = home / f".secret_key.{os.getpid()}"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(50))
            draft.rename(key)


def prepare_tables(home: Path) -> None:
    """Bring the database to this version's tables. Needs django.setup(). Safe to run twice."""
    from django.db import connection

    with _only_one(home / ".prepare.lock"):
        wait_for(connection)
        make_tables(connection)


def make_tables(connection: Any) -> None:
    """Migrate what is behind: nothing is locked when nothing is."""
    from django.core.management import call_command
    from django.db.migrations.executor import MigrationExecutor

    def is_behind() -> bool:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    if is_behind():
        with one_migrates(connection):
            if is_behind():
                call_command("migrate", database=connection.alias, verbosity=0, interactive=False)


def start_django() -> None:
    """Folders, Django, tables: what every verb but `analyse` does first.

    The folders come before Django, since its settings read the key that lies in them.
    """
    home = home_folder()
    prepare_folders(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songloom.config.settings")
    import django

    django.setup()
    prepare_tables(home)
