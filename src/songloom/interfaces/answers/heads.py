"""HEAD is answered like GET, by every view that answers to GET and not to HEAD itself."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from songloom.interfaces.answers.middleware import Middleware

UNSAFE = "/rest/"  # OpenSubsonic changes things by GET


class HeadAsGet(Middleware):
    """Next to the views, so that only the view is asked twice."""

    def at_once(self, request: HttpRequest) -> HttpResponseBase:
        answer = cast(HttpResponseBase, self.get_response(request))
        if is_get_only(request, answer):
            answer = without_body(self.get_response(as_get(request)))
            request.method = "HEAD"  # as the server knows it: it leaves the body out
        return answer

    async def waited(self, request: HttpRequest) -> HttpResponseBase:
        answer: HttpResponseBase = await self.get_response(request)
        if is_get_only(request, answer):
            answer = without_body(await self.get_response(as_get(request)))
            request.method = "HEAD"
        return answer


def is_get_only(request: HttpRequest, answer: HttpResponseBase) -> bool:
    is_refused = request.method == "HEAD" and answer.status_code == 405
    allowed = answer.headers.get("Allow", "").replace(",", " ").split()
    return is_refused and "GET" in allowed and not request.path.startswith(UNSAFE)


def as_get(request: HttpRequest) -> HttpRequest:
    request.method = "GET"
    return request


def without_body(answer: Any) -> HttpResponseBase:
    """What is sent while it is read is not read at all; the server leaves other bodies out."""
    if not answer.streaming:
        return cast(HttpResponseBase, answer)
    bare: Any = HttpResponse(status=answer.status_code, headers=dict(answer.headers))
    bare.cookies = answer.cookies
    bare._resource_closers.extend(answer._resource_closers)
    return cast(HttpResponseBase, bare)
