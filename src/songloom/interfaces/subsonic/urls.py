"""One URL for each method, with and without `.view`, and one for methods that are not here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from songloom.interfaces.subsonic.protocol import METHODS, PUBLIC, serve

app_name = "subsonic"
ROOMS = (
    "system",
    "browsing",
    "lists",
    "searching",
    "playlists",
    "media",
    "transcoding",
    "words",
    "opinions",
    "listening",
    "queue",
    "alike",
    "keeping",
    "shares",
    "absent",
    "people",
)
for room in ROOMS:
    import_module(f"songloom.interfaces.subsonic.{room}")

View = Callable[..., HttpResponseBase]


def view_of(name: str) -> View:
    """Keys and app passwords sign every call, so there is no cookie that CSRF could abuse."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
    def view(request: HttpRequest) -> HttpResponseBase:
        return to_anybody(serve(request, name) if request.method != "OPTIONS" else HttpResponse())

    return view


@csrf_exempt
def unknown(request: HttpRequest, name: str) -> HttpResponseBase:
    return to_anybody(serve(request, name))


def to_anybody(answer: HttpResponseBase) -> HttpResponseBase:
    """Players that are web pages of another address may read the answer: no cookie signs a call,
    so that they learn no more than whoever has the key or the app password."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Allow-Headers"] = "Content-Type, Range"
    answer["Access-Control-Expose-Headers"] = "Content-Range, Content-Length, Accept-Ranges"
    answer["Access-Control-Max-Age"] = "86400"
    return answer


def patterns() -> list[URLPattern]:
    found = []
    for name in sorted(METHODS | PUBLIC):
        found.append(path(name, view_of(name), name=name))
        found.append(path(f"{name}.view", view_of(name), name=f"{name}.view"))
    return [*found, re_path(r"^(?P<name>[^/]*?)(?:\.view)?/?$", unknown, name="unknown")]


urlpatterns = patterns()
