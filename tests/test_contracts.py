"""The import contracts notice what they are there for: each kind of wrong turn, planted once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package and its contracts, for wrong turns."""
    folder = tmp_path_factory.mktemp("tree")
    left_out = shutil.ignore_patterns("__pycache__", "static", "templates", "locale", "soundfonts")
    shutil.copytree(ROOT / "src", folder / "src", ignore=left_out)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def linted(tree: Path) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "PYTHONPATH": str(tree / "src"), "NO_COLOR": "1"}
    command = [sys.executable, "-c", LINT]
    return subprocess.run(command, cwd=tree, env=given, capture_output=True, text=True, check=False)


def test_the_house_as_it_is_keeps_every_contract(tree: Path) -> None:
    done = linted(tree)
    assert done.returncode == 0, done.stdout
    assert "6 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("where", "line", "broken"),
    [
        ("search/services.py", "import songloom.process", "1."),  # rooms of the way are strangers
        ("library/ids.py", "import songloom.search", "1."),  # a noun knows no room
        ("core/query/text.py", "import songloom.library", "1."),
        ("generate/services/asking.py", "import songloom.interfaces.rest", "1."),
        ("interfaces/cli/tracks.py", "import songloom.config", "1."),
        ("errors.py", "import songloom.core", "1."),
        ("interfaces/cli/tracks.py", "import songloom.interfaces.rest", "2."),
        ("interfaces/web/chips.py", "import songloom.interfaces.subsonic", "2."),
        ("core/query/text.py", "import django", "3."),
        ("core/features/beats.py", "import socket", "3."),
        ("learn/training.py", "import keras", "4."),
        ("core/learning/neighbours.py", "import jax", "4."),
        ("acquire/adding.py", "import httpx", "5."),
        ("library/services/covers.py", "import requests", "5."),
        ("library/exchange/entering.py", "import pymongo", "5."),
        ("interfaces/cli/storing.py", "import gridfs", "5."),
        ("library/storage/__init__.py", "import boto3", "6."),
        ("play/services.py", "import storages", "6."),
    ],
)
def test_a_wrong_turn_is_noticed(tree: Path, where: str, line: str, broken: str) -> None:
    path = tree / "src" / "songloom" / where
    sound = path.read_text()
    path.write_text(f"{sound}\n{line}\n")
    try:
        done = linted(tree)
    finally:
        path.write_text(sound)
    assert done.returncode == 1, done.stdout
    assert any(said.startswith(broken) and "BROKEN" in said for said in done.stdout.splitlines()), (
        done.stdout
    )


def test_a_room_that_stands_in_no_layer_is_noticed(tree: Path) -> None:
    stray = tree / "src" / "songloom" / "attic"
    stray.mkdir()
    (stray / "__init__.py").touch()
    try:
        assert linted(tree).returncode != 0
    finally:
        shutil.rmtree(stray)


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("import pickle\n", "TID251"),
        ("import socket\n", "TID251"),
        ("from urllib.request import urlopen\n", "TID251"),
        ("import datetime\nnow = datetime.datetime.now()\n", "DTZ005"),
        ("import subprocess\nsubprocess.run('ls', shell=True)\n", "S602"),
        ("def f(a):\n" + "".join(f"    if a == {i}:\n        a = {i}\n" for i in range(9)), "C901"),
    ],
)
def test_ruff_notices_what_import_linter_cannot_see(code: str, rule: str) -> None:
    """As a file of a room would be: with the project's own configuration."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "-q",
        "--no-cache",
        "--output-format",
        "concise",
    ]
    done = subprocess.run(
        [*command, "--stdin-filename", "src/songloom/acquire/new.py", "-"],
        cwd=ROOT, input=code, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert rule in done.stdout
