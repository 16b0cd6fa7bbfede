"""The faults that `make mutants` plants are small, real, seeded, and never in words."""

from __future__ import annotations

import ast
import importlib.util
import random
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parent.parent


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "benchmarks" / "mutants.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["mutants"] = module
    spec.loader.exec_module(module)
    return module


mutants = loaded()


@pytest.fixture
def faults_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """source → [(before, after)] of every fault that could be planted."""
    monkeypatch.setattr(mutants, "ROOT", tmp_path)

    def find(source: str) -> list[tuple[str, str]]:
        path = Path("src/songloom/core/x.py")
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(source)
        return [(fault.before, fault.after) for fault in mutants.faults_of(path)]

    return find


@pytest.mark.parametrize(
    ("source", "before", "after"),
    [
        ("x = a < b", "a < b", "(a <= b)"),
        ("x = a >= b", "a >= b", "(a > b)"),
        ("x = a == b", "a == b", "(a != b)"),
        ("x = a in b", "a in b", "(a not in b)"),
        ("x = a is None", "a is None", "(a is not None)"),
        ("x = a + b", "a + b", "(a - b)"),
        ("x = a / b", "a / b", "(a * b)"),
        ("x = a and b", "a and b", "(a or b)"),
        ("x = not a", "not a", "a"),
        ("x = -a", "-a", "a"),
        ("x = min(a, b)", "min", "max"),
        ("x = True", "True", "False"),
        ("x = 7", "7", "8"),
        ("x = 2.0", "2.0", "3.0"),
        ("x = 0.0", "0.0", "1.0"),
    ],
)
def test_a_fault_is_the_least_that_is_wrong(
    faults_in: object, source: str, before: str, after: str
) -> None:
    assert (before, after) in faults_in(source)  # type: ignore[operator]


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring with 7 < 8."""',
        "import a",
        "from a import b",
        "raise ValueError(7)",
        'x = f"{7}"',
        'logger.info("%d", 7)',
        "assert a < b",
        "if TYPE_CHECKING:\n    x = 7",
        "def f(a: Literal[7]) -> Literal[8]: ...",
        "@cache(maxsize=7)\ndef f(): ...",
        'x = "a" + b',
        'x = b"a" + c',
        "x = [a] + b",
    ],
)
def test_words_types_and_imports_are_left_alone(faults_in: object, source: str) -> None:
    assert faults_in(source) == []  # type: ignore[operator]


def test_a_fault_is_planted_where_it_says_and_nowhere_else(
    faults_in: object, tmp_path: Path
) -> None:
    source = 'title = "晴天 <"\nis_long = n_tracks < 10  # 十\n'
    found = faults_in(source)  # type: ignore[operator]
    assert ("n_tracks < 10", "(n_tracks <= 10)") in found
    fault = next(f for f in mutants.faults_of(Path("src/songloom/core/x.py")) if "<=" in f.after)
    planted = fault.planted(source.encode()).decode()
    assert planted == source.replace("n_tracks < 10", "(n_tracks <= 10)")
    assert fault.line == 2
    assert "core/x.py:2" in str(fault)


@given(seed=st.integers(0, 2**32))
def test_every_real_fault_is_still_python(seed: int) -> None:
    """Planted anywhere in core or a room's services, the file parses and differs."""
    path = random.Random(seed).choice(mutants.places())
    source = (ROOT / path).read_bytes()
    faults = list(mutants.faults_of(path))
    if faults:
        planted = random.Random(seed).choice(faults).planted(source)
        assert ast.dump(ast.parse(planted)) != ast.dump(ast.parse(source))


def test_the_same_seed_chooses_the_same_faults_and_another_others() -> None:
    once, again, other = (mutants.chosen(20, seed, "core/query") for seed in (1, 1, 2))
    assert once == again
    assert once != other
    assert len(once) == 20
    assert len(set(once)) == 20


def test_faults_come_from_core_and_services_alone() -> None:
    for path in mutants.places():
        assert "core" in path.parts or path.stem == "services" or "services" in path.parts
        assert "migrations" not in path.parts
    rooms = {path.parts[2] for path in mutants.places()}
    assert {"core", "library", "search", "generate", "process", "jobs"} <= rooms


def test_no_file_gets_more_than_its_share() -> None:
    """A long table of numbers must not take all the faults."""
    faults = mutants.chosen(100, 1, "")
    most = max(sum(fault.path == path for fault in faults) for path in {f.path for f in faults})
    assert most <= 10
    assert len({fault.path for fault in faults}) >= 40


def test_tests_are_asked_from_near_to_far(tmp_path: Path) -> None:
    bench = mutants.Bench.__new__(mutants.Bench)
    bench.folder = tmp_path
    for folder in ("tests/core/query", "tests/search", "tests/e2e", "tests/cli"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "tests/core/query/test_text.py").touch()
    stages = list(bench.stages(Path("src/songloom/core/query/text.py")))
    assert stages[0] == ["tests/core/query/test_text.py"]
    assert stages[1] == ["tests/core/query"]
    assert "tests/search" in stages[2]
    assert "tests/e2e" not in stages[2]
    (first, *_) = bench.stages(Path("src/songloom/search/services.py"))
    assert first == ["tests/search"]
