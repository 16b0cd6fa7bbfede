"""What every test stands on: a home and a database of its own, no demo pieces, real songs by name.

The environment is set before Django reads it, so no test can touch the home of whoever runs it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from pytest_django import DjangoDbBlocker

from tests import databases
from tests.songs import cache_folder

HOME = Path(tempfile.mkdtemp(prefix="songloom-tests-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

for name in [name for name in os.environ if name.startswith("SONGLOOM_")]:
    if name not in {"SONGLOOM_TEST_CACHE", *databases.KEPT}:
        del os.environ[name]
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]  # a real key of whoever runs the tests is never used
os.environ.update(
    SONGLOOM_HOME=str(HOME),
    SONGLOOM_DATABASE_URL=databases.address(),
    SONGLOOM_DEMO="0",
    SONGLOOM_RATE_LIMITS="off",
    DJANGO_SETTINGS_MODULE="songloom.config.settings",
    LANG="C.UTF-8",
)
# Compiled once, not by each of the many programs that tests start: that is half of their time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder() / "loops"))  # compiled once, not by all
for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
    os.environ.pop(name, None)

import django  # noqa: E402

django.setup()
del os.environ["SONGLOOM_DATABASE_URL"]  # programs that tests start have homes of their own

from tests.songs import SongsMissing, song, songs  # noqa: E402
from tests.weed import Weed  # noqa: E402

# A loaded machine is no fault of the code; what a test filters out is its own business.
hypothesis.settings.register_profile(
    "calm",
    deadline=None,
    suppress_health_check=[
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.filter_too_much,
        hypothesis.HealthCheck.function_scoped_fixture,
    ],
)
hypothesis.settings.load_profile("calm")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each worker reads its settings after its own conftest, not before it with this process's."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if databases.KIND != "sqlite" and databases.is_pure(collection_path) else None


@pytest.hookimpl(trylast=True)  # after the order was shuffled
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    databases.choose(config, items)
    databases.commit_what_is_searched(items)
    shared = getattr(config, "workerinput", {})  # xdist's
    items[:] = databases.slow_first(items, shared.get("workercount", 1))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> None:
    databases.empty_quickly()
    with django_db_blocker.unblock():
        databases.sweep()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        databases.part_from_everyone()


@pytest.fixture(autouse=True)
def nothing_left_on_its_way_in() -> None:
    """What a killed child of an earlier test left in the home's tmp is not this test's doing."""
    for path in (HOME / "tmp").glob("*"):
        if path.is_file():
            path.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def weed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weed]:
    """A real S3 server, started when the first test asks for it."""
    server = Weed(tmp_path_factory.mktemp("weed"))
    yield server
    server.stop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked `stores` runs twice: in the home and on a real S3 server."""
    if metafunc.definition.get_closest_marker("stores"):
        metafunc.parametrize("kept_in", ["home", "s3"], indirect=True)


@pytest.fixture(autouse=True)
def kept_in(request: pytest.FixtureRequest) -> str:
    """Where this test's bytes lie. On S3 each test has a shelf of its own, and no cache yet."""
    place: str = getattr(request, "param", "home")
    if place == "s3":
        settings = request.getfixturevalue("settings")
        settings.CACHE = request.getfixturevalue("tmp_path_factory").mktemp("cache")
        settings.STORAGE_URL = request.getfixturevalue("weed").url(f"shelf-{uuid.uuid4().hex}")
    return place


@pytest.fixture(scope="session")
def real_song() -> Path:
    """A short real song (ogg vorbis, stereo, under a minute), for whoever needs just one."""
    return song("revelation")


@pytest.fixture(scope="session")
def real_songs() -> list[Path]:
    """Every real song: ogg, opus and mp3."""
    return songs()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    return (yield from _without_songs_left_out())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    return (yield from _without_songs_left_out())


def _without_songs_left_out() -> Iterator[None]:
    """Away from CI a machine that cannot fetch the songs leaves these tests out; CI never does."""
    try:
        yield
    except SongsMissing as exc:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(exc))
