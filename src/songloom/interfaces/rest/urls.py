"""/api/v1, the two questions about health, and signed links to one track."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja.openapi.views import openapi_json

from songloom.interfaces.answers.errors import by_status, error_answer
from songloom.interfaces.rest import (
    arrivals,
    changes,
    duplicates,
    editing,
    exchanging,
    generations,
    health,
    jobs,
    links,
    pictures,
    playlists,
    renditions,
    tracks,
)
from songloom.interfaces.rest.api import api
from songloom.interfaces.rest.middleware import PREFIX

for module in (
    tracks,
    pictures,
    duplicates,
    changes,
    arrivals,
    exchanging,
    renditions,
    editing,
    playlists,
    generations,
    jobs,
):
    api.add_router("", module.router)


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    return error_answer(404, *by_status(404))


@csrf_exempt
@require_safe
def described(request: HttpRequest) -> HttpResponse:
    """The description of /api/v1, where the contract has it; /api/v1/openapi.json is the same."""
    return openapi_json(request, api)


urlpatterns = [
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("play/<str:signed>", links.play, name="play"),
    path("openapi.json", described, name="openapi"),
    path("api/v1/openapi.json", described, name="openapi_v1"),  # ninja's says 403 for 405
    path("api/v1/", api.urls),
    re_path(rf"^{PREFIX.strip('/')}(?:/(?P<rest>.*))?$", nothing_here, name="nothing_here"),
]
