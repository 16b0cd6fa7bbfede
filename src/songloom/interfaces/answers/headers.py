"""The content policy on every answer, whoever gave it: our pages, Django's tables, an error."""

from __future__ import annotations

from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from songloom.interfaces.answers.middleware import Middleware
from songloom.library import storage

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:{media}; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
WITHOUT_DJANGO = {  # on the few answers that are given before Django is asked
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}

R = TypeVar("R", bound=HttpResponseBase)


def policy() -> str:
    """Sound may come from the storage's own address, where answers lead there."""
    far = storage.far() if settings.STORAGE_REDIRECTS else None
    return POLICY.format(media=f" {far.origin}" if far else "")


def guard(response: R) -> R:
    """No inline script, no inline style; an answer with a policy of its own keeps it."""
    response.headers.setdefault("Content-Security-Policy", policy())
    return response


class ContentPolicy(Middleware):
    """Outermost, so that no answer passes by it."""

    def changed(self, request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
        return guard(answer)
