"""What every interface answers while the database server is away: 503, each in its own shape."""

from __future__ import annotations

import logging
import sys
from collections.abc import Awaitable
from typing import cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language_from_request, override
from django.views.defaults import server_error

from songloom.errors import DatabaseAway, TryLater
from songloom.interfaces.answers.errors import answer_to
from songloom.interfaces.answers.middleware import Middleware
from songloom.interfaces.subsonic.protocol import unavailable as as_subsonic
from songloom.interfaces.web.answering import unavailable as as_page
from songloom.jobs import away

logger = logging.getLogger(__name__)
ASKED_ITSELF = ("/healthz", "/readyz")


class WhileAway(Middleware):
    """Nobody waits for a server that was just missed: who asks is told so, until it is back."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if not away.watch.is_missing or request.path in ASKED_ITSELF:
            return cast(HttpResponseBase, self.get_response(request))
        if iscoroutinefunction(self.get_response):
            return self.waited(request)
        return self.at_once(request)

    def at_once(self, request: HttpRequest) -> HttpResponseBase:
        if away.answers_again():
            return cast(HttpResponseBase, self.get_response(request))
        return unavailable(request)

    async def waited(self, request: HttpRequest) -> HttpResponseBase:
        if await sync_to_async(away.answers_again, thread_sensitive=False)():
            return cast(HttpResponseBase, await self.get_response(request))
        return unavailable(request)


def on_failure(request: HttpRequest) -> HttpResponse:
    """Django's handler500: called while the error is being dealt with."""
    error = sys.exc_info()[1]
    if error is not None and away.missed(error):
        return unavailable(request)
    if error is not None and away.is_locked(error):
        logger.warning("%s waited too long for a lock", request.path)
        return unavailable(request, TryLater("This cannot be done right now. Retry in a moment."))
    return server_error(request)


def unavailable(request: HttpRequest, why: TryLater | None = None) -> HttpResponse:
    """Says so without a question to the database: who asks and what they like is not known."""
    words = "The database does not answer right now. Nothing is lost; retry soon."
    error = why or DatabaseAway(words)
    with override(get_language_from_request(request)):
        if request.path.startswith("/api/"):
            answer = answer_to(error)
        elif request.path.startswith("/rest/"):
            answer = as_subsonic(request, error)
        else:
            answer = as_page(request, error)
    answer["Cache-Control"] = "no-store"
    answer._has_been_logged = True  # type: ignore[attr-defined]  # by `away`, once and in one line
    return answer
