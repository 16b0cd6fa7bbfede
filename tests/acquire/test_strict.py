"""All rows of a table or none: what is refused, cancelled or killed leaves things as they were."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from songloom.acquire import tables
from songloom.acquire.models import Undo
from songloom.acquire.tables import import_table
from songloom.acquire.taking_back import Attempt, all_or_none, take_back_left
from songloom.errors import Cancelled
from songloom.jobs.models import Job
from songloom.library.ids import uuid7
from songloom.library.models import Features, Track, User
from songloom.library.services.bin import bin_track
from songloom.library.services.tagging import set_fields
from tests.shelf import person

pytestmark = pytest.mark.django_db
LINEAGE = '"[{""kind"":""file"",""label"":""a""},{""kind"":""track"",""from"":[0]}]"'
NOT_SAID = {"updated_at", "measured_at", "id"}  # moments of writing, and numbers of rows
WAITS = {"jobs_job", "django_tasks_database_dbtaskresult", "search_row", "acquire_undo"}
TABLE = """id,title,artists,album,date,genres,tags,duration,tempo,lineage,path
{blue},Azure,Zoe; Ann,Elsewhere,1999,Rock,wild,3:00,91,,
,New 1,Newcomer,New album,2001,New genre,new,2:00,,{lineage},
{binned},Back,Ann,,,,,,,,
{said},Said,Ann,,,,,4:00,140,,
,New 2,Newcomer; Ann,New album,2001,,,,,,
,New 3,Ann,Colours,,,,,,,{last}
"""


@pytest.fixture
def mei() -> User:
    return person("mei")


@pytest.fixture
def table(mei: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Changes of three tracks and three new ones in batches of two; the last row as it is given."""
    monkeypatch.setattr(tables, "BATCH", 2)
    track: dict[str, Any] = {"owner": mei, "origin": "imported", "duration_s": 9.5}
    blue = Track.objects.create(title="Blue", **track)
    set_fields(blue, {"artist": ["Ann", "Ben"], "album": ["Colours"], "genre": ["Jazz"],
                      "date": ["2003-07"], "tag": ["calm", "night"], "mood": ["mild"]})  # fmt: skip
    binned = bin_track(Track.objects.create(title="Gone", **track))
    said = Track.objects.create(title="Said", has_audio=False, **track)
    Features.objects.create(track=said, version=0, tempo_bpm=90.0, values={"tempo_bpm": 90.0})

    def make(last: str) -> Path:
        path = tmp_path / "table.csv"
        ids = {"blue": blue.pk, "binned": binned.pk, "said": said.pk}
        path.write_text(TABLE.format(**ids, lineage=LINEAGE, last=last))
        return path

    return make


