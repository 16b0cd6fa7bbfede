"""What a client asked for: query and form as one, read with types and limits."""

from __future__ import annotations

import math
from collections.abc import Container
from datetime import UTC, datetime
from urllib.parse import parse_qsl
from uuid import UUID

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from songloom.interfaces.subsonic.refusals import Refusal

MOST_FIELDS = 50_000  # a playlist of that many songs in one request
FORM = "application/x-www-form-urlencoded"
YES, NO = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


class Asked:
    """The parameters of one request, wherever they stood."""

    def __init__(self, request: HttpRequest) -> None:
        self.values: dict[str, list[str]] = {}
        for name, value in pairs(request):
            self.values.setdefault(name, []).append(value.replace("\x00", ""))

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, [default])[0]

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise Refusal.missing(name)
        return value

    def given(self, name: str) -> bool:
        return name in self.values

    def many(self, name: str) -> list[str]:
        return self.values.get(name, [])

    def number(self, name: str, default: int, *, low: int = 0, high: int = 2**31 - 1) -> int:
        """A whole number, moved into its limits; absent or empty is the default."""
        value = self.text(name).strip()
        if not value:
            return default
        try:
            return max(low, min(high, int(value[:20])))
        except ValueError:
            raise Refusal.wrong(name, value) from None

    def decimal(self, name: str, default: float) -> float:
        """A finite number; absent or empty is the default."""
        value = self.text(name).strip()
        try:
            found = float(value[:40]) if value else default
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            raise Refusal.wrong(name, value)
        return found

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name).strip().lower()
        if not value:
            return default
        if value not in YES | NO:
            raise Refusal.wrong(name, value)
        return value in YES

    def one_of(self, name: str, known: Container[str]) -> str:
        value = self.required(name)
        if value not in known:
            raise Refusal.wrong(name, value)
        return value

    def key(self, name: str) -> UUID:
        return as_key(self.required(name))

    def keys(self, name: str) -> list[UUID]:
        return [as_key(value) for value in self.many(name)]

    def moments(self, name: str) -> list[datetime]:
        """Times given as milliseconds since 1970."""
        found = []
        for value in self.many(name):
            try:
                found.append(datetime.fromtimestamp(int(value[:20]) / 1000, UTC))
            except (ValueError, OverflowError, OSError):
                raise Refusal.wrong(name, value) from None
        return found


def as_key(value: str) -> UUID:
    """An id as we give it away; anything else names nothing we have."""
    try:
        return UUID(value)
    except ValueError:
        raise Refusal.not_found() from None


def pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Form fields stand before query fields, so that a form may override a link."""
    try:
        form = request.body if request.content_type == FORM else b""
    except (RequestDataTooBig, UnreadablePostError):
        raise Refusal(0, "The form is larger than this server reads.") from None
    query = request.META.get("QUERY_STRING", "")
    found = multipart(request)
    for source in (form.decode("utf-8", "replace"), query):
        try:
            found += parse_qsl(source, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            raise Refusal(0, f"More than {MOST_FIELDS} parameters.") from None
    return found


def multipart(request: HttpRequest) -> list[tuple[str, str]]:
    """Some clients post their parameters as multipart; files in it mean nothing here."""
    if request.content_type != "multipart/form-data":
        return []
    try:
        return [(name, value) for name, values in request.POST.lists() for value in values]
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        raise Refusal(0, "The form cannot be read.") from None
