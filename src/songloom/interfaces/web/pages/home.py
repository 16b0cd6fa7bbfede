"""Home: the library as cloth, what came last, what is going on; or an empty loom."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from songloom.interfaces.web import listing
from songloom.interfaces.web.cloth import cloth
from songloom.interfaces.web.pages.activity import described, going_on
from songloom.interfaces.web.rendering import page, person, signed_in, user_of
from songloom.interfaces.web.similar import close_to
from songloom.library.models import Track, User
from songloom.play import services as play

RECENT = 6
CLOSE = 6


@require_GET
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    user = person(request)
    visible = Track.objects.visible_to(user)
    own = visible.exclude(is_generated=True)
    context: dict[str, Any] = {"jobs": described(going_on(user)[:4])}
    if not own.exists():
        made = listing.few(user, visible.order_by("-created_at", "-id"), 6)
        return page(request, "web/first_run.html", {**context, "made": made})
    recent = listing.with_row(visible.order_by("-created_at", "-id"))[:RECENT]
    context |= {"recent": list(recent), "n_songs": visible.count(), **_close(user, visible)}
    return page(request, "web/home.html", context)


def _close(user: User, visible: Any) -> dict[str, Any]:
    """What is close to the song heard last, else to the newest one that was measured."""
    measured = visible.filter(features__isnull=False)
    heard = play.last_heard(user) or measured.order_by("-created_at", "-id").first()
    if heard is None:
        return {}
    return {"heard": heard, "close": close_to(user, heard, visible, CLOSE)}


@require_GET
@signed_in
def threads(request: HttpRequest) -> HttpResponse:
    """The cloth as numbers: at most 300 bundles of songs in the order they came."""
    return JsonResponse({"threads": cloth(user_of(request))})
