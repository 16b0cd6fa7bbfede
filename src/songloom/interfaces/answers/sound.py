"""The sound of a track as an answer: the file as it is."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from songloom.errors import NoAudio, StorageAway
from songloom.interfaces.answers.files import file_answer, mime_of
from songloom.library import storage
from songloom.library.models import File, Rendition, Track
from songloom.library.services import storing


def source_of(track: Track) -> tuple[Path, File]:
    """Where a track's sound lies. Raises NoAudio or StorageAway."""
    file = storing.main_file(track)
    if file is None:
        raise NoAudio(_("This entry of the catalogue has no sound."))
    path = Path(storing.path_of(file))
    if not path.is_file():
        raise StorageAway(_("The file of this track is not there now."))
    return path, file


def original_answer(request: HttpRequest, track: Track, *, is_download: bool) -> HttpResponse:
    """The file, byte for byte; ranges and HEAD are served around this."""
    path, file = source_of(track)
    name = f"{named(track)}.{file.format}" if is_download else ""
    tag = file.sha256[:40]
    return file_answer(request, path, mime=mime_of(file.format), tag=tag, download_as=name)


def rendition_answer(request: HttpRequest, made: Rendition, *, is_download: bool) -> HttpResponse:
    """What a recipe made, byte for byte."""
    path = Path(storage.path_of(made.sha256, "renditions"))
    if not path.is_file():
        raise StorageAway(_("The file of this rendition is not there now."))
    name = f"{named(made.track)}.{made.format}" if is_download else ""
    tag = made.sha256[:40]
    return file_answer(request, path, mime=mime_of(made.format), tag=tag, download_as=name)


def named(track: Track) -> str:
    return " - ".join(part for part in (track.artist_text, track.title) if part)
