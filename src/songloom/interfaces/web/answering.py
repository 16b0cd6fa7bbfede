"""Turns errors of ours into pages, or into JSON for the page's script; nothing else is caught."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from songloom.errors import NotFound, SongloomError, TryLater
from songloom.interfaces.web.rendering import PART, json_error, refused, wants_part
from songloom.interfaces.web.sentences import sentence

WAIT_S = 5


def answering(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Around every view of these pages."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return words(request, NotFound())
        except SongloomError as exc:
            return words(request, exc)

    return answered


def words(request: HttpRequest, error: SongloomError) -> HttpResponse:
    """What happened, in the form that was asked for."""
    if "json" in request.headers.get("Accept", ""):
        answer: HttpResponse = json_error(error)
    else:
        # "Not found" is all there is to say of it; its English would only repeat the heading.
        is_said = isinstance(error, NotFound) or str(error) == error.code
        detail = "" if is_said else str(error)
        answer = refused(request, error.code, error.http_status, detail)
    if isinstance(error, TryLater):
        answer["Retry-After"] = str(getattr(error, "retry_after_s", WAIT_S))
    return answer


def unavailable(request: HttpRequest, error: TryLater) -> HttpResponse:
    """The same without asking who is signed in, for when nobody can say; what plays, plays on."""
    if "json" in request.headers.get("Accept", ""):
        answer: HttpResponse = json_error(error)
    else:
        about = {"title": sentence(error.code), "code": error.code, "is_part": wants_part(request)}
        text = render_to_string("503.html", {**about, "address": again(request)})
        answer = HttpResponse(text, status=error.http_status)
        answer["Content-Language"] = get_language() or "en"
        patch_vary_headers(answer, [PART, "Cookie", "Accept-Language"])
    answer["Retry-After"] = str(WAIT_S)
    return answer


def again(request: HttpRequest) -> str:
    """Where to try again: a page, not what was sent to it."""
    return request.get_full_path() if request.method == "GET" else "/"
