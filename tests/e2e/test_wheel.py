"""A built wheel installs into a clean environment, and everything runs from it."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.config.living import Up
from tests.e2e.wheels import ROOT, build_wheel, clean_environment

pytestmark = pytest.mark.slow

PACKAGE = ROOT / "src" / "songloom"
DATA = {
    ".html",
    ".css",
    ".js",
    ".svg",
    ".png",
    ".woff2",
    ".toml",
    ".mo",
    ".safetensors",
    ".sf3",
    ".json",
    ".typed",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clean_environment(tmp_path_factory.mktemp("clean env") / "with space", wheel)


@pytest.fixture(scope="module")
def up(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with Up(tmp_path_factory.mktemp("home"), python=python) as running:
        yield running


def test_the_wheel_holds_every_file_of_the_package_and_no_other(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {
        f"songloom/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and (path.suffix in DATA or path.suffix == ".py")
    }
    assert wanted - packed == set()
    assert {name for name in packed if not name.startswith("songloom/")} == set()
    assert not [name for name in packed if "__pycache__" in name or name.endswith(".pyc")]


@pytest.mark.parametrize(
    "ending",
    ["/card.toml", ".safetensors", ".html", ".css", ".js", ".sf3", "django.mo", "/py.typed"],
)
def test_templates_styles_words_model_and_cards_are_inside(wheel: Path, ending: str) -> None:
    assert any(name.endswith(ending) for name in zipfile.ZipFile(wheel).namelist())


def test_the_wheel_says_its_licence(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (about,) = (name for name in archive.namelist() if name.endswith("METADATA"))
    assert "License-Expression: GPL-3.0-or-later" in archive.read(about).decode()
    assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())


def test_it_runs_from_the_clean_environment_and_not_from_the_tree(
    python: Path, tmp_path: Path
) -> None:
    command = [str(python), "-c", "import songloom; print(songloom.__file__)"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not done.stdout.startswith(str(ROOT))
    command = [str(python.parent / "songloom"), "--version"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout


def test_up_serves_pages_styles_and_translations(up: Up) -> None:
    with httpx.Client(base_url=up.url, timeout=60, follow_redirects=True) as client:
        page = client.get("/", headers={"accept-language": "zh-CN"})
        assert page.status_code == 200
        assert 'lang="zh' in page.text
        styles = [
            part.split('"')[1]
            for part in page.text.split("href=")[1:]
            if ".css" in part.split('"')[1]
        ]
        assert styles
        assert all(client.get(style).status_code == 200 for style in styles)


def test_it_composes_without_anything_from_outside(up: Up, python: Path, tmp_path: Path) -> None:
    command = [
        str(python),
        "-m",
        "songloom",
        "generate",
        "a calm piano waltz",
        "--seconds",
        "8",
        "--json",
    ]
    given = {**os.environ, "SONGLOOM_HOME": str(up.home)}
    done = subprocess.run(
        command, cwd=tmp_path, env=given, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (piece,) = json.loads(done.stdout)["pieces"]
    assert Path(piece["audio"]).stat().st_size > 10_000
