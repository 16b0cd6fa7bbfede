"""Brings files into the storage: a path, a stream, a whole folder. Sources stay as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from songloom.acquire import hearing, receiving, walking
from songloom.acquire.outcomes import Outcome
from songloom.acquire.receiving import Received
from songloom.errors import NoSuchFile, RefusedInput
from songloom.jobs import report
from songloom.library import storage
from songloom.library.ids import clean_text
from songloom.library.models import File, Track, User
from songloom.library.services.believing import read_likely
from songloom.library.services.bin import restore_track
from songloom.library.services.storing import store_file
from songloom.library.services.tracing import trace_file

Stored = tuple[Track, bool]  # and whether it is new
Origin = Track.Origin


class Upload(Protocol):
    """What Django's UploadedFile offers."""

    def chunks(self) -> Iterable[bytes]: ...


def add_file(
    path: Path,
    *,
    owner: User,
    origin: Track.Origin = Origin.UPLOADED,
    folders: tuple[str, ...] = (),
    link: Track | None = None,
) -> Stored:
    """Copy one audio file into the storage; the same bytes of one owner twice are one track.

    link  the catalogue entry whose sound this is

    Raises NoSuchFile, TooLarge, EmptyFile, NotAudio, TooLong, BeyondLimits, DiskFull, StorageAway,
    and then leaves nothing behind.
    """
    if not path.is_file():
        raise NoSuchFile("there is no such file")
    with receiving.received(receiving.read_file(path)) as got:
        return keep(
            got,
            name=path.name,
            owner=owner,
            origin=origin,
            folders=folders,
            beside=path.parent,
            link=link,
        )


def add_stream(
    chunks: Iterable[bytes],
    *,
    name: str,
    owner: User,
    title: str = "",
    link: Track | None = None,
) -> Stored:
    """The same for bytes that come in pieces; `name` is what the sender calls them."""
    with receiving.received(chunks) as got:
        origin = Origin.UPLOADED
        return keep(got, name=base_name(name), owner=owner, origin=origin, title=title, link=link)


def add_upload(file: Upload, *, name: str, owner: User, title: str = "") -> Stored:
    """The same for an upload of a form."""
    return add_stream(file.chunks(), name=name, owner=owner, title=title)


def add_path(path: Path, *, owner: User, link: Track | None = None) -> Outcome:
    """Copy a file, or every audio file below a folder. One bad file never stops a folder.

    link  the catalogue entry whose sound the one file is

    Raises NoSuchFile for a path that is not there, and what a single file is refused for.
    """
    outcome = Outcome()
    if not path.is_dir():
        track, is_new = add_file(path, owner=owner, link=link)
        outcome.stored(str(track.pk), is_new=is_new)
        return outcome
    files = list(walking.audio_files(path))
    for done, seen in enumerate(files):
        report(progress=done / len(files))
        folders = Path(seen.path).parts[:-1]
        try:
            track, is_new = add_file(path / seen.path, owner=owner, folders=folders)
        except RefusedInput as exc:
            outcome.refuse(seen.path, exc)
        else:
            outcome.stored(str(track.pk), is_new=is_new)
    return outcome


def keep(
    got: Received,
    *,
    name: str,
    owner: User,
    origin: Track.Origin,
    title: str = "",
    folders: tuple[str, ...] = (),
    beside: Path | None = None,
    url: str = "",
    link: Track | None = None,
) -> Stored:
    """Listen to received bytes and store them, with where they came from."""
    known = _known(got, owner)
    if known is not None:
        return known, False
    with hearing.heard(got.path, name=name, folders=folders, beside=beside) as heard:
        if wanted := clean_text(title, 300):
            heard = replace(heard, tags={**heard.tags, "title": [wanted]})
        read_likely(owner, parts=heard.parts_sha256)
        track, is_new = store_file(heard, owner=owner, origin=origin, link=link)
    if is_new:
        trace_file(track, track.files.get(), url=url)
    return track, is_new


def _known(got: Received, owner: User) -> Track | None:
    """The track of these bytes, taken out of the bin; lost bytes are put into their place again."""
    files = File.objects.filter(owner=owner, place=got.sha256).select_related("track")
    file = files.first()
    if file is None:
        return None
    if not storage.is_there(got.sha256):
        storage.keep(got.path, got.sha256)
    return restore_track(file.track)


def base_name(name: str) -> str:
    """The last part of a name, whichever way the sender's system writes paths."""
    return clean_text(name.replace("\\", "/").rpartition("/")[2], 255) or "upload"
