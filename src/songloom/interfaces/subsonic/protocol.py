"""One way in for every method: read, recognise, call, answer, in the form that was asked for."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from songloom.errors import SongloomError, TooMany, TryLater
from songloom.interfaces.answers.errors import WAIT_S, sentence
from songloom.interfaces.subsonic.envelope import Element, as_json, as_jsonp, as_xml, envelope
from songloom.interfaces.subsonic.login import recognise, understood
from songloom.interfaces.subsonic.parameters import Asked
from songloom.interfaces.subsonic.refusals import FORBIDDEN, GENERIC, Refusal
from songloom.jobs.away import is_locked, missed
from songloom.library.models import User
from songloom.play.allowances import allowed

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """What a method gets: who asks, and for what."""

    request: HttpRequest
    asked: Asked
    user: User


Method = Callable[[Call], Element | HttpResponseBase | None]
Registered = TypeVar("Registered", bound=Method)
Public = Callable[[], Element]
METHODS: dict[str, Method] = {}
PUBLIC: dict[str, Public] = {}  # answered without credentials
ROLES: dict[str, str] = {}  # which role a method asks for, where it asks for one


def method(name: str, role: str = "") -> Callable[[Registered], Registered]:
    """Register a method under its name at /rest/.

    role  what an administrator may take from a user's players
    """

    def register(function: Registered) -> Registered:
        METHODS[name] = function
        if role:
            ROLES[name] = role
        return function

    return register


def serve(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer one call. Errors are answers too, with HTTP 200."""
    form, callback = "json" if "f=json" in request.META.get("QUERY_STRING", "") else "xml", ""
    try:
        asked = Asked(request)
        form, callback = asked.text("f", "xml"), asked.text("callback", "")
        made = perform(request, asked, name)
    except Refusal as refusal:
        return failed(refusal.number, str(refusal), form, callback)
    except TooMany as error:
        answer = failed(GENERIC, sentence(error), form, callback)
        answer.status_code = error.http_status
        answer["Retry-After"] = str(error.retry_after_s)
        return answer
    except SongloomError as error:
        return failed(Refusal.of(error).number, sentence(error), form, callback)
    except Exception as error:
        if missed(error) or is_locked(error):
            raise  # config says so, as for whoever asks after this one
        error_id = uuid.uuid4().hex[:12]
        logger.exception("subsonic %s failed (%s)", name, error_id)
        words = _("Something went wrong here; the log has it as %(id)s.") % {"id": error_id}
        return failed(GENERIC, words, form, callback)
    if isinstance(made, HttpResponseBase):
        return made
    return write(envelope(made), form, callback)


def unavailable(request: HttpRequest, error: TryLater) -> HttpResponse:
    """Error 0 in the form that was asked for, and 503, where nothing can be answered now."""
    form, callback = (request.GET.get(name, "") for name in ("f", "callback"))
    answer = failed(GENERIC, sentence(error), form, callback)
    answer.status_code = error.http_status
    answer["Retry-After"] = str(WAIT_S)
    return answer


def perform(request: HttpRequest, asked: Asked, name: str) -> Element | HttpResponseBase | None:
    if name in PUBLIC:
        return PUBLIC[name]()
    user = recognise(request, asked)
    understood(asked)
    if name not in METHODS:
        raise Refusal(GENERIC, _("This server has no method “%(name)s”.") % {"name": name[:60]})
    if name in ROLES and ROLES[name] not in allowed(user)[0]:
        raise Refusal(FORBIDDEN, _("An administrator took this from your players."))
    return METHODS[name](Call(request, asked, user))


def failed(number: int, message: str, form: str, callback: str) -> HttpResponse:
    return write(envelope(error={"code": number, "message": message}), form, callback)


def write(frame: Element, form: str, callback: str) -> HttpResponse:
    """The answer in the form that was asked for; XML is the rule."""
    if form == "jsonp":
        try:
            return HttpResponse(as_jsonp(frame, callback), content_type="text/javascript")
        except ValueError:
            frame = envelope(
                error={"code": GENERIC, "message": _("The callback is no plain name.")}
            )
            form = "json"
    if form == "json":
        return HttpResponse(as_json(frame), content_type="application/json")
    return HttpResponse(as_xml(frame), content_type="text/xml; charset=utf-8")
