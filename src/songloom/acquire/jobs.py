"""Jobs of the acquire room."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

from songloom.acquire import adding, handing, refusing, scanning
from songloom.acquire.reaching import reached
from songloom.errors import Cancelled, NotFound, RefusedInput
from songloom.jobs import job
from songloom.library.models import Track, User
from songloom.library.services.browse import folders_of

DAY_S = 24 * 3600


@job("acquire.add", timeout_s=DAY_S, on_disk=True)
def add(path: str, owner_id: str, link_id: str | None = None, place: str = "") -> dict[str, Any]:
    """Copy a file, or a folder's audio files. Safe to run twice: the same bytes are stored once.

    place  the machine on which the path was named, here and below
    """
    link = Track.objects.filter(pk=link_id).first() if link_id else None
    found = reached(Path(path), place)
    return adding.add_path(found, owner=_user(owner_id), link=link).document()


@job("acquire.url", timeout_s=900)
def url(url: str, owner_id: str) -> dict[str, Any]:
    """Fetch one address and store what lies there."""
    from songloom.acquire import fetching

    return fetching.add_from_url(url, owner=_user(owner_id)).document()


@job(handing.KIND, timeout_s=DAY_S, on_disk=True)
def table(
    owner_id: str,
    path: str = "",
    sha256: str = "",
    is_strict: bool = False,
    folder: str | None = None,
    encoding: str = "",
    place: str = "",
) -> dict[str, Any]:
    """Import a table. Safe to run twice: the same row is the same track.

    path    where it lies on this machine, or
    sha256  the table was sent, and goes when it is read
    """
    from songloom.acquire.tables import import_table

    try:
        with handing.at_hand(sha256) if sha256 else nullcontext(reached(Path(path), place)) as read:
            imported = import_table(
                read,
                owner=_user(owner_id),
                is_strict=is_strict,
                folder=Path(folder) if folder else None,
                encoding=encoding,
            )
    except (RefusedInput, NotFound, Cancelled):  # to try again would not help
        handing.forget(sha256)
        raise
    handing.forget(sha256)
    return imported.document()


@job("acquire.scan", timeout_s=DAY_S, on_disk=True)
def scan(
    owner_id: str, folder_id: str | None = None, accepts_missing: bool = False, place: str = ""
) -> dict[str, Any]:
    """Scan one linked folder, or all that the user may know of; an unlinked one is no error."""
    folders = folders_of(_user(owner_id)).select_related("owner").order_by("number")
    chosen = folders.filter(pk=folder_id) if folder_id else folders
    for folder in chosen:
        reached(Path(folder.path), place)
    return scanning.scan_folders(chosen, accepts_missing=accepts_missing).document()


@job("acquire.refuse")
def refuse(track_id: str, code: str, message: str) -> None:
    """List a file that looked like music and turned out to be none. Safe to run twice."""
    refusing.refuse_believed(track_id, code, message)


def _user(owner_id: str) -> User:
    user = User.objects.filter(pk=owner_id).first()
    if user is None:
        raise NotFound("the user who asked for this is gone")
    return user
