"""`songloom analyse FILE|FOLDER…`: measures files; no home, no database, no Django."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songloom.errors import BadValue, SongloomError
from songloom.interfaces.cli.language import _, ngettext
from songloom.interfaces.cli.output import say, warn
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb

if TYPE_CHECKING:
    from songloom.core.features.ledger import Asked, Ledger

FORMATS = ("json", "csv", "parquet")
MOST_JOBS = 256
DONE, FAILED = 0, 1


def verbs() -> list[Verb]:
    return [
        Verb(
            "analyse",
            lambda: _("Measure audio files and folders of them; needs no library."),
            _arguments,
            analyse,
            is_pure=True,
            wrong=_wrong,
        )
    ]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar=_("FILE|FOLDER"))
    parser.add_argument(
        "--jobs", type=int, metavar="N", help=_("files at once; default: all cores")
    )
    parser.add_argument("--format", choices=FORMATS, help=_("a table or a document of all files"))
    parser.add_argument(
        "--out", type=Path, metavar=_("FILE"), help=_("written when all is measured; else printed")
    )
    parser.add_argument("--header", choices=("zh", "en"), default="zh", help=_("its language"))
    parser.add_argument(
        "--afresh", action="store_true", help=_("measure again what an earlier run measured")
    )


def _wrong(given: Arguments) -> str | None:
    form = _form(given)
    as_json = getattr(given, "json", False)
    if given.jobs is not None and not 1 <= given.jobs <= MOST_JOBS:
        return _("--jobs takes 1 to %(most)s") % {"most": MOST_JOBS}
    if given.out and given.out.suffix.lower() != f".{form}":
        return _("--out ends in .json, .csv or .parquet, as --format says")
    if form == "parquet" and not given.out:
        return _("a parquet file needs a name: --out FILE")
    if as_json and not given.out and form not in (None, "json"):
        return _("--json prints JSON; name a file for the table: --out FILE")
    return None


def _form(given: Arguments) -> str | None:
    ending = given.out.suffix.lower()[1:] if given.out else ""
    return given.format or (ending if ending in FORMATS else None)


def analyse(given: Arguments) -> Outcome | int:
    """Done when at least one file could be measured; a bad one never stops the others."""
    from songloom.core.features.ledger import Ledger

    is_batch = bool(given.format or given.out) or any(map(os.path.isdir, given.files))
    _check_out(given.out)
    with Ledger(_place() if is_batch else None) as ledger:
        for name in given.files:
            _ask(ledger, name)
        if given.afresh:
            ledger.forget()
        counted = _measure(ledger, given.jobs or _cores())
        if given.out:
            return _written(ledger, given, counted)
        return _printed(ledger, given)


def _cores() -> int:
    """Those that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _check_out(out: Path | None) -> None:
    """Now, not after hours of work."""
    if out is not None and not (out.parent.is_dir() and os.access(out.parent, os.W_OK)):
        raise BadValue(f"--out cannot be written: {out.parent} is no folder that takes files")


def _place() -> Path | None:
    """Where earlier runs are remembered; None where nothing can be kept."""
    place = Path.home() / ".cache" / "songloom" / "analysed.sqlite3"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return place


def _ask(ledger: Ledger, name: str) -> None:
    """For a file, or for all audio files below a folder, in the order of their names."""
    from songloom.acquire.walking import audio_files
    from songloom.core.features.ledger import MISSING

    if os.path.isdir(name):
        root = Path(os.path.abspath(name))
        try:
            for seen in audio_files(root):
                inside = os.path.join(name, seen.path)
                ledger.want(inside, str(root / seen.path), seen.size_bytes, seen.modified_ns)
        except SongloomError as exc:  # the others are measured all the same
            warn(f"{name}: {exc}")
        return
    try:
        status = os.stat(name)
        ledger.want(name, os.path.abspath(name), status.st_size, status.st_mtime_ns)
    except (OSError, ValueError):
        ledger.want(name, os.path.abspath(name), MISSING, 0)


# ------------------------------------------------------------------ measuring


def _measure(ledger: Ledger, n_jobs: int) -> dict[str, int]:
    """What is left; returns how many there are and how many were measured before."""
    from songloom.core.features.many import measure_all

    n_all, n_left = ledger.counts()
    with _shown(n_all, n_all - n_left) as (begins, told):
        try:
            measure_all(ledger, max(1, min(n_jobs, n_left)), told, begins)
        except KeyboardInterrupt:
            words = _("%(n)s of %(all)s files are measured and kept; the same command goes on.")
            warn(words % {"n": n_all - ledger.counts()[1], "all": n_all})
            raise
    return {"n_files": n_all, "n_known": n_all - n_left}


@contextmanager
def _shown(
    n_all: int, n_known: int
) -> Iterator[tuple[Callable[[str], None], Callable[[Asked, Any], None]]]:
    """Progress on standard error where that is a terminal."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    bars = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(
        *bars,
        "{task.description}",
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        shown = progress.add_task("", total=n_all, completed=n_known)

        def begins(name: str) -> None:
            progress.update(shown, description=escape(os.path.basename(name)))

        def told(asked: Asked, row: Any) -> None:
            progress.advance(shown)

        yield begins, told


# ------------------------------------------------------------------ telling


def _printed(ledger: Ledger, given: Arguments) -> int:
    from songloom.interfaces.cli import measured

    form = _form(given)
    counted = measured.Counted(ledger.rows())
    if form == "csv":
        pieces: Iterable[str] = measured.csv_pieces(counted, given.header)
    elif form == "json" or getattr(given, "json", False):
        pieces = measured.json_pieces(counted)
    else:
        pieces = (f"{line}\n" for name, row in counted for line in _lines(name, row))
    for piece in pieces:
        say(piece, end="")
    if not counted.n:
        warn("songloom: " + _("There is no audio file here."))
    return DONE if counted.n_measured else FAILED


def _written(ledger: Ledger, given: Arguments, document: dict[str, Any]) -> Outcome:
    from songloom.interfaces.cli import measured

    counted = measured.Counted(ledger.rows(), lists_refused=True)
    measured.write(counted, given.out, _form(given) or "json", given.header)
    said = {"path": str(given.out), **document, "refused": counted.refused}
    lines = [f"! {one['path']}: {one['message']}" for one in counted.refused]
    words = ngettext("%(n)s file measured: %(path)s", "%(n)s files measured: %(path)s", counted.n)
    lines.append(words % {"n": counted.n_measured, "path": given.out})
    return Outcome(said, lines, is_done=counted.n_measured > 0)


def _lines(path: str, row: dict[str, Any]) -> list[str]:
    """What fits on a screen; `--json` has everything."""
    from songloom.core.features import BASIC

    if row["error"]:
        return [f"{path}: {row['error']['message']}"]
    features = row["features"]
    return [path, *(f"  {name:<20} {_value(features.get(name))}" for name in BASIC)]


def _value(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)
