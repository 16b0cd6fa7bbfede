"""What every middleware of ours stands on: asynchronous requests stay asynchronous."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase


class Middleware:
    """Works in both worlds. A middleware of ours overrides `changed`, or both ways of asking."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if iscoroutinefunction(self.get_response):
            return self.waited(request)
        return self.at_once(request)

    def at_once(self, request: HttpRequest) -> HttpResponseBase:
        return self.changed(request, cast(HttpResponseBase, self.get_response(request)))

    async def waited(self, request: HttpRequest) -> HttpResponseBase:
        return self.changed(request, await self.get_response(request))

    def changed(self, request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
        """The answer that goes on, in place of this one."""
        return answer
