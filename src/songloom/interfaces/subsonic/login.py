"""Signing in: an API key, or a name with an app password in one of three spellings."""

from __future__ import annotations

import binascii

from django.http import HttpRequest
from django.utils.translation import gettext as _

from songloom.interfaces.answers.authentication import (
    user_by_app_password,
    user_by_key,
    user_by_token,
)
from songloom.interfaces.subsonic.parameters import Asked
from songloom.interfaces.subsonic.refusals import TWO_WAYS, WRONG_KEY, WRONG_LOGIN, Refusal
from songloom.library.models import User

BY_NAME = ("u", "p", "t", "s")


def recognise(request: HttpRequest, asked: Asked) -> User:
    """Who calls. Cookies mean nothing here, and the login password opens nothing."""
    if asked.text("apiKey"):
        return by_key(request, asked)
    name = asked.required("u")
    if asked.text("p") and (asked.text("t") or asked.text("s")):
        raise two_ways()
    if asked.text("p"):
        user = user_by_app_password(request, name, decoded(asked.text("p")))
    else:
        token, salt = asked.required("t"), asked.required("s")
        user = user_by_token(request, name, token, salt)
    if user is None:
        raise Refusal(WRONG_LOGIN, _("Wrong name or app password. Make one under Connect a phone."))
    return user


def by_key(request: HttpRequest, asked: Asked) -> User:
    if any(asked.text(name) for name in BY_NAME):
        raise two_ways()
    user = user_by_key(request, asked.text("apiKey"))
    if user is None:
        raise Refusal(WRONG_KEY, _("This API key is not valid."))
    return user


def two_ways() -> Refusal:
    return Refusal(TWO_WAYS, _("Sign in by key or by password, not by both."))


def decoded(password: str) -> str:
    """`enc:` stands before hexadecimal bytes; anything else is the password as it is."""
    if not password.startswith("enc:"):
        return password
    try:
        return binascii.unhexlify(password.removeprefix("enc:")).decode()
    except (ValueError, UnicodeDecodeError):
        return ""
