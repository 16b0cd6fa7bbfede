"""Signing in: an API key, or a name with an app password in one of three spellings."""

from __future__ import annotations

import binascii
import re

from django.http import HttpRequest
from django.utils.translation import gettext as _

from songloom.interfaces.answers.authentication import (
    user_by_app_password,
    user_by_key,
    user_by_token,
)
from songloom.interfaces.subsonic.envelope import API_VERSION
from songloom.interfaces.subsonic.parameters import Asked
from songloom.interfaces.subsonic.refusals import (
    CLIENT_OLD,
    NO_SUCH_WAY,
    SERVER_OLD,
    TWO_WAYS,
    WRONG_KEY,
    WRONG_LOGIN,
    Refusal,
)
from songloom.library.models import User

BY_NAME = ("u", "p", "t", "s")


VERSION = re.compile(r"(\d{1,4})(?:\.(\d{1,4}))?(?:\.\d{1,4})?\Z", re.ASCII)


def understood(asked: Asked) -> None:
    """A client of our major version and no newer minor one.

    One that names no version, or something else, is let in: scripts leave `v` and `c` out.
    """
    found = VERSION.match(asked.text("v").strip())
    if found is None:
        return
    spoken = int(found[1]), int(found[2] or 0)
    ours = tuple(int(part) for part in API_VERSION.split(".")[:2])
    if spoken[0] < ours[0]:
        raise Refusal(CLIENT_OLD, _("The player speaks too old a version; update the player."))
    if spoken > ours:
        raise Refusal(SERVER_OLD, _("The player speaks a newer version than this server."))


def recognise(request: HttpRequest, asked: Asked) -> User:
    """Who calls. Cookies mean nothing here, and the login password opens nothing."""
    if asked.text("apiKey"):
        return by_key(request, asked)
    if not asked.text("u") and request.headers.get("Authorization"):
        raise Refusal(NO_SUCH_WAY, _("Sign in by parameters: an API key, or name and password."))
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
