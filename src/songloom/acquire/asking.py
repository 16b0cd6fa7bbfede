"""Puts what takes long into the queue: a path to copy, an address to fetch, folders to scan."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from songloom.acquire.adding import Upload
from songloom.acquire.handing import hand_over
from songloom.acquire.receiving import received
from songloom.errors import BadTable, BadValue, Conflict, NoSuchFile
from songloom.jobs import enqueue
from songloom.jobs.models import Job
from songloom.jobs.place import HOST
from songloom.library.models import Folder, Track, User


def add_path_later(path: Path, *, owner: User, link: Track | None = None) -> Job:
    """Copy a file or a folder's files into the storage. Raises NoSuchFile at once.

    link  the catalogue entry whose sound the file is; raises BadValue for a folder, Conflict when
          it has sound already
    """
    if not path.exists():
        raise NoSuchFile("there is no such file or folder")
    arguments = {"path": str(path.absolute()), "owner_id": str(owner.pk), "place": HOST}
    if link is not None:
        if path.is_dir():
            raise BadValue("a folder cannot be the sound of one track")
        if link.has_audio:
            raise Conflict("this track has its sound already")
        arguments["link_id"] = str(link.pk)
    return enqueue("acquire.add", arguments, owner=owner, key=repr(arguments))


def add_url(url: str, *, owner: User) -> Job:
    """Fetch what lies at an address and store it. Raises BadUrl or ForbiddenAddress at once."""
    from songloom.fetch import check_url  # with httpx, 20 MB that an idle server does without

    arguments = {"url": check_url(url, allow=settings.FETCH_ALLOW), "owner_id": str(owner.pk)}
    return enqueue("acquire.url", arguments, owner=owner, key=repr(arguments))


def scan_later(*, owner: User, folder: Folder | None = None, accepts_missing: bool = False) -> Job:
    """Scan one linked folder, or all that this user may know of.

    The user's scan of the same that waits or runs already is returned.
    """
    arguments: dict[str, object] = {"owner_id": str(owner.pk), "place": HOST}
    if folder is not None:
        arguments["folder_id"] = str(folder.pk)
    if accepts_missing:
        arguments["accepts_missing"] = True
    return enqueue("acquire.scan", arguments, owner=owner, key=repr(arguments))


def import_table_later(
    path: Path,
    *,
    owner: User,
    is_strict: bool = False,
    encoding: str = "",
    follows_paths: bool = False,
) -> Job:
    """Import a table of tracks. Raises NoSuchFile, EmptyFile, BadTable, BadValue at once.

    follows_paths  whether its rows may name files of this machine, from where the table lies
    """
    from songloom.library.exchange.reading import opened

    if path.is_dir():
        raise NoSuchFile("this is a folder; a table is a file")
    opened(path, encoding)  # what is wrong with all of it is said now
    arguments = {"path": str(path.absolute()), "place": HOST}
    if follows_paths:
        arguments["folder"] = str(path.absolute().parent)
    return _import_later(arguments, owner=owner, is_strict=is_strict, encoding=encoding)


def import_upload_later(
    file: Upload, *, owner: User, is_strict: bool = False, encoding: str = ""
) -> Job:
    """The same for an upload, kept until its job is done. Its paths are not followed.

    Raises TooLarge, EmptyFile, DiskFull, StorageAway too; Parquet is read from this machine alone.
    """
    from songloom.library.exchange.reading import opened

    with received(file.chunks()) as got:
        with got.path.open("rb") as content:
            if content.read(4) == b"PAR1":
                raise BadTable("Parquet comes in by the command line; send CSV or JSON lines")
        opened(got.path, encoding)
        named = {"sha256": got.sha256}
        return hand_over(
            got,
            lambda: _import_later(named, owner=owner, is_strict=is_strict, encoding=encoding),
        )


def _import_later(where: dict[str, str], *, owner: User, is_strict: bool, encoding: str) -> Job:
    """The same import that waits or runs already is returned."""
    arguments: dict[str, object] = {**where, "owner_id": str(owner.pk)}
    if is_strict:
        arguments["is_strict"] = True
    if encoding:
        arguments["encoding"] = encoding
    return enqueue("acquire.table", arguments, owner=owner, key=repr(arguments))
