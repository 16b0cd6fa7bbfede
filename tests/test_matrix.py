"""The tests on every database: what is chosen, what is told, and what counts as green."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import databases, servers
from tests.databases import KINDS, slow_first
from tests.matrix import NOTHING_COLLECTED, Leg, told, verdict

ROOT = Path(__file__).parents[1]
GREEN = [Leg(kind, 0, 1.0) for kind in KINDS]


@pytest.mark.parametrize("is_ci", [True, False])
def test_all_legs_green_is_green(is_ci: bool) -> None:
    assert verdict(GREEN, is_ci=is_ci) == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_ci", [True, False])
def test_one_leg_that_failed_is_red(kind: str, is_ci: bool) -> None:
    legs = [leg._replace(status=1) if leg.kind == kind else leg for leg in GREEN]
    assert verdict(legs, is_ci=is_ci) == 1


def test_under_ci_no_server_may_be_missing_elsewhere_it_is_told() -> None:
    missing = Leg("mysql", None, 0.0)
    legs = [missing if leg.kind == "mysql" else leg for leg in GREEN]
    assert verdict(legs, is_ci=True) == 1
    assert verdict(legs, is_ci=False) == 0
    assert told(missing).startswith("Left out:")


def test_only_a_server_may_find_no_test_to_run_and_not_under_ci() -> None:
    def verdict_of(kind: str, *, is_ci: bool) -> int:
        legs = [
            leg._replace(status=NOTHING_COLLECTED) if leg.kind == kind else leg for leg in GREEN
        ]
        return verdict(legs, is_ci=is_ci)

    here = {kind: verdict_of(kind, is_ci=False) for kind in KINDS}
    assert here == {"sqlite": 1, "mysql": 0, "postgres": 0}
    assert {verdict_of(kind, is_ci=True) for kind in KINDS} == {1}


def _collected(kind: str) -> set[str]:
    environment = {**os.environ, "SONGLOOM_TEST_DATABASE": kind}
    asked = ["--collect-only", "-q", "tests/play", "tests/core/query"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *asked],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return {line for line in done.stdout.splitlines() if "::" in line}


@pytest.mark.slow
def test_on_a_server_runs_what_needs_a_database_and_nothing_else() -> None:
    here, there = _collected("sqlite"), _collected("postgres")
    assert there < here
    assert any(name.startswith("tests/play") for name in there)
    assert not any(name.startswith("tests/core") for name in there)
    assert any(name.startswith("tests/core") for name in here)


def test_what_lies_among_the_pure_tests_may_not_ask_for_a_database() -> None:
    """A server's leg would never run it."""
    item: Any = SimpleNamespace(
        path=ROOT / "tests/core/query/test_x.py",
        nodeid="test_x",
        get_closest_marker=lambda name: name == "django_db" or None,
    )
    with pytest.raises(pytest.UsageError, match="test_x needs a database"):
        databases.choose(SimpleNamespace(), [item])  # type: ignore[arg-type]
    assert not databases.is_pure(ROOT / "tests/coreless/test_x.py")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mysql", "postgres"])
def test_where_none_answers_a_private_server_is_started_and_ended(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(databases.SERVERS, kind, f"{kind}://nobody@127.0.0.1:1")
    with servers.server(kind) as url:
        assert url != databases.SERVERS[kind]
        assert servers.answers(kind, url)
    assert not servers.answers(kind, url)


@given(
    slow=st.lists(st.booleans(), max_size=30), n_workers=st.integers(1, 4), each=st.integers(1, 4)
)
def test_each_worker_begins_with_slow_tests_and_none_is_lost(
    slow: list[bool], n_workers: int, each: int
) -> None:
    items: list[Any] = [
        SimpleNamespace(path=n, get_closest_marker=lambda _, is_slow=is_slow: is_slow or None)
        for n, is_slow in enumerate(slow)
        for _ in range(each)
    ]
    ordered: list[Any] = slow_first(items, n_workers)
    assert sorted(map(id, ordered)) == sorted(map(id, items))
    if sum(slow) >= n_workers and 2 * sum(slow) <= len(slow):
        starts = [n * len(items) // n_workers for n in range(n_workers)]
        assert sum(slow[ordered[start].path] for start in starts) == n_workers
    files = [item.path for item in ordered if slow[item.path]]
    assert len([a for a, b in pairwise(files) if a != b]) == max(0, sum(slow) - 1)
