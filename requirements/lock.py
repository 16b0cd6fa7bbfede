"""Writes requirements/*.txt anew, with hashes, for every platform: `make lock`.

`make lock ARGS=--upgrade` takes the newest releases, else those already locked stay.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from install import HERE, PYTHON, ROOT, pip_settings, run, uv_environment

EXTRAS = ("celery", "mongo", "mysql", "parquet", "postgres", "s3")  # what `make setup` installs

SETS = {
    # First the widest set: what every extra agrees to is what the run time gets.
    "extras.txt": ["pyproject.toml", *(w for extra in EXTRAS for w in ("--extra", extra))],
    "run.txt": ["pyproject.toml", "-c", "requirements/extras.txt"],
    "dev.txt": [
        "requirements/dev.in",
        *("-c", "requirements/run.txt", "-c", "requirements/extras.txt"),
    ],
    "train.txt": [
        *("pyproject.toml", "--extra", "train"),
        *("-c", "requirements/run.txt", "-c", "requirements/dev.txt"),
    ],
    "tensorflow.txt": [
        *("pyproject.toml", "--extra", "tensorflow"),
        *("-c", "requirements/run.txt", "-c", "requirements/dev.txt"),
    ],
    "build.txt": ["requirements/build.in"],
}


def main() -> None:
    elsewhere = ("extra-index-url", "find-links")  # they may hold a part of a release's files
    settings = pip_settings([str(PYTHON), "-m", "pip"])
    told = uv_environment({k: v for k, v in settings.items() if k not in elsewhere})
    for lock, sources in SETS.items():
        run(
            *(str(PYTHON), "-m", "uv", "--no-config", "-q", "pip", "compile", *sources),
            *("--generate-hashes", "--universal", "--python-version", "3.11"),
            *("--no-emit-index-url", "--no-emit-find-links"),
            *("--custom-compile-command", "make lock"),
            *("-o", f"requirements/{lock}", *sys.argv[1:]),
            **told,
        )
        refuse_addresses(HERE / lock)


def refuse_addresses(lock: Path) -> None:
    """A lock names packages and hashes, never the place that they came from on this machine."""
    for line in lock.read_text().splitlines():
        if "://" in line or line.startswith(("-i ", "--index", "--extra-index", "--find-links")):
            sys.exit(f"{lock.name} holds an address: {line}")


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
