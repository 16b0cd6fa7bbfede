"""The doors: first administrator, sign-in, sign-out, language and theme."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from songloom.errors import BadValue, Conflict, NotAllowed, SongloomError
from songloom.interfaces.answers.authentication import counted
from songloom.interfaces.web.rendering import back, page
from songloom.interfaces.web.sentences import sentence
from songloom.library.models import User
from songloom.library.services import people
from songloom.library.services import setup as first_steps

THEMES = ("", "light", "dark")
A_YEAR_S = 365 * 24 * 3600


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link that `songloom up` prints: makes the first administrator."""
    if not first_steps.opens(token):
        return _shut(request)
    if request.method == "GET":
        return page(request, "web/setup.html", {"token": token})
    name = request.POST.get("name", "")
    try:
        user = first_steps.create_first_admin(token, name, request.POST.get("password", ""))
    except NotAllowed:
        return _shut(request)
    except (BadValue, Conflict) as exc:
        said = {"token": token, "name": name, "error": _words(exc)}
        return page(request, "web/setup.html", said, status=exc.http_status)
    login(request, user)
    return HttpResponseRedirect(reverse("web:home"))


def _shut(request: HttpRequest) -> HttpResponse:
    """A used link is gone for good; another one may only be older than the latest start."""
    is_over = people.has_admin()
    return page(
        request, "web/setup_shut.html", {"is_over": is_over}, status=410 if is_over else 404
    )


def _words(error: SongloomError) -> str:
    if isinstance(error, Conflict):
        return _("Somebody has this name already.")
    return _("A name has no spaces, a password has at least 8 characters.")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password. The same answer for an unknown name, a wrong and a disabled one."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    context = {"next": target, "has_admin": people.has_admin()}
    if request.method == "GET":
        return page(request, "web/sign_in.html", context)
    name = request.POST.get("name", "")[:150]
    password = request.POST.get("password", "")[:1_000]
    user = counted(request, name, lambda: _who(request, name, password))
    if user is None:
        wrong = {**context, "name": name, "error": sentence("unauthenticated")}
        return page(request, "web/sign_in.html", wrong, status=401)
    login(request, user)
    response = back(request, reverse("web:home"))
    if user.language:
        _remember(response, user.language)
    return response


def _who(request: HttpRequest, name: str, password: str) -> User | None:
    found = authenticate(request, username=name, password=password)
    return found if isinstance(found, User) else None


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(reverse("web:sign_in"))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """English or Chinese, at once; kept with the user and in a cookie."""
    asked = request.POST.get("language", "")
    response = back(request, reverse("web:home"))
    if asked not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=asked)
    _remember(response, asked)
    return response


def _remember(response: HttpResponse, language_code: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language_code,
        max_age=A_YEAR_S,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system has it."""
    asked = request.POST.get("theme", "")
    if asked in THEMES and isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(theme=asked)
    return back(request, reverse("web:settings"))
