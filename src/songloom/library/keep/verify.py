"""Checks that rows and bytes agree; read-only unless asked to repair."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection

from songloom.errors import StorageAway
from songloom.library import storage
from songloom.library.keep.sweeping import OLD_S, remove, stale
from songloom.library.models import Cover, File, Rendition
from songloom.library.services.believing import is_unchanged
from songloom.library.services.storing import is_there

Rows = Callable[[], Iterable[tuple[str, str]]]
_spoken: dict[storage.Shelf, tuple[Rows, str]] = {}


def spoken_by(shelf: storage.Shelf, rows: Rows, *, missing: str = "") -> None:
    """Say who speaks of what lies on a shelf: (id, sha256) of each. The rooms lie above.

    missing  the code of a row whose bytes are lost; none where they come and go by themselves
    """
    _spoken[shelf] = (rows, missing)


OLD_UPLOAD_S = 86_400  # a large file over a slow line takes hours


def verify(*, is_deep: bool = False, repair: bool = False) -> dict[str, Any]:
    """Look at every row and every stored file.

    returns {"ok", "problems": [{"code", "path" or "id"}], "repaired"}; codes: missing_file,
    changed_file (deep), missing_rendition, missing_cover, missing_score, missing_model, orphan,
    stale_temp, stale_upload, database. Repair removes orphans and what is half-way and old; it
    never touches what a row speaks of, but for rows of renditions whose bytes are gone: they can
    be made again.
    A folder with something in it is no work of ours: it is named and left.
    """
    problems = [
        *_database(),
        *_files(is_deep),
        *_renditions(repair),
        *_covers(),
        *_of_rooms(),
        *_orphans(repair),
        *_stale(repair),
        *_unfinished(repair),
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
    there = _names("audio")
    for file in File.objects.select_related("folder").filter(missing_at=None).iterator():
        is_listed = file.is_managed and file.sha256 in there
        if not (is_listed or is_there(file)):
            yield {"code": "missing_file", "id": str(file.pk)}
        elif is_deep and not _is_whole(file):
            yield {"code": "changed_file", "id": str(file.pk)}


def _renditions(repair: bool) -> Problems:
    there = _names("renditions")
    for made in Rendition.objects.iterator():
        if not (made.sha256 in there or storage.is_there(made.sha256, "renditions")):
            if repair:
                made.delete()
            yield {"code": "missing_rendition", "id": str(made.pk), "is_repaired": repair}


def _covers() -> Problems:
    there = _names("covers")
    for cover in Cover.objects.iterator():
        if not (cover.sha256 in there or storage.is_there(cover.sha256, "covers")):
            yield {"code": "missing_cover", "id": str(cover.pk)}


def _of_rooms() -> Problems:
    for shelf, (rows, missing) in _spoken.items():
        there = _names(shelf) if missing else set()
        for pk, sha256 in rows() if missing else ():
            if not (sha256 in there or storage.is_there(sha256, shelf)):
                yield {"code": missing, "id": pk}


def _names(shelf: storage.Shelf) -> set[str]:
    """What lies on a shelf, asked for at once: a far storage lists a thousand with each answer."""
    return {entry.name for entry in storage.store().entries(shelf)}


def _orphans(repair: bool) -> Problems:
    spoken_of: dict[storage.Shelf, set[str]] = {
        "audio": set(File.objects.filter(folder=None).values_list("sha256", flat=True)),
        "renditions": set(Rendition.objects.values_list("sha256", flat=True)),
        "covers": set(Cover.objects.values_list("sha256", flat=True)),
    }
    spoken_of |= {shelf: {sha256 for _, sha256 in rows()} for shelf, (rows, _) in _spoken.items()}
    store = storage.store()
    for shelf, known in spoken_of.items():
        for entry in store.entries(shelf):
            if entry.name not in known and time.time() - entry.modified_s > OLD_S:
                is_gone = repair and store.remove(entry.key)
                yield {"code": "orphan", "path": entry.key, "is_repaired": is_gone}


def _stale(repair: bool) -> Problems:
    for path in stale():
        yield {"code": "stale_temp", "path": path.name, "is_repaired": repair and remove(path)}


def _unfinished(repair: bool) -> Problems:
    store = storage.store()
    for key in list(store.unfinished(older_than_s=OLD_UPLOAD_S)):
        if repair:
            store.end_unfinished(key)
        yield {"code": "stale_upload", "path": key, "is_repaired": repair}


def _is_whole(file: File) -> bool:
    """Whether the bytes where they lie, past every cache, are those that were noted."""
    if not file.is_managed:
        return is_unchanged(file)
    digest = hashlib.sha256()
    try:
        for piece in storage.store().pieces(file.sha256, "audio"):
            digest.update(piece)
    except (OSError, StorageAway):
        return False
    return digest.hexdigest() == file.sha256
