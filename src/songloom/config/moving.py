"""`songloom move-database FROM TO`: opens both databases, lets the library's rows be copied."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from songloom.config.databases import Database, database_of, is_sqlite, shown
from songloom.config.home import home_folder, make_tables, prepare_folders
from songloom.config.up import only_server
from songloom.errors import BadValue, NoSuchFile

TARGET = "target"
Document = dict[str, Any]


def move_database(source: str, target: str, progress: Callable[[str, int, int], None]) -> Document:
    """Copy the library in database `source` into the empty database `target`; both are addresses.

    progress  told table, rows done, rows in all
    Raises Locked while a server runs on this home, BadValue, NoSuchFile, Conflict, RefusedInput.
    """
    home = home_folder()
    read = database_of(source, home=home, named="FROM")
    filled = database_of(target, home=home, named="TO")
    _refuse_the_same(read, filled)
    if is_sqlite(read) and not Path(read["NAME"]).is_file():
        raise NoSuchFile(f"there is no database {read['NAME']}")
    prepare_folders(home)
    with only_server(home):
        _open(source, filled)
        from songloom.library.keep.moving_rows import move

        copied = move("default", TARGET, progress)
    return {
        "from": shown(source),
        "to": shown(target),
        "rows": sum(table.n_rows for table in copied),
        "tables": [table.document() for table in copied],
    }


def _refuse_the_same(source: Database, target: Database) -> None:
    where = ("ENGINE", "HOST", "PORT", "NAME")
    if [source.get(each) for each in where] == [target.get(each) for each in where]:
        raise BadValue("FROM and TO are the same database")


def _open(source: str, target: Database) -> None:
    """Django on the source, the target beside it; both with this version's tables."""
    os.environ["SONGLOOM_DATABASE_URL"] = source
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songloom.config.settings")
    import django
    from django.conf import settings
    from django.db import connections

    from songloom.config.connecting import wait_for

    settings.DATABASES[TARGET] = target
    django.setup()
    for alias in ("default", TARGET):
        wait_for(connections[alias])
        make_tables(connections[alias])
