"""One URL for each method, with and without `.view`, and one for methods that are not here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from django.http import HttpRequest, HttpResponseBase
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
    "opinions",
    "listening",
    "people",
)
for room in ROOMS:
    import_module(f"songloom.interfaces.subsonic.{room}")

View = Callable[..., HttpResponseBase]


def view_of(name: str) -> View:
    """Keys and app passwords sign every call, so there is no cookie that CSRF could abuse."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest) -> HttpResponseBase:
        return serve(request, name)

    return view


@csrf_exempt
def unknown(request: HttpRequest, name: str) -> HttpResponseBase:
    return serve(request, name)


def patterns() -> list[URLPattern]:
    found = []
    for name in sorted(METHODS | PUBLIC):
        found.append(path(name, view_of(name), name=name))
        found.append(path(f"{name}.view", view_of(name), name=f"{name}.view"))
    return [*found, re_path(r"^(?P<name>[^/]*?)(?:\.view)?/?$", unknown, name="unknown")]


urlpatterns = patterns()
