"""The error object of the contract, and an error's sentence in the language of who asks."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from songloom.errors import SongloomError, TryLater

logger = logging.getLogger(__name__)

WAIT_S = 5  # what Retry-After says where nothing better is known


def sentence(error: SongloomError) -> str:
    """What to tell a person. English has the figures; other languages have a sentence by code."""
    if (get_language() or "en").startswith("en"):
        return str(error)
    return by_code(error.code) or str(error)


def by_code(code: str) -> str:
    """One sentence for each code, translated; empty for a code that has none."""
    return {
        "not_audio": _("No decoder can read these bytes as sound."),
        "truncated": _("The file ends early, and nothing in it can be played."),
        "web_page": _("This is a web page, not audio. Nothing was added."),
        "empty_file": _("There is nothing in this file."),
        "too_long": _("This lasts longer than is allowed here."),
        "too_large": _("This is larger than is allowed here."),
        "beyond_limits": _("This could not be decoded within the limits."),
        "bad_url": _("This is not an http or https address."),
        "forbidden_address": _("This address is inside your own network."),
        "dead_link": _("The server at this address does not answer as it should."),
        "no_such_file": _("There is nothing at this path."),
        "bad_recipe": _("This edit does not exist, or a value lies outside its range."),
        "bad_prompt": _("These words are empty, too long, or no words at all."),
        "bad_value": _("A value lies outside its range."),
        "too_few_examples": _("There are not enough songs to learn this from."),
        "no_audio": _("This entry of the catalogue has no sound."),
        "bad_table": _("This is no table with a column that is known."),
        "bad_row": _("This row cannot be told into cells."),
        "bad_text": _("These bytes are no text in the encoding of the table."),
        "bad_date": _("This is no date. Write 2003, 2003-07 or 2003-07-31."),
        "bad_number": _("This is no number, length or frequency that is known."),
        "bad_store_address": _("This is no address of a MongoDB server."),
        "missing_extra": _("A part of Songloom that this needs is not installed."),
        "store_away": _("The MongoDB server does not answer."),
        "not_found": _("There is no such thing here."),
        "not_allowed": _("You may see this, but not change it."),
        "unauthenticated": _("The name or the secret is wrong."),
        "conflict": _("This changed meanwhile. Look again, then retry."),
        "too_many_missing": _("So much is missing that a person should look first."),
        "cancelled": _("This was cancelled."),
        "locked": _("Another server already runs on this home."),
        "disk_full": _("The disk is full. Make room, then retry."),
        "busy": _("Too much is going on at once. Retry in a moment."),
        "too_many_requests": _("Too many tries. Wait a moment."),
        "storage_away": _("The storage is not connected."),
        "database_away": _("The database does not answer right now. Nothing is lost; retry soon."),
        "storage_denied": _("The storage refuses the key that is set."),
        "range_beyond_end": _("This part begins behind the end of the file."),
        "try_later": _("This cannot be done right now. Retry in a moment."),
    }.get(code, "")


class ErrorAnswer(JsonResponse):
    """`{"error": {"code", "message", "fields", "id"}}` with its status."""


def error_answer(
    status: int, code: str, message: str, fields: dict[str, str] | None = None
) -> HttpResponse:
    error_id = uuid.uuid4().hex[:12]
    if status >= 500:
        logger.error("answered %s %s (%s)", status, code, error_id)
    error: dict[str, Any] = {"code": code, "message": message, "fields": fields or {}}
    return ErrorAnswer(
        {"error": {**error, "id": error_id}},
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )


def answer_to(error: SongloomError) -> HttpResponse:
    """The answer to an error of ours; its code decides, its message is never parsed."""
    answer = error_answer(error.http_status, error.code, sentence(error), fields_of(error))
    if isinstance(error, TryLater):
        answer["Retry-After"] = str(getattr(error, "retry_after_s", WAIT_S))
    return answer


def fields_of(error: SongloomError) -> dict[str, str]:
    """Some errors only name the field; then the sentence is said of it."""
    if error.fields.keys() == {"field"}:
        return {error.fields["field"]: sentence(error)}
    return error.fields


def by_status(status: int) -> tuple[str, str]:
    """Code and sentence for an error that Django itself answered."""
    return {
        400: ("malformed", _("The request cannot be read.")),
        401: ("unauthenticated", _("Sign in, or send a key.")),
        403: ("not_allowed", _("You may see this, but not change it.")),
        404: ("not_found", _("There is no such thing here.")),
        405: ("wrong_method", _("This address does not answer to that method.")),
        413: ("too_large", _("This is larger than is allowed here.")),
        415: ("not_audio", _("No decoder can read these bytes as sound.")),
        429: ("too_many_requests", _("Too many tries. Wait a moment.")),
        503: ("try_later", _("This cannot be done right now. Retry in a moment.")),
    }.get(status, ("error", _("Something went wrong here.")))
