"""The measures that hold the house in shape: sizes, names, who may touch what."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "songloom"
VAGUE = {"utils", "helpers", "common", "manager", "handler", "data", "info", "misc", "base"}
ROOMS_OF_THE_WAY = (
    "acquire",
    "process",
    "analyse",
    "learn",
    "search",
    "generate",
    "play",
    "curate",
)
NAMED_BY_DJANGO = {"src/songloom/config/mysql/base.py"}  # where it looks for a back end
Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_migration(path: Path) -> bool:
    return "migrations" in path.parts


def modules_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if not is_migration(path))


def is_kernel(path: Path) -> bool:
    return path.name.startswith("kernels") and path.parent.name == "features"


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def n_lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions() -> Iterator[tuple[Path, Function]]:
    for path in modules_of(SOURCE):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, Function):
                yield path, node


def length_of(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def share_within(sizes: list[int], limit: int) -> float:
    return sum(size <= limit for size in sizes) / len(sizes)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_module_is_longer_than_400_lines() -> None:
    assert [named(path) for path in modules_of(SOURCE) if n_lines(path) > 400] == []


def test_modules_are_small_at_the_median_and_at_95_percent() -> None:
    sizes = [n_lines(path) for path in modules_of(SOURCE)]
    assert statistics.median(sizes) <= 100
    assert share_within(sizes, 300) >= 0.95


def test_no_function_is_longer_than_60_lines_or_120_in_a_numeric_kernel() -> None:
    too_long = [
        f"{named(path)}:{function.name}"
        for path, function in functions()
        if length_of(function) > (120 if is_kernel(path) else 60)
    ]
    assert too_long == []


def test_functions_are_small_at_the_median_and_at_95_percent() -> None:
    sizes = [length_of(function) for path, function in functions() if not is_kernel(path)]
    assert statistics.median(sizes) <= 9
    assert share_within(sizes, 40) >= 0.95


def test_no_function_has_more_than_8_ways_through_it() -> None:
    """McCabe's measure, whatever a line says to silence it."""
    limit = ["--select", "C901", "--config", "lint.mccabe.max-complexity = 8", "--ignore-noqa"]
    command = [sys.executable, "-m", "ruff", "check", "--quiet", "--no-cache", *limit, str(SOURCE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_there_are_at_least_1_3_lines_of_test_for_each_line_of_source() -> None:
    source = sum(n_lines(path) for path in modules_of(SOURCE))
    tests = sum(n_lines(path) for path in modules_of(ROOT / "tests"))
    assert tests / source >= 1.3


def test_every_module_says_first_what_it_is() -> None:
    silent = [
        named(path)
        for path in modules_of(SOURCE)
        if path.read_text().strip() and not ast.get_docstring(tree_of(path))
    ]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [
        named(path)
        for path in SOURCE.rglob("*")
        if path.stem in VAGUE and path.suffix in ("", ".py") and named(path) not in NAMED_BY_DJANGO
    ] == []


def test_public_functions_of_core_say_what_the_signature_cannot() -> None:
    silent = [
        f"{named(path)}:{node.name}"
        for path in modules_of(SOURCE / "core")
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.parametrize("room", ROOMS_OF_THE_WAY)
def test_a_room_of_the_way_has_verbs_that_know_no_request(room: str) -> None:
    folder = SOURCE / room
    assert (folder / "__init__.py").is_file()
    for path in modules_of(folder):
        about_requests = ("django.http", "django.shortcuts", "django.views", "ninja", "starlette")
        assert not any(name.startswith(about_requests) for name in imports_of(path)), named(path)


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def attributes_of(path: Path) -> set[str]:
    """Every dotted name that is read, as it is written: `os.environ`, `np.random.rand`."""
    return {
        ast.unparse(node) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)
    }


def test_only_config_reads_the_environment() -> None:
    readers = [
        named(path)
        for path in modules_of(SOURCE)
        if {"os.environ", "os.getenv"} & attributes_of(path)
        and path.parent.name not in ("config", "neural")
    ]
    assert readers == []


def test_what_drives_a_browser_lies_where_its_leg_looks() -> None:
    """`make test` leaves such tests out of its other legs, so elsewhere nobody would run them."""
    marked = {
        path.parent.name
        for path in modules_of(ROOT / "tests")
        if "pytest.mark.browser" in attributes_of(path)
    }
    assert marked == {"e2e"}


def test_core_has_no_clock_and_no_random_numbers_of_its_own() -> None:
    clocks = {"time.time", "datetime.now", "datetime.datetime.now", "date.today", "time.sleep"}
    lawful = {
        "np.random.Generator",
        "np.random.default_rng",
        "np.random.BitGenerator",
        "np.random.PCG64",
    }
    guilty = []
    for path in modules_of(SOURCE / "core"):
        used = attributes_of(path)
        globally_random = {name for name in used if name.startswith("np.random.")} - lawful
        if not path.name.startswith("sandbox") and (
            clocks & used or globally_random or "random" in imports_of(path)
        ):
            guilty.append(named(path))
    assert guilty == []


def test_the_layers_of_the_import_contract_are_the_rooms_that_there_are() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(each["layers"] for each in contracts if each["type"] == "layers")
    listed = {room.strip() for layer in layers for room in layer.split("|")}
    there = {
        path.stem
        for path in SOURCE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert listed == there - {"__init__"}
    assert set(ROOMS_OF_THE_WAY) < listed
