"""A filled library of the previous release becomes one of this version, on every database."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from tests.config.passing.previous import FOUND, LEAVES, SINCE, Node
from tests.servers import fresh_database

ROOT = Path(__file__).resolve().parents[2]
SAID = ("Size:", "Running server:", "Back:")


def run(*argv: str, home: Path, url: str) -> str:
    given = {"SONGLOOM_HOME": str(home), "SONGLOOM_DATABASE_URL": url, "SONGLOOM_DEMO": "0"}
    ended = subprocess.run(
        [sys.executable, *argv],
        env=os.environ | given | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return ended.stdout


@pytest.fixture(scope="module", params=["sqlite", "mysql", "postgres"])
def passed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """What was found while a filled library passed, on one kind of database."""
    home = tmp_path_factory.mktemp("previous")
    with ExitStack() as kept:
        is_server = request.param != "sqlite"
        url = kept.enter_context(fresh_database(request.param)) if is_server else ""
        told = json.loads(run("-m", "tests.config.passing", home=home, url=url))
        yield {**told, "home": home, "url": url}


@pytest.mark.slow
class TestAFilledLibrary:
    """One pass through all migrations a database, and what is true of it."""

    def test_had_a_row_in_every_table(self, passed: dict[str, Any]) -> None:
        assert {table for table, n in passed["n_rows"].items() if n < 1} == set()
        assert passed["n_rows"].keys() == tables_then()

    def test_loses_no_row_and_no_value(self, passed: dict[str, Any]) -> None:
        assert passed["lost"] == []

    @pytest.mark.parametrize("node", SINCE, ids=".".join)
    def test_is_what_each_migration_makes_of_it(self, passed: dict[str, Any], node: Node) -> None:
        assert passed["since"][".".join(node)] == SINCE[node][1]

    def test_is_not_changed_by_migrating_again(self, passed: dict[str, Any]) -> None:
        assert passed["again"] == []

    def test_is_signed_in_to_listed_and_opened(self, passed: dict[str, Any]) -> None:
        assert passed["signed_in"]
        assert passed["listed"] == ["Blue", "Only a name", "青花瓷"]
        assert set(passed["statuses"].values()) == {200}

    def test_gets_the_job_done_that_waited(self, passed: dict[str, Any]) -> None:
        assert passed["waited"] == ["done", True]

    def test_goes_back_and_on_again_without_a_loss(self, passed: dict[str, Any]) -> None:
        assert passed["back"] == []
        assert passed["found"] == FOUND

    def test_is_verified_and_found_in_by_the_command_line(self, passed: dict[str, Any]) -> None:
        at = {"home": passed["home"], "url": passed["url"]}
        verified = json.loads(run("-m", "songloom", "verify", "--deep", "--json", **at))
        assert verified == {"ok": True, "problems": [], "repaired": 0}
        found = json.loads(run("-m", "songloom", "search", "qhc", "--json", **at))
        assert [track["title"] for track in found["tracks"]] == ["青花瓷"]


@cache
def loader() -> MigrationLoader:
    """What the files say, without a look at any database."""
    return MigrationLoader(None)


def tables_then() -> set[str]:
    state = loader().project_state(list(LEAVES)).apps
    return {model._meta.db_table for model in state.get_models(include_auto_created=True)}


def is_ours(node: Node) -> bool:
    return apps.get_app_config(node[0]).name.startswith("songloom.")


def since() -> list[Node]:
    """Our migrations that the previous release did not have."""
    before = {node for leaf in LEAVES for node in loader().graph.forwards_plan(leaf)}
    return sorted(node for node in loader().graph.nodes if is_ours(node) and node not in before)


def test_every_migration_since_the_previous_release_is_passed_through() -> None:
    """Fails for a new migration: say in passing/previous.py what becomes of a filled library."""
    assert sorted(SINCE) == since()


def test_the_previous_release_knew_every_app_that_has_tables() -> None:
    """A new app needs no place there: its first migration stands among those since."""
    first = {node[0] for node in since()}
    assert {leaf[0] for leaf in loader().graph.leaf_nodes()} - {leaf[0] for leaf in LEAVES} <= first


@pytest.mark.parametrize("node", since(), ids=".".join)
def test_a_migration_says_how_large_it_is_whether_the_server_may_run_and_the_way_back(
    node: Node,
) -> None:
    module = import_module(f"{apps.get_app_config(node[0]).name}.migrations.{node[1]}")
    said = module.__doc__ or ""
    assert [word for word in SAID if re.search(rf"^{word}", said, re.M)] == list(SAID)


def test_models_and_migrations_agree() -> None:
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.state import ProjectState

    here = ProjectState.from_apps(apps)
    changes = MigrationAutodetector(loader().project_state(), here).changes(loader().graph)
    assert {app: [each.name for each in made] for app, made in changes.items()} == {}


@pytest.mark.parametrize("node", since(), ids=".".join)
def test_rows_are_changed_in_the_database_that_migrates_and_in_no_other(node: Node) -> None:
    """`move-database` has two open, and brings both to this version."""
    module = import_module(f"{apps.get_app_config(node[0]).name}.migrations.{node[1]}")
    text = Path(module.__file__ or "").read_text()
    assert text.count(".objects") == text.count(".objects.using(schema_editor.connection.alias)")
