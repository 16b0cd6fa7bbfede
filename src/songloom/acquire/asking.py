"""Puts what takes long into the queue: a path to copy, an address to fetch, folders to scan."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from songloom.errors import NoSuchFile
from songloom.jobs import enqueue
from songloom.jobs.models import Job
from songloom.library.models import Folder, User


def add_path_later(path: Path, *, owner: User) -> Job:
    """Copy a file or a folder's files into the storage. Raises NoSuchFile at once."""
    if not path.exists():
        raise NoSuchFile("there is no such file or folder")
    arguments = {"path": str(path.absolute()), "owner_id": str(owner.pk)}
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
    arguments: dict[str, object] = {"owner_id": str(owner.pk)}
    if folder is not None:
        arguments["folder_id"] = str(folder.pk)
    if accepts_missing:
        arguments["accepts_missing"] = True
    return enqueue("acquire.scan", arguments, owner=owner, key=repr(arguments))
