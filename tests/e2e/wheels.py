"""Our wheel, and clean environments that hold it and the locked run time, nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "requirements"))

from install import install_locked  # noqa: E402

ASK = "import sys, venv; print('.'.join(map(str, sys.version_info[:2])))"


def build_wheel(out: Path) -> Path:
    """Build songloom-*.whl into a folder."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("songloom-*.whl")
    return built


def clean_environment(folder: Path, wheel: Path, python: Path = Path(sys.executable)) -> Path:
    """The Python of a new environment; only wheels whose hashes are locked go in."""
    subprocess.run([str(python), "-m", "venv", "--without-pip", str(folder)], check=True)
    inside = folder / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "--no-config", "pip", "install", "-q", "--no-deps"]
    lock = str(ROOT / "requirements" / "run.txt")
    hashed = ["--only-binary=:all:", "--require-hashes", "-r", lock]
    for what in (hashed, [str(wheel)]):
        install_locked([*uv, "--python", str(inside), *what], [sys.executable, "-m", "pip"])
    return inside


def find_python(version: str) -> Path | None:
    """The newest Python of this version, on the path or kept by pyenv, that makes environments.

    A name on the path proves nothing: pyenv's are there for versions that are not chosen.
    """
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = sorted(kept.glob(f"{version}.*/bin/python"), key=_numbers, reverse=True)
    on_path = shutil.which(f"python{version}")
    for program in [*([Path(on_path)] if on_path else []), *found]:
        said = subprocess.run(
            [str(program), "-c", ASK], capture_output=True, text=True, check=False
        )
        if said.stdout.strip() == version:
            return program
    return None


def _numbers(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path.parts[-3])]
