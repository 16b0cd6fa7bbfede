"""Who asks, by a secret that is no login password; wrong ones are counted and slowed down."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from songloom.interfaces.answers.limits import SECRETS, SECRETS_OF_ADDRESS
from songloom.library.models import User
from songloom.library.services import people

LONGEST_SECRET = 1_000  # characters; nothing we gave away is longer


def address_of(request: HttpRequest) -> str:
    """The address that the request came from; behind a proxy the server has set it already."""
    return str(request.META.get("REMOTE_ADDR") or "unknown")


def user_by_key(request: HttpRequest, key: str) -> User | None:
    """Whose API key this is. Raises TooMany after wrong ones."""
    return counted(request, "", lambda: people.user_of_key(key[:LONGEST_SECRET]))


def user_by_app_password(request: HttpRequest, name: str, password: str) -> User | None:
    """Who has this name and this app password. Raises TooMany after wrong ones."""
    secret = password[:LONGEST_SECRET]
    return counted(request, name, lambda: people.user_of_app_password(name, secret))


def user_by_token(request: HttpRequest, name: str, token: str, salt: str) -> User | None:
    """Who has this name and MD5(app password + salt). Raises TooMany after wrong ones."""
    return counted(request, name, lambda: people.user_of_token(name, token, salt[:LONGEST_SECRET]))


def counted(request: HttpRequest, name: str, find: Callable[[], User | None]) -> User | None:
    """Try a secret; only wrong ones count, so that a busy client is never slowed down."""
    address = address_of(request)
    whose = f"{address} {name.casefold()[:150]}"
    SECRETS_OF_ADDRESS.check(address)
    SECRETS.check(whose)
    user = find()
    if user is None:
        SECRETS_OF_ADDRESS.count(address)
        SECRETS.count(whose)
    return user
