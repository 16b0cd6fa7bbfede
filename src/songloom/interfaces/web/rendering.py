"""One way to answer: a whole page, or its main part alone for our own script."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from songloom.errors import SongloomError
from songloom.interfaces.web.frame import Frame
from songloom.interfaces.web.sentences import sentence
from songloom.library.models import User

PART = "X-Part"  # the header by which our script asks for the main part alone

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def wants_part(request: HttpRequest) -> bool:
    return request.headers.get(PART) == "main"


def user_of(request: HttpRequest) -> User | AnonymousUser:
    return request.user


def person(request: HttpRequest) -> User:
    """The signed-in user. Only for views behind `signed_in`."""
    assert isinstance(request.user, User)
    return request.user


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A whole page inside the frame, or its main part."""
    part = wants_part(request)
    given = {
        "base": "web/part.html" if part else "web/base.html",
        "frame": Frame(request, is_whole=not part),
        **(context or {}),
    }
    response = render(request, template, given, status=status)
    patch_vary_headers(response, [PART, "Cookie"])
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = get_language() or "en"
    return response


def fragment(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A piece of a page that the page's own script asked for."""
    response = render(request, template, context)
    response.headers["Cache-Control"] = "no-store"
    return response


def signed_in(view: View[P]) -> View[P]:
    """Only for people who signed in; others are led to the door and back."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def admin_only(view: View[P]) -> View[P]:
    """Only for administrators; others get 403 in words."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_superuser:
            return refused(request, "not_allowed", 403)
        return view(request, *args, **kwargs)

    return guarded


def refused(request: HttpRequest, code: str, status: int, detail: str = "") -> HttpResponse:
    """An error page: what happened, what was kept, a way on, the stable code in small."""
    said = {"title": sentence(code), "detail": detail, "code": code}
    template = "web/error.html" if request.user.is_authenticated else "web/error_plain.html"
    return page(request, template, said, status=status)


def said(error: SongloomError) -> dict[str, str]:
    """An error as the page's script shows it: translated by code, with the detail beside."""
    return {"code": error.code, "message": sentence(error.code), "detail": str(error)}


def json_error(error: SongloomError) -> JsonResponse:
    return JsonResponse({"error": said(error)}, status=error.http_status)


def back(request: HttpRequest, fallback: str) -> HttpResponseRedirect:
    """To the page named by `next`, if it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return HttpResponseRedirect(target)
    return HttpResponseRedirect(fallback)
