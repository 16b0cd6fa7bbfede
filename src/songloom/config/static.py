"""Scripts, styles and pictures: served from the packages, named by hash, cached for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, unquote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from starlette.datastructures import Headers
from starlette.responses import FileResponse, PlainTextResponse, Response

from songloom.config.serving import App, Receive, Scope, Send
from songloom.interfaces.answers.headers import WITHOUT_DJANGO

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"  # a name without a hash, as modules import each other


@cache
def find(name: str) -> Path | None:
    """The file behind a name below /static/, or None. Names cannot lead out of the packages."""
    try:
        found = finders.find(name.lstrip("/"))
    except Exception:  # SuspiciousFileOperation and what odd bytes do to a path
        return None
    return Path(found) if isinstance(found, str) and Path(found).is_file() else None


@cache
def version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


class HashedStorage(StaticFilesStorage):
    """`{% static %}` gives `/static/web/player.js?v=<hash>`; nothing is collected or copied."""

    def url(self, name: str | None) -> str:
        plain = super().url(name)
        path = find(name or "")
        return plain if path is None else f"{plain}?v={version(path)}"


class ServeStatic:
    """ASGI: answers below STATIC_URL, passes the rest on."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(settings.STATIC_URL):
            await self.app(scope, receive, send)
            return
        await _answer(scope)(scope, receive, send)


def _answer(scope: Scope) -> Response:
    path = find(unquote(scope["path"].removeprefix(settings.STATIC_URL)))
    if path is None or scope["method"] not in ("GET", "HEAD"):
        return PlainTextResponse("Not found", status_code=404, headers=WITHOUT_DJANGO)
    tag = f'"{version(path)}"'
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("v", [""])[0]
    headers = {
        "etag": tag,
        "cache-control": FOR_EVER if asked == version(path) else ASK_AGAIN,
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
    }
    if tag in Headers(scope=scope).get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers)
