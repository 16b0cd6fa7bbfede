"""Files as answers: a view names the file, the server around Django sends it, ranges and all."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags

from songloom.library import storage

PREFIX = "/_files"  # what the server (or nginx) knows a file's path by
STORED = "/_stored"  # what the server knows bytes in a far storage by
UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
MIMES = {
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "wav": "audio/wav",
    "aiff": "audio/aiff",
    "wv": "audio/x-wavpack",
}


def mime_of(format_name: str) -> str:
    return MIMES.get(format_name, "application/octet-stream")


def file_answer(
    request: HttpRequest, path: Path, *, mime: str, tag: str, download_as: str = ""
) -> HttpResponse:
    """Send the file at `path`, which the caller has checked that this user may have.

    tag          names this version of the bytes; a client that holds it gets 304
    download_as  a file name, where the browser shall save rather than show
    """
    return _named_answer(request, PREFIX + quote(str(path)), mime, tag, download_as)


def stored_answer(
    request: HttpRequest,
    sha256: str,
    shelf: storage.Shelf = "audio",
    *,
    mime: str,
    download_as: str = "",
) -> HttpResponse:
    """The same for bytes in the storage, wherever it is; the caller has seen that they are there.

    From a far storage they come through this server, or (if set so) from an address there that
    is signed for a while. HEAD is always answered here: such an address allows GET alone.
    """
    far = storage.far()
    if far is None:
        path = Path(storage.where(sha256, shelf))
        return file_answer(request, path, mime=mime, tag=sha256[:40], download_as=download_as)
    named = f"{STORED}/{shelf}/{sha256}"
    answer = _named_answer(request, named, mime, sha256[:40], download_as)
    if not settings.STORAGE_REDIRECTS or request.method != "GET" or answer.status_code != 200:
        return answer
    said = {"ContentType": mime, "ContentDisposition": answer.get("Content-Disposition", "inline")}
    url = far.signed_url(sha256, shelf, lasts_s=settings.SIGNED_URL_S, answer=said)
    led = HttpResponse(status=302, headers={"Location": url, "Cache-Control": "private, no-store"})
    led["Referrer-Policy"] = "no-referrer"
    return led


def _named_answer(
    request: HttpRequest, named: str, mime: str, tag: str, download_as: str
) -> HttpResponse:
    etag = f'"{tag}"'
    answer: HttpResponse
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponseNotModified()
    else:
        answer = HttpResponse(content_type=mime)
        answer["X-Accel-Redirect"] = named
        answer["Accept-Ranges"] = "bytes"
        answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
        if download_as:
            name = file_name(download_as)
            answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


def file_name(text: str) -> str:
    """A name that every file system takes: no separators, no control characters, ≤ 200 bytes."""
    stem, dot, ending = UNSAFE.sub("_", text).rpartition(".")
    kept = (stem if dot else ending).encode()[:190].decode(errors="ignore").strip(" .") or "song"
    return f"{kept}.{ending}" if dot else kept
