"""Two commands on a fresh machine: what makes .venv, what is locked, what CI runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
LOCKS = ("build.txt", "run.txt", "extras.txt", "dev.txt", "train.txt", "tensorflow.txt")
sys.path.insert(0, str(REQUIREMENTS))

import install  # noqa: E402
import lock  # noqa: E402
import system  # noqa: E402


def locked(name: str) -> dict[str, list[str]]:
    """package==version → its hashes."""
    found: dict[str, list[str]] = {}
    package = ""
    for line in (REQUIREMENTS / name).read_text().splitlines():
        if match := re.match(r"([a-z0-9][a-z0-9.-]*==[^\s;]+)", line):
            package = match[1]
            found.setdefault(package, [])
        found.setdefault(package, []).extend(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
    found.pop("", None)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_version_and_hashes(name: str) -> None:
    packages = locked(name)
    assert len(packages) > 5
    assert [package for package, hashes in packages.items() if not hashes] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address(name: str) -> None:
    lock.refuse_addresses(REQUIREMENTS / name)


@pytest.mark.parametrize(
    "line",
    ["--index-url https://x/simple", "-i x", "numpy @ https://x/numpy.whl", "--find-links /x"],
)
def test_an_address_in_a_lock_is_refused(tmp_path: Path, line: str) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text(f"numpy==2.0 \\\n{line}\n")
    with pytest.raises(SystemExit, match="address"):
        lock.refuse_addresses(bad)


def test_everything_the_project_needs_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in project["dependencies"]}  # type: ignore[index]
    there = {package.partition("==")[0] for package in locked("run.txt")}
    assert names - there == set()


def test_the_sets_agree_on_versions() -> None:
    run, dev = set(locked("run.txt")), set(locked("dev.txt"))
    by_name = {package.partition("==")[0] for package in run}
    assert {package for package in dev if package.partition("==")[0] in by_name} <= run


def test_wheels_for_several_platforms_are_locked() -> None:
    """A lock made from one machine's files alone would install nowhere else."""
    assert (
        len(locked("run.txt")[next(p for p in locked("run.txt") if p.startswith("numpy=="))]) > 20
    )
    assert (
        len(locked("run.txt")[next(p for p in locked("run.txt") if p.startswith("soundfile=="))])
        > 5
    )


def test_a_server_gets_the_drivers_of_every_engine_and_no_tools_of_tests() -> None:
    sets = {name: set(locked(name)) for name in LOCKS}
    there = {
        package.partition("==")[0] for lock in install.LOCKS["server"] for package in sets[lock]
    }
    assert {"celery", "pymysql", "psycopg", "pymongo", "django-storages", "boto3"} <= there
    assert there & {"pytest", "mypy", "keras", "tensorflow-cpu"} == set()


# --- .venv -----------------------------------------------------------------------------------


def test_what_pip_is_told_is_handed_on_to_uv() -> None:
    told = install.uv_environment(
        {
            "index-url": "https://index.example/simple",
            "extra-index-url": "https://a.example\\nhttps://b.example",
            "find-links": "/wheels /more",
            "cert": "/etc/ca.pem",
            "timeout": "60",
        }
    )
    assert told == {
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX": "https://a.example https://b.example",
        "UV_FIND_LINKS": "/wheels,/more",
        "SSL_CERT_FILE": "/etc/ca.pem",
        "UV_HTTP_TIMEOUT": "60",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    assert install.uv_environment({}) == {"UV_INDEX_STRATEGY": "unsafe-best-match"}


def test_settings_of_pip_are_read_wherever_they_stand(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nindex-url = https://one.example/simple\ntimeout = 7\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv("PIP_FIND_LINKS", "/from/environment")
    found = install.pip_settings([sys.executable, "-m", "pip"])
    assert found["index-url"] == "https://one.example/simple"
    assert found["timeout"] == "7"
    assert found["find-links"] == "/from/environment"


def test_the_digest_changes_with_what_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in LOCKS:
        shutil.copy(REQUIREMENTS / name, tmp_path / name)
    monkeypatch.setattr(install, "HERE", tmp_path)
    before = {wanted: install.digest_of(wanted) for wanted in ("run", "dev")}
    (tmp_path / "dev.txt").write_text("")
    assert install.digest_of("run") == before["run"]
    assert install.digest_of("dev") != before["dev"]
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.copy(ROOT / "pyproject.toml", moved)
    monkeypatch.setattr(install, "ROOT", moved)
    assert install.digest_of("run") != before["run"]  # a moved .venv is made anew


def test_with_a_matching_stamp_nothing_is_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stamp = tmp_path / "stamp.json"
    stamp.write_text(f'{{"run": "{install.digest_of("run")}"}}')
    monkeypatch.setattr(install, "STAMP", stamp)
    monkeypatch.setattr(sys, "argv", ["install.py", "run"])
    monkeypatch.setattr(install, "run", lambda *_: pytest.fail("something was done"))
    install.main()


@pytest.mark.parametrize("text", ["", "not json", None])
def test_a_broken_stamp_is_as_good_as_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None
) -> None:
    stamp = tmp_path / "stamp.json"
    if text is not None:
        stamp.write_text(text)
    monkeypatch.setattr(install, "STAMP", stamp)
    assert install.read_stamps() == {}


def test_a_python_without_ensurepip_is_told_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match=r"apt-get install python3\.\d+-venv"):
        install.make_venv()
    assert not (tmp_path / ".venv").exists()


