"""Child of test_migrations: `python -m tests.config.passing`, on the database of its environment.

Makes the tables of the previous release, fills them, goes on to this version, back, and on again;
prints what was found as one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from songloom.config import home as homes


def main() -> None:
    home = homes.home_folder()
    homes.prepare_folders(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songloom.config.settings")
    import django

    django.setup()
    from django.db import connection

    from tests.config.passing.filling import fill
    from tests.config.passing.previous import LEAVES, SINCE

    state = migrate(connection, list(LEAVES))
    models = in_order(state.apps.get_models(include_auto_created=True))
    fill(models, home)
    columns = {m._meta.db_table: [f.column for f in m._meta.concrete_fields] for m in models}
    before = rows_of(connection, columns)
    told: dict[str, Any] = {"n_rows": {table: len(rows) for table, rows in before.items()}}
    homes.make_tables(connection)
    told["lost"] = lost(before, rows_of(connection, columns))
    told["since"] = {".".join(node): ask() for node, (ask, _) in SINCE.items()}
    told["again"] = again(connection)
    told |= used()
    told["back"] = back_and_forth(connection, columns)
    told["found"] = SINCE["search", "0002_marked"][0]()
    json.dump(told, sys.stdout, ensure_ascii=False)


def migrate(connection: Any, nodes: list[tuple[str, str]]) -> Any:
    from django.core.management.sql import emit_post_migrate_signal
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    executor.migrate(nodes)
    state = MigrationExecutor(connection).loader.project_state(nodes)
    emit_post_migrate_signal(0, False, connection.alias, apps=state.apps, stdout=sys.stderr)
    return state


def in_order(models: Any) -> list[Any]:
    """What a row refers to comes before it."""
    left, sorted_ = list(models), list[Any]()
    while left:
        ready = [model for model in left if not needs(model) & set(left)]
        assert ready, f"these refer to each other in a circle: {left}"
        sorted_ += ready
        left = [model for model in left if model not in ready]
    return sorted_


def needs(model: Any) -> set[Any]:
    return {f.related_model for f in model._meta.concrete_fields if f.is_relation} - {model}


def rows_of(connection: Any, columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """Every row as the driver has it, by table."""
    quote = connection.ops.quote_name
    found = {}
    with connection.cursor() as cursor:
        for table, names in columns.items():
            listed = ", ".join(map(quote, names))
            cursor.execute(f"SELECT {listed} FROM {quote(table)}")
            found[table] = sorted(repr([plain(v) for v in row]) for row in cursor.fetchall())
    return found


def plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def lost(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """Tables that are not what they were; some may have more."""
    from tests.config.passing.previous import GROWING

    return [
        table
        for table, rows in before.items()
        if (set(rows) - set(after[table]) if table in GROWING else rows != after[table])
    ]


def again(connection: Any) -> list[str]:
    """What a second migrate changes, in any column of this version."""
    from django.apps import apps
    from django.core.management import call_command

    tables = apps.get_models(include_auto_created=True)
    columns = {m._meta.db_table: [str(f.column) for f in m._meta.concrete_fields] for m in tables}
    before = rows_of(connection, columns)
    homes.make_tables(connection)
    call_command("migrate", verbosity=0, interactive=False)
    after = rows_of(connection, columns)
    return [table for table in columns if before[table] != after[table]]


def used() -> dict[str, Any]:
    """The app on it: who signs in, what is listed, whether a job that waited gets done."""
    from django.conf import settings
    from django.test import Client

    from songloom.jobs.models import Job
    from songloom.jobs.reaping import reap
    from songloom.jobs.services import finish
    from songloom.learn.kept import bring_in
    from songloom.search.models import Row
    from tests.config.passing.filling import PASSWORD, key

    bring_in()  # as a worker does when it starts
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    signed_in = client.login(username="mei", password=PASSWORD)
    listed = client.get("/api/v1/tracks").json()
    asked = ("/", f"/api/v1/tracks/{key(31)}", "/healthz")
    statuses = {path.replace(str(key(31)), "31"): client.get(path).status_code for path in asked}
    before = list(Row.objects.filter(track=key(34)))
    reap()
    finish([Job.objects.get(pk=key(52))])
    waited = Job.objects.get(pk=key(52)).state
    indexed = not before and Row.objects.filter(track=key(34)).exists()
    Row.objects.filter(track=key(34)).delete()
    titles = sorted(track["title"] for track in listed["items"])
    return {"signed_in": signed_in, "listed": titles, "statuses": statuses,
            "waited": [waited, indexed]}  # fmt: skip


def back_and_forth(connection: Any, columns: dict[str, list[str]]) -> list[str]:
    """Tables that going back, and on again, changes."""
    from tests.config.passing.previous import LEAVES

    now = rows_of(connection, columns)
    migrate(connection, list(LEAVES))
    back = rows_of(connection, columns)
    homes.make_tables(connection)
    forth = rows_of(connection, columns)
    return sorted({*lost(now, back), *lost(back, forth)})


if __name__ == "__main__":
    main()
