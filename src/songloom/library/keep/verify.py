"""Checks that rows and bytes agree; read-only unless asked to repair."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from songloom.library import storage
from songloom.library.keep.sweeping import is_old, remove, stale
from songloom.library.models import Cover, File, Rendition
from songloom.library.services.storing import path_of

ScoreRows = Callable[[], Iterable[tuple[str, str]]]
_score_rows: ScoreRows = tuple


def scores_from(rows: ScoreRows) -> None:
    """Say who speaks of the scores: (id, sha256) of each. The room that writes them lies above."""
    global _score_rows
    _score_rows = rows


def verify(*, is_deep: bool = False, repair: bool = False) -> dict[str, Any]:
    """Look at every row and every stored file.

    returns {"ok", "problems": [{"code", "path" or "id"}], "repaired"}; codes: missing_file,
    changed_file (deep), missing_rendition, missing_cover, missing_score, orphan, stale_temp,
    database. Repair removes orphans and old temp files; it never touches what a row speaks of, but
    for rows of renditions whose bytes are gone: they can be made again. A folder with something in
    it is no work of ours: it is named and left.
    """
    problems = [
        *_database(),
        *_files(is_deep),
        *_renditions(repair),
        *_covers(),
        *_scores(),
        *_orphans(repair),
        *_stale(repair),
    ]
    repaired = sum(bool(problem.pop("is_repaired", False)) for problem in problems)
    return {"ok": len(problems) == repaired, "problems": problems, "repaired": repaired}


Problems = Iterator[dict[str, Any]]


def _database() -> Problems:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check")
            said = cursor.fetchone()[0]
            cursor.execute("PRAGMA foreign_key_check")
            dangling = cursor.fetchone()
        if said != "ok" or dangling:
            yield {"code": "database", "path": "db.sqlite3"}


def _files(is_deep: bool) -> Problems:
    for file in File.objects.select_related("folder").filter(missing_at=None).iterator():
        path: Path = path_of(file)
        if not path.is_file():
            yield {"code": "missing_file", "id": str(file.pk)}
        elif is_deep and _sha256(path) != file.sha256:
            yield {"code": "changed_file", "id": str(file.pk)}


def _renditions(repair: bool) -> Problems:
    for made in Rendition.objects.iterator():
        if not storage.path_of(made.sha256, "renditions").is_file():
            if repair:
                made.delete()
            yield {"code": "missing_rendition", "id": str(made.pk), "is_repaired": repair}


def _covers() -> Problems:
    for cover in Cover.objects.iterator():
        if not storage.path_of(cover.sha256, "covers").is_file():
            yield {"code": "missing_cover", "id": str(cover.pk)}


def _scores() -> Problems:
    for spoken_by, sha256 in _score_rows():
        if not storage.path_of(sha256, "scores").is_file():
            yield {"code": "missing_score", "id": spoken_by}


def _orphans(repair: bool) -> Problems:
    spoken_of = {
        "audio": set(File.objects.filter(folder=None).values_list("sha256", flat=True)),
        "renditions": set(Rendition.objects.values_list("sha256", flat=True)),
        "covers": set(Cover.objects.values_list("sha256", flat=True)),
        "scores": {sha256 for _, sha256 in _score_rows()},
    }
    root: Path = settings.MEDIA
    for shelf, known in spoken_of.items():
        for path in sorted((root / shelf).glob("*/*")):
            if path.name not in known and is_old(path):
                is_gone = repair and _removed(path)
                relative = str(path.relative_to(root))
                yield {"code": "orphan", "path": relative, "is_repaired": is_gone}


def _removed(path: Path) -> bool:
    """A file, or an empty folder: whoever put a full one there may want what is in it."""
    if path.is_dir() and any(path.iterdir()):
        return False
    return remove(path)


def _stale(repair: bool) -> Problems:
    for path in stale():
        yield {"code": "stale_temp", "path": path.name, "is_repaired": repair and remove(path)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
