"""On every newer Python that this machine has, the wheel installs and does a library's work."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.wheels import build_wheel, clean_environment, find_python
from tests.shelf import wav_bytes

pytestmark = pytest.mark.slow

NEWER = ("3.12", "3.13", "3.14")  # 3.11 is what the other tests run on
TONE_HZ, TONE_S = 440.0, 4.0


@dataclass(frozen=True)
class Installed:
    """The wheel in a clean environment of one Python, with a home of its own."""

    version: str
    python: Path
    home: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One verb; a warning of ours about the language itself is an error."""
        given = {k: v for k, v in os.environ.items() if not k.startswith(("SONGLOOM_", "PYTHON"))}
        given |= {"SONGLOOM_HOME": str(self.home), "PYTHONWARNINGS": "error::SyntaxWarning"}
        return subprocess.run(
            [str(self.python.with_name("songloom")), *arguments],
            cwd=self.home.parent,
            env=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def document(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module", params=NEWER)
def installed(
    request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    version: str = request.param
    python = find_python(version)
    if python is None:
        pytest.skip(f"this machine has no Python {version}")
    folder = tmp_path_factory.mktemp(f"python {version}")
    inside = clean_environment(folder / "environment", wheel, python)
    return Installed(version, inside, folder / "home")


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    path = tmp_path / "a tone.wav"
    path.write_bytes(wav_bytes(TONE_S, TONE_HZ))
    return path


def test_it_is_that_python_and_the_wheel_starts(installed: Installed) -> None:
    said = subprocess.run(
        [str(installed.python), "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith(f"Python {installed.version}.")
    assert installed.run("--version").stdout.startswith("songloom ")


def test_it_measures_a_tone(installed: Installed, tone: Path) -> None:
    (measured,) = installed.document("analyse", str(tone))["files"]
    assert measured["features"]["dominant_hz"] == pytest.approx(TONE_HZ, rel=0.001)
    assert measured["features"]["duration_s"] == pytest.approx(TONE_S)


def test_it_keeps_finds_and_exports_a_song(installed: Installed, tone: Path) -> None:
    (added,) = installed.document("add", str(tone))["added"]
    found = installed.document("search", "tone")["tracks"]
    assert [track["id"] for track in found] == [added["id"]]
    table = tone.with_name("all.csv")
    assert installed.run("csv", "export", str(table), "tone").returncode == 0
    assert len(table.read_text("utf-8-sig").splitlines()) == 2
    assert installed.document("verify", "--deep")["ok"]


def test_it_composes(installed: Installed) -> None:
    (piece,) = installed.document("generate", "一首华尔兹", "--seconds", "5", "--seed", "1")[
        "pieces"
    ]
    assert Path(piece["audio"]).stat().st_size > 10_000


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("echo 3.13", True),
        ("echo 3.12", False),  # another one under that name
        ("echo not chosen >&2; exit 127", False),  # what pyenv says
    ],
)
def test_a_name_on_the_path_is_not_yet_a_python(
    program: str,
    expected: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: Callable[[Path, str], Path],
) -> None:
    there = script(tmp_path / "python3.13", program)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
    assert find_python("3.13") == (there if expected else None)


@pytest.fixture
def script() -> Callable[[Path, str], Path]:
    def write(path: Path, body: str) -> Path:
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return write


def test_pyenvs_newest_is_taken_by_number_and_not_by_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: Callable[[Path, str], Path]
) -> None:
    for release in ("3.13.2", "3.13.10"):
        folder = tmp_path / "versions" / release / "bin"
        folder.mkdir(parents=True)
        script(folder / "python", "echo 3.13")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    found = find_python("3.13")
    assert found is not None
    assert "3.13.10" in str(found)
