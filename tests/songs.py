"""Real songs from Debian's free game-music packages, fetched by name, cached, never committed.

    from tests.songs import song, songs
    song("knolls")                 one file by its stem
    songs("asc-music")             every song of a package
    songs()                        all of them: ogg, opus and mp3

The cache ($SONGLOOM_TEST_CACHE, default ~/.cache/songloom-tests) lets every later run work offline.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

PACKAGES = ("wesnoth-1.16-music", "warzone2100-music", "supertux-data", "asc-music")
SUFFIXES = frozenset({".ogg", ".opus", ".mp3"})
FETCH_TIMEOUT_S = 900


class SongsMissing(Exception):
    """The songs are not cached and cannot be fetched; the message says how to get them."""


def cache_folder() -> Path:
    """Where the unpacked packages lie: one folder each, named like the package."""
    chosen = os.environ.get("SONGLOOM_TEST_CACHE", "")
    return Path(chosen or Path.home() / ".cache" / "songloom-tests").expanduser().absolute()


def songs(*packages: str) -> list[Path]:
    """Every song of the named packages (default: all), sorted, so that two runs agree."""
    return [path for name in packages or PACKAGES for path in _songs_of(package(name))]


def song(stem: str) -> Path:
    """The one song whose file name without its suffix is `stem`; looks in the order of PACKAGES."""
    for name in PACKAGES:
        for path in _songs_of(package(name)):
            if path.stem == stem:
                return path
    raise LookupError(f"no song is called {stem}")


@cache
def package(name: str) -> Path:
    """The folder of one unpacked package; fetched first when it is not there yet."""
    target = cache_folder() / name
    if target.is_dir():
        return target
    with _locked(cache_folder()):
        if not target.is_dir():
            _fetch(name, target)
    return target


@cache
def _songs_of(folder: Path) -> list[Path]:
    """Music only: what lies below a folder called `music`, not the sounds of doors and jumps."""
    found = (path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    return sorted(path for path in found if "music" in path.relative_to(folder).parts)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Parallel test processes fetch one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(name: str, target: Path) -> None:
    """Download and unpack beside the target, then rename: a killed run leaves no half package."""
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise SongsMissing(f"{name} is not in {cache_folder()} and {tool} is not installed.")
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as scratch:
        archive = _download(name, Path(scratch))
        unpacked = Path(scratch) / "unpacked"
        subprocess.run(["dpkg-deb", "-x", archive, unpacked], check=True)
        unpacked.rename(target)


def _download(name: str, scratch: Path) -> Path:
    """`apt-get download`; when the lists know nothing of the package, once more with new lists.

    The lists are kept in the cache, so that it works without root and never touches the system's.
    """
    lists = cache_folder() / "apt"
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    own_lists = [
        f"-oDir::State::lists={lists}",
        "-oDir::Cache::pkgcache=",
        "-oDir::Cache::srcpkgcache=",
    ]
    attempts = (
        [["download", name]],
        [[*own_lists, "update"], [*own_lists, "download", name]],
    )
    said = ""
    for commands in attempts:
        for command in commands:
            said = _apt_get(command, scratch)
        if found := list(scratch.glob("*.deb")):
            return found[0]
    raise SongsMissing(
        f"{name} could not be downloaded; with a network, `apt-get update` and "
        f"`apt-get download {name}` must work. apt-get said:\n{said}"
    )


def _apt_get(arguments: list[str], folder: Path) -> str:
    """Run apt-get in a folder of ours; as root it would else drop its rights and fail there."""
    done = subprocess.run(
        ["apt-get", "-q", "-oAPT::Sandbox::User=root", *arguments],
        cwd=folder,
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        timeout=FETCH_TIMEOUT_S,
        check=False,
    )
    return done.stdout + done.stderr
