"""Every error under /api is the error object, whoever answered: ninja, Django or a middleware."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

from songloom.interfaces.answers.errors import ErrorAnswer, by_status, error_answer

PREFIX = "/api/"
KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


class ErrorObjects:
    """Works in both worlds, so that asynchronous requests stay asynchronous."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if iscoroutinefunction(self.get_response):
            return self.waited(request)
        return as_object(request, cast(HttpResponseBase, self.get_response(request)))

    async def waited(self, request: HttpRequest) -> HttpResponseBase:
        return as_object(request, await self.get_response(request))


def as_object(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    is_error = request.path.startswith(PREFIX) and response.status_code >= 400
    if not is_error or isinstance(response, ErrorAnswer):
        return response
    code, message = by_status(response.status_code)
    answer = error_answer(response.status_code, code, message)
    for name in KEPT:
        if name in response:
            answer[name] = response[name]
    return answer
