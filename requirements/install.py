"""Makes .venv from the hashed locks: `python3 requirements/install.py SET` (see LOCKS).

Needs nothing but a Python ≥ 3.11 with venv, works in a path with a space, and does nothing (and
needs no network) while the stamp in .venv still matches the locks. pip's own settings (index,
links, certificate) are handed on to uv, which does not read them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
# Training has environments of its own: neither `make setup` nor `make up` carries Keras.
VENV = ROOT / (f".venv-{sys.argv[1]}" if sys.argv[1:] in (["train"], ["tensorflow"]) else ".venv")
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "songloom.json"
LOCKS = {
    "run": ["build.txt", "run.txt"],
    "server": ["build.txt", "run.txt", "extras.txt"],  # with databases, brokers and S3
    "dev": ["build.txt", "run.txt", "extras.txt", "dev.txt"],
    "train": ["build.txt", "run.txt", "dev.txt", "train.txt"],
    "tensorflow": ["build.txt", "run.txt", "extras.txt", "dev.txt", "tensorflow.txt"],
}
OLDEST = (3, 11)


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted not in LOCKS:
        sys.exit("usage: install.py run|server|dev|train|tensorflow")
    if sys.version_info < OLDEST:
        sys.exit(f"Songloom needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    digest = digest_of(wanted)
    stamps = read_stamps()
    if stamps.get(wanted) == digest:
        return
    if not PYTHON.exists() or stamps.get("root", str(ROOT)) != str(ROOT):
        make_venv()
        stamps = {}
    install(wanted)
    done = {name: digest_of(name) for name in LOCKS if set(LOCKS[name]) <= set(LOCKS[wanted])}
    STAMP.write_text(json.dumps({**stamps, **done, "root": str(ROOT)}))


def digest_of(wanted: str) -> str:
    """What the installed set depends on: the locks, the project's metadata, where it stands."""
    parts = [(HERE / lock).read_bytes() for lock in LOCKS[wanted]]
    parts += [(ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def read_stamps() -> dict[str, str]:
    try:
        stamps: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamps


def make_venv() -> None:
    """An empty environment with pip; an older or moved one is replaced."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"{sys.executable} cannot make a virtual environment: it lacks venv or ensurepip.\n"
            f"On Debian and Ubuntu: apt-get install python{version}-venv"
        )
    print(f"Making {VENV.name} with Python {sys.version.split()[0]} …", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    run(sys.executable, "-m", "venv", str(VENV))


def install(wanted: str) -> None:
    print(f"Installing what {LOCKS[wanted][-1]} names …", flush=True)
    build, *others = [str(HERE / lock) for lock in LOCKS[wanted]]
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    run(*pip, "install", "-q", "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", build)
    uv = [str(PYTHON), "-m", "uv", "--no-config", "pip", "install", "--python", str(PYTHON), "-q"]
    sets = [argument for lock in others for argument in ("-r", lock)]
    install_locked([*uv, "--no-deps", "--only-binary=:all:", "--require-hashes", *sets], pip)
    run(*pip, "install", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))


def install_locked(command: list[str], pip: list[str]) -> None:
    """From the main index; where that fails, from pip's extra indexes as well.

    Not from all at once: an extra index that holds a poorer build of the same release would win.
    """
    settings = pip_settings(pip)
    alone = {name: value for name, value in settings.items() if name != "extra-index-url"}
    if settings.get("extra-index-url") and succeeds(command, uv_environment(alone)):
        return
    run(*command, **uv_environment(settings))


def pip_settings(pip: list[str]) -> dict[str, str]:
    """`pip config list` as a dictionary; later lines (environment) win over earlier (system)."""
    listed = subprocess.run([*pip, "config", "list"], check=True, capture_output=True, text=True)
    settings: dict[str, str] = {}
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        settings[name.rpartition(".")[2].strip(":").replace("_", "-")] = value.strip("'\"")
    return settings


def uv_environment(settings: dict[str, str]) -> dict[str, str]:
    """What pip is told about indexes and certificates, in uv's words."""
    words = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
        "timeout": "UV_HTTP_TIMEOUT",
        "default-timeout": "UV_HTTP_TIMEOUT",
        "trusted-host": "UV_INSECURE_HOST",
    }
    told = {ours: settings[theirs] for theirs, ours in words.items() if settings.get(theirs)}
    for name in ("UV_INDEX", "UV_FIND_LINKS", "UV_INSECURE_HOST"):
        if name in told:
            separator = "," if name == "UV_FIND_LINKS" else " "
            told[name] = separator.join(told[name].replace("\\n", " ").split())
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **told}


def succeeds(command: list[str], environment: dict[str, str]) -> bool:
    """Run one step; the user's own uv settings win over those taken from pip."""
    given = {**environment, **os.environ}
    given.pop("PYTHONHOME", None)
    return subprocess.run(command, env=given, check=False).returncode == 0


def run(*command: str, **environment: str) -> None:
    if not succeeds(list(command), environment):
        sys.exit(f"This step failed, see above: {' '.join(command)}")


if __name__ == "__main__":
    main()
