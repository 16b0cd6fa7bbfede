"""The sound of a track as an answer: the file as it is, or a transcode made while it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from songloom.errors import StorageAway
from songloom.interfaces.answers.files import file_answer, mime_of, stored_answer
from songloom.library import storage
from songloom.library.models import Rendition, Track
from songloom.library.services.storing import linked_path
from songloom.play.services import Plan, Transcode, plan


def sound_answer(
    request: HttpRequest,
    track: Track,
    *,
    format: str = "",
    most_kbps: int = 0,
    start_s: float = 0.0,
) -> HttpResponseBase:
    """What a player asked for; without wishes the file itself, with ranges.

    Raises NoAudio, StorageAway, BadValue for a format that cannot be streamed, Busy.
    """
    how = plan(track, format=format, max_bit_rate_kbps=most_kbps, start_s=start_s)
    if how.is_original:
        return _original(request, how)
    return transcode_answer(request, how)


def original_answer(request: HttpRequest, track: Track, *, is_download: bool) -> HttpResponse:
    """The file, byte for byte; ranges and HEAD are served around this."""
    how = plan(track, format="raw")
    name = f"{named(track)}.{how.format}" if is_download else ""
    return _original(request, how, download_as=name)


def _original(request: HttpRequest, how: Plan, *, download_as: str = "") -> HttpResponse:
    path = linked_path(how.file)
    if path is None:
        return stored_answer(request, how.file.sha256, mime=how.mime, download_as=download_as)
    return file_answer(request, path, mime=how.mime, tag=how.etag, download_as=download_as)


def rendition_answer(request: HttpRequest, made: Rendition, *, is_download: bool) -> HttpResponse:
    """What a recipe made, byte for byte."""
    if not storage.is_there(made.sha256, "renditions"):
        raise StorageAway(_("The file of this rendition is not there now."))
    name = f"{named(made.track)}.{made.format}" if is_download else ""
    mime = mime_of(made.format)
    return stored_answer(request, made.sha256, "renditions", mime=mime, download_as=name)


def named(track: Track) -> str:
    return " - ".join(part for part in (track.artist_text, track.title) if part)


async def nothing() -> AsyncIterator[bytes]:
    for piece in list[bytes]():
        yield piece


def transcode_answer(request: HttpRequest, how: Plan) -> HttpResponseBase:
    """Sent as it is made: no length, no ranges, nothing to keep.

    A HEAD starts no transcode and says no length either: a stream of nothing, as an empty body
    would announce that there are 0 bytes.
    """
    made = nothing() if request.method == "HEAD" else Transcode(how)
    answer = StreamingHttpResponse(made, content_type=how.mime)
    answer["Accept-Ranges"] = "none"
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
