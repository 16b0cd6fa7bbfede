"""Files as answers: a view names the file, the server around Django sends it, ranges and all."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags

PREFIX = "/_files"  # what the server (or nginx) knows a file's path by
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
    etag = f'"{tag}"'
    answer: HttpResponse
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponseNotModified()
    else:
        answer = HttpResponse(content_type=mime)
        answer["X-Accel-Redirect"] = PREFIX + quote(str(path))
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
