"""The API object: how bodies are read, how errors are answered, which routers there are."""

from __future__ import annotations

import json
import logging
import re
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from songloom import __version__
from songloom.errors import DiskFull, SongloomError, StorageAway
from songloom.interfaces.answers.bodies import FULL
from songloom.interfaces.answers.errors import answer_to, by_status, error_answer
from songloom.interfaces.rest.authentication import WAYS

logger = logging.getLogger(__name__)
MAY_BE_HALF = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")  # a surrogate, escaped or raw
SOURCES = ("body", "query", "path", "form", "file", "header", "cookie")


class StrictJson(Parser):
    """JSON as the standard has it: no NaN, no infinity, no nesting without end."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            read = json.loads(request.body, parse_constant=refuse)
            return whole(read) if MAY_BE_HALF.search(request.body) else read
        except RecursionError:
            raise HttpError(400, "too deep") from None


def whole(value: Any) -> Any:
    """The same without lone surrogates: half a character is none, as in every other text here."""
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode()
    if isinstance(value, list):
        return [whole(one) for one in value]
    if isinstance(value, dict):
        return {whole(name): whole(one) for name, one in value.items()}
    return value


def refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


api = NinjaAPI(
    title="Songloom",
    version=__version__,
    description="A self-hosted music library that listens, edits, finds and composes.",
    auth=WAYS,
    parser=StrictJson(),
    docs_url=None,
    urls_namespace="api",
)


@api.exception_handler(SongloomError)
def on_our_error(request: HttpRequest, error: SongloomError) -> HttpResponse:
    return answer_to(error)


@api.exception_handler(ValidationError)
def on_refused_value(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = {field_of(item["loc"]): str(item["msg"]) for item in error.errors}
    return error_answer(422, "bad_value", _("A value lies outside its range."), fields)


def field_of(location: tuple[str | int, ...]) -> str:
    """The name a client knows a field by, without where ninja read it from and into what."""
    parts = [str(part) for part in location]
    if parts and parts[0] in SOURCES:
        parts = parts[2:] if parts[0] == "body" else parts[1:]
    return ".".join(parts) or "body"


@api.exception_handler(AuthenticationError)
def on_nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = error_answer(401, *by_status(401))
    answer["WWW-Authenticate"] = 'Bearer realm="songloom"'
    return answer


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return error_answer(error.status_code, *by_status(error.status_code))


@api.exception_handler(Http404)
def on_nothing(request: HttpRequest, error: Http404) -> HttpResponse:
    return error_answer(404, *by_status(404))


@api.exception_handler(OSError)
def on_failing_disk(request: HttpRequest, error: OSError) -> HttpResponse:
    """What Django met while it took an upload in; its message may name a path."""
    logger.warning("a disk failed: errno %s", error.errno)
    if error.errno in FULL:
        return answer_to(DiskFull(_("The disk is full; free some space, then try again.")))
    return answer_to(StorageAway(_("The storage cannot be reached now.")))


@api.exception_handler(RequestDataTooBig)
def on_too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return error_answer(413, *by_status(413))