def everything() -> dict[str, list[str]]:
    """Every row of every table, but for what waits to be done."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table not in WAITS:
            named = {f.attname for f in model._meta.concrete_fields} - NOT_SAID
            names = sorted(named | ({"id"} if model is Track else set()))
            found[model._meta.db_table] = sorted(map(repr, model._base_manager.values_list(*names)))
    return found


def test_all_rows_go_in_and_nothing_waits_to_be_taken_back(mei: User, table: Any) -> None:
    came = import_table(table(""), owner=mei, is_strict=True)
    assert (came.n_new, came.n_changed, came.flaws) == (3, 3, [])
    assert not Undo.objects.exists()


def test_what_is_refused_in_the_last_row_leaves_everything_as_it_was(
    mei: User, table: Any, tmp_path: Path
) -> None:
    path, before = table("gone.wav"), everything()
    came = import_table(path, owner=mei, is_strict=True, folder=tmp_path)
    assert (came.n_new, came.n_changed, came.n_refused) == (0, 0, 1)
    assert [(flaw.line, flaw.code) for flaw in came.flaws] == [(7, "no_such_file")]
    after = everything()
    assert {name for name in before if before[name] != after[name]} == set()
    assert not Undo.objects.exists()


def test_without_strict_the_same_table_does_change_things(
    mei: User, table: Any, tmp_path: Path
) -> None:
    """Else the test before would prove nothing."""
    path, before = table("gone.wav"), everything()
    import_table(path, owner=mei, folder=tmp_path)
    after = everything()
    changed = {name for name in before if before[name] != after[name]}
    assert changed >= {"library_track", "library_credit", "library_album", "library_artist",
                       "library_genre", "library_track_genres", "library_tracktag",
                       "library_features", "library_lineagenode"}  # fmt: skip


@pytest.mark.parametrize("why", [Cancelled("cancelled"), KeyboardInterrupt(), OSError(28, "full")])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_what_ends_early_leaves_everything_as_it_was(
    mei: User, table: Any, monkeypatch: pytest.MonkeyPatch, why: BaseException, at: int
) -> None:
    path, before, batches = table(""), everything(), iter(range(1, 9))

    def stop(**_: object) -> None:
        if next(batches) == at:
            raise why

    monkeypatch.setattr(tables, "report", stop)
    with pytest.raises(type(why)):
        import_table(path, owner=mei, is_strict=True)
    assert everything() == before


def test_a_row_that_cannot_be_is_told_before_anything_is_written(mei: User, table: Any) -> None:
    other = Track.objects.create(title="His", owner=person("otto"), origin="imported")
    path = table("")
    path.write_text(path.read_text() + f"{other.pk},Mine,,,,,,,,,\n,Bad,,,soon,,,,,,\n")
    with CaptureQueriesContext(connection) as asked:
        came = import_table(path, owner=mei, is_strict=True)
    assert [(flaw.line, flaw.code) for flaw in came.flaws] == [(9, "bad_date"), (8, "not_allowed")]
    assert not [one["sql"] for one in asked if not one["sql"].startswith("SELECT")]


@pytest.mark.django_db(transaction=True)
def test_between_two_batches_nothing_is_locked(
    mei: User, table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(**_: object) -> None:
        seen.append((connection.in_atomic_block, Undo.objects.count()))

    path = table("")
    monkeypatch.setattr(tables, "report", look)
    import_table(path, owner=mei, is_strict=True)
    assert seen == [(False, 2), (False, 4), (False, 6)]


def test_what_a_dead_process_left_is_taken_back_when_nobody_goes_on_with_it(
    mei: User, table: Any
) -> None:
    path, before = table(""), everything()
    job = Job.objects.create(id=(pk := uuid7()), root_id=pk, kind="acquire.table", queue="analysis")
    leave(path, mei)
    assert everything() != before
    Undo.objects.update(job_id=job.pk)
    take_back_left()
    assert Undo.objects.count() == 6  # the job waits: it will take them back itself
    Job.objects.filter(pk=job.pk).update(state=Job.State.DEAD)
    take_back_left()
    assert everything() == before


def leave(path: Path, owner: User) -> None:
    """What a killed process leaves: all that it did, and how it would be undone."""
    tables._import(path, "", owner, None, tables.Imported(), Attempt())


def test_of_an_import_without_a_job_a_day_must_have_passed(mei: User) -> None:
    new = Track.objects.create(title="x", owner=mei, origin="imported")
    Attempt().makes([new.pk])
    take_back_left()
    assert Track.objects.filter(pk=new.pk).exists()
    Undo.objects.update(began_at=timezone.now() - timedelta(days=2))
    take_back_left()
    assert not Track.objects.filter(pk=new.pk).exists()


def test_sound_that_came_meanwhile_is_not_taken_away_from_an_entry(mei: User) -> None:
    entry = Track.objects.create(title="x", owner=mei, origin="imported", has_audio=False)

    def change() -> None:
        with all_or_none() as attempt:
            attempt.changes([entry.pk])
            Features.objects.create(track=entry, version=3, values={"tempo_bpm": 90.0})
            Track.objects.filter(pk=entry.pk).update(has_audio=True, title="y")
            raise Cancelled

    with pytest.raises(Cancelled):
        change()
    entry.refresh_from_db()
    assert (entry.title, entry.has_audio, Features.objects.get().version) == ("x", True, 3)


@pytest.mark.slow
@pytest.mark.only_on("sqlite")
def test_killed_in_mid_import_it_begins_again_and_others_write_meanwhile(tmp_path: Path) -> None:
    n, path, home = 4_000, tmp_path / "in.csv", tmp_path / "home"
    path.write_text("title,artists\n" + "".join(f"Song {i},Artist {i % 9}\n" for i in range(n)))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SONGLOOM_")}
    songloom = [sys.executable, "-m", "songloom"]
    command = [*songloom, "csv", "import", "--strict", "--json", str(path)]
    given: dict[str, Any] = {"env": clean | {"SONGLOOM_HOME": str(home), "SONGLOOM_DEMO": "0"}}
    with subprocess.Popen(command, **given, stdout=subprocess.DEVNULL) as first:
        wait_until(lambda: count(home, "acquire_undo") >= 1_000)
        with closing(sqlite3.connect(home / "db.sqlite3", timeout=20)) as other, other:
            other.execute("INSERT INTO library_genre (name, name_key) VALUES ('x', 'x')")
        first.send_signal(signal.SIGKILL)
    assert 0 < count(home, "library_track") < n
    again = subprocess.run(command, **given, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert count(home, "library_track") == n
    assert count(home, "acquire_undo") == 0
    assert count(home, "library_genre") == 1
    verified = subprocess.run([*songloom, "verify", "--deep", "--json"], **given, stdout=-1)
    assert json.loads(verified.stdout) == {"ok": True, "problems": [], "repaired": 0}


def count(home: Path, name: str) -> int:
    try:
        with closing(sqlite3.connect(f"file:{home}/db.sqlite3?mode=ro", uri=True)) as base:
            found: int = base.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    except sqlite3.Error:  # not there yet
        return 0
    return found


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