def test_an_old_python_is_told_which_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "OLDEST", (99, 0))
    monkeypatch.setattr(sys, "argv", ["install.py", "run"])
    with pytest.raises(SystemExit, match=r"3\.11"):
        install.main()


def test_a_step_that_fails_stops_the_rest_and_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="exit\\(3\\)"):
        install.run(sys.executable, "-c", "import sys; sys.exit(3)")


# --- the system ------------------------------------------------------------------------------


@pytest.fixture
def without_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    there = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if "chrom" in name else there(name))
    monkeypatch.setattr(os, "geteuid", lambda: 1_000)


@pytest.mark.usefixtures("without_chromium")
def test_what_is_missing_is_named_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    system.main()
    said = capsys.readouterr().out
    assert "real browser" in said
    assert "apt-get install chromium" in said


@pytest.mark.usefixtures("without_chromium")
def test_under_ci_nothing_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SystemExit, match="nothing may be left out"):
        system.main()


# --- make ------------------------------------------------------------------------------------


def make(*arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "PATH": path or os.environ["PATH"]}
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        given.pop(name, None)
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_every_command_of_the_readme() -> None:
    said = make("help").stdout
    for target in ("up", "setup", "test", "lint", "check", "bench", "mutants", "help"):
        assert re.search(rf"^{target}\s", said, re.MULTILINE)
    assert make().stdout == said  # it is what `make` alone does


def fake(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "bin with space"
    folder.mkdir()
    for tool in ("make", "sh", "echo", "test"):
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    return folder


SHOW = "--eval=show:;@echo $(PYTHON)"


def test_the_first_python_that_can_make_an_environment_is_taken(bin_folder: Path) -> None:
    fake(bin_folder, "python3", 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
    fake(bin_folder, "python3.12", "exit 0")
    assert make(SHOW, "show", path=str(bin_folder)).stdout.strip() == "python3.12"


def test_without_such_a_one_the_first_that_is_new_enough_explains_itself(bin_folder: Path) -> None:
    fake(bin_folder, "python3", "exit 1")
    fake(bin_folder, "python3.11", 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
    assert make(SHOW, "show", path=str(bin_folder)).stdout.strip() == "python3.11"


def test_without_any_python_it_says_what_to_install(bin_folder: Path) -> None:
    fake(bin_folder, "python3", "exit 1")
    said = make("python", path=str(bin_folder))
    assert said.returncode != 0
    assert "Python 3.11 or newer" in said.stdout
    assert "apt-get install" in said.stdout


def test_ci_runs_make_test_and_nothing_hidden() -> None:
    lines = [
        line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and line[0] != "#"
    ]
    assert lines == ["set -eu", 'cd "$(dirname "$0")/.."', "export CI=true", "exec make test"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_make_test_asks_for_lint_and_the_tests() -> None:
    recipe = make("-n", "test").stdout
    for part in (
        "ruff format --check",
        "ruff check",
        "mypy",
        "importlinter",
        "-m tests.matrix",
        "pytest tests/e2e -m browser",
        "system.py",
        "KERAS_BACKEND=jax .venv-train/bin/python -m pytest",
        "KERAS_BACKEND=tensorflow .venv-tensorflow/bin/python -m pytest",
        "tests/course/running",
    ):
        assert part in recipe
