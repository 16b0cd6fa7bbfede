"""Every error under /api is the error object, whoever answered: ninja, Django or a middleware."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from songloom.interfaces.answers.errors import ErrorAnswer, by_status, error_answer
from songloom.interfaces.answers.middleware import Middleware

PREFIX = "/api/"
KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


class ErrorObjects(Middleware):
    def changed(self, request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
        return as_object(request, answer)


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
